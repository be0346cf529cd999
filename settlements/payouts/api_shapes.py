"""What the API shows of payouts, and what it takes."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers

from alliance.kernel.http.serializers import StrictSerializer
from settlements.api_shapes import MINOR
from settlements.payouts.domain.eligibility import Reason
from settlements.payouts.models import BatchState, PayoutState, ReportState, StepKind

_CURRENCY = r"^[A-Z]{3}$"


class PayoutPartShape(serializers.Serializer[Any]):
    """How much of a payout comes from one agreement. Paid is `gross - withheld`."""

    agreement_id = serializers.UUIDField()
    statement_id = serializers.UUIDField(allow_null=True)
    gross_minor = serializers.IntegerField(help_text=MINOR)
    withheld_minor = serializers.IntegerField(help_text=MINOR)


class PayoutStepShape(serializers.Serializer[Any]):
    """One step that a payout took."""

    kind = serializers.ChoiceField(choices=StepKind.choices)
    at = serializers.DateTimeField()
    detail = serializers.CharField()
    journal_ids = serializers.ListField(child=serializers.UUIDField())


class PayoutShape(serializers.Serializer[Any]):
    """One payment to one partner. The account's number is shown to nobody."""

    id = serializers.UUIDField()
    reference = serializers.CharField()
    host_id = serializers.UUIDField()
    organization_id = serializers.UUIDField()
    alliance_id = serializers.UUIDField()
    currency = serializers.CharField()
    amount_minor = serializers.IntegerField(help_text=MINOR)
    gateway = serializers.CharField()
    account_holder = serializers.CharField()
    account_masked = serializers.CharField()
    state = serializers.ChoiceField(choices=PayoutState.choices)
    bank_reference = serializers.CharField()
    reason_code = serializers.CharField()
    reason_text = serializers.CharField()
    prepared_at = serializers.DateTimeField()
    sent_at = serializers.DateTimeField(allow_null=True)
    confirmed_at = serializers.DateTimeField(allow_null=True)
    returned_at = serializers.DateTimeField(allow_null=True)


class PayoutDetailShape(PayoutShape):
    """One payment with what it consists of and every step it took."""

    parts = PayoutPartShape(many=True)
    steps = PayoutStepShape(many=True)


class NotPaidShape(serializers.Serializer[Any]):
    """A balance that is not paid now, and why."""

    organization_id = serializers.UUIDField()
    agreement_id = serializers.UUIDField(allow_null=True)
    amount_minor = serializers.IntegerField(help_text=MINOR)
    reason = serializers.ChoiceField(choices=[reason.value for reason in Reason])
    statements = serializers.ListField(
        child=serializers.CharField(),
        default=list,
        help_text="With `no_invoice` and `invoice_objected`: those whose invoice it waits for.",
    )


class PayoutApprovalShape(serializers.Serializer[Any]):
    """One person's approval of exactly this content."""

    content_sha256 = serializers.CharField()
    approved_by = serializers.CharField()
    approved_at = serializers.DateTimeField()
    voided_at = serializers.DateTimeField(allow_null=True)


class PayoutBatchShape(serializers.Serializer[Any]):
    """Payments prepared together. Approvals are bound to `content_sha256`."""

    id = serializers.UUIDField()
    reference = serializers.CharField()
    alliance_id = serializers.UUIDField()
    currency = serializers.CharField()
    gateway = serializers.CharField()
    state = serializers.ChoiceField(choices=BatchState.choices)
    payout_count = serializers.IntegerField()
    total_minor = serializers.IntegerField(help_text=MINOR)
    content_sha256 = serializers.CharField()
    approvals_needed = serializers.IntegerField()
    due_on = serializers.DateField(allow_null=True, help_text="The day whose schedule asked for it; null on demand.")
    prepared_by = serializers.CharField()
    prepared_at = serializers.DateTimeField()
    approved_at = serializers.DateTimeField(allow_null=True)
    sent_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    cancelled_at = serializers.DateTimeField(allow_null=True)


class PayoutBatchDetailShape(PayoutBatchShape):
    """One batch with its payments, its approvals, and what was left out."""

    payouts = PayoutShape(many=True)
    approvals = PayoutApprovalShape(many=True)
    left_out = NotPaidShape(many=True)


class ChangedPayoutShape(serializers.Serializer[Any]):
    """A payout that was taken out because it could not be paid any more as it was prepared."""

    reference = serializers.CharField()
    reason = serializers.CharField()


class PayoutApprovedShape(serializers.Serializer[Any]):
    """What an approval did. With anything in `changed` nothing was approved and earlier approvals are void."""

    approvals = serializers.IntegerField()
    approvals_needed = serializers.IntegerField()
    is_reserved = serializers.BooleanField(help_text="The money is set aside: the batch can be sent.")
    changed = ChangedPayoutShape(many=True)


class OutcomeReportShape(serializers.Serializer[Any]):
    """What a person read in the bank's records; it counts once somebody else has confirmed it."""

    id = serializers.UUIDField()
    payout_id = serializers.UUIDField()
    is_paid = serializers.BooleanField()
    bank_reference = serializers.CharField()
    reason = serializers.CharField()
    state = serializers.ChoiceField(choices=ReportState.choices)
    reported_by = serializers.CharField()
    reported_at = serializers.DateTimeField()


class PayoutHoldShape(serializers.Serializer[Any]):
    """A host pays this partner nothing new until the hold is lifted."""

    id = serializers.UUIDField()
    host_id = serializers.UUIDField()
    organization_id = serializers.UUIDField()
    reason = serializers.CharField()
    placed_at = serializers.DateTimeField()
    lifted_at = serializers.DateTimeField(allow_null=True)


class PayoutLimitShape(serializers.Serializer[Any]):
    """Up to which amount one approval is enough in one currency; above it a batch needs two."""

    currency = serializers.CharField()
    amount_minor = serializers.IntegerField(help_text=MINOR)
    is_own = serializers.BooleanField(help_text="Set by the host; else as the installation has it.")
    set_by = serializers.CharField(source="own.set_by", default="", help_text="Who set it last, or gave it back.")
    set_at = serializers.DateTimeField(source="own.set_at", default=None, allow_null=True)


class PayoutLimitChangeShape(serializers.Serializer[Any]):
    """A limit that was set; `amount_minor` is null where it was given back to the installation."""

    id = serializers.UUIDField()
    currency = serializers.CharField()
    amount_minor = serializers.IntegerField(allow_null=True, help_text=MINOR)
    set_by = serializers.CharField()
    set_at = serializers.DateTimeField()


class PayoutLimitInput(StrictSerializer):
    """The limit of one currency; without an amount the installation's counts again."""

    currency = serializers.RegexField(_CURRENCY)
    amount_minor = serializers.IntegerField(allow_null=True, max_value=2**63 - 1, help_text=MINOR)


class PayoutFilters(StrictSerializer):
    """Which payouts."""

    state = serializers.ChoiceField(choices=PayoutState.choices, required=False)
    organization_id = serializers.UUIDField(required=False)
    alliance_id = serializers.UUIDField(required=False)
    currency = serializers.RegexField(_CURRENCY, required=False)


class PayoutBatchFilters(StrictSerializer):
    """Which batches."""

    state = serializers.ChoiceField(choices=BatchState.choices, required=False)
    alliance_id = serializers.UUIDField(required=False)


class PayoutBatchInput(StrictSerializer):
    """What to prepare."""

    alliance_id = serializers.UUIDField()
    currency = serializers.RegexField(_CURRENCY)
    gateway = serializers.CharField(max_length=20)
    agreement_ids = serializers.ListField(
        child=serializers.UUIDField(), required=False, max_length=500, help_text="Of these agreements only."
    )


class PayoutApprovalInput(StrictSerializer):
    """Exactly what is approved."""

    content_sha256 = serializers.RegexField(r"^[0-9a-f]{64}$")


class PayoutNoteInput(StrictSerializer):
    """Why."""

    note = serializers.CharField(max_length=2000, required=False, default="", allow_blank=True)


class PayoutOutcomeInput(StrictSerializer):
    """What the bank's records say."""

    is_paid = serializers.BooleanField()
    bank_reference = serializers.CharField(max_length=80)
    reason = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)


class OutcomeDecisionInput(StrictSerializer):
    """What the second person says."""

    is_confirmed = serializers.BooleanField()


class PayoutHoldInput(StrictSerializer):
    """Whose payouts stop, and why."""

    organization_id = serializers.UUIDField()
    reason = serializers.CharField(max_length=200)


ALLIANCE: Final = "01934f6e-5a00-7cc0-98b5-2f5f0c4d1a02"
EXAMPLES: Final = {
    "batch": OpenApiExample(
        "Everybody who is payable now",
        value={"alliance_id": ALLIANCE, "currency": "CNY", "gateway": "manual"},
        request_only=True,
    ),
    "approval": OpenApiExample(
        "What the batch says now",
        value={"content_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
        request_only=True,
    ),
    "outcome": OpenApiExample(
        "Paid, as the bank's statement says", value={"is_paid": True, "bank_reference": "ST-0001"}, request_only=True
    ),
    "decision": OpenApiExample("It is so", value={"is_confirmed": True}, request_only=True),
    "hold": OpenApiExample(
        "A dispute",
        value={"organization_id": "01934f6e-5a00-7cc0-98b5-2f5f0c4d1a04", "reason": "Disputed lines of March"},
        request_only=True,
    ),
    "limit": OpenApiExample(
        "Two approvals above 10,000.00", value={"currency": "EUR", "amount_minor": 1000000}, request_only=True
    ),
    "note": OpenApiExample("With a note", value={"note": "One account is being changed"}, request_only=True),
}
