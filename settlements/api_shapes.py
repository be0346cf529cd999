"""What the API shows of periods, accruals, statements, exports and the ledger, and what it takes."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from alliance.kernel.http.serializers import InstantField, JobShape, StrictSerializer
from partners.terms.api_shapes import TermsField
from settlements.domain.simulation import TermsSimulation
from settlements.ledger.models import ACCOUNT_KINDS, PeriodStatus
from settlements.models import (
    AdjustmentKind,
    Section,
)

MINOR = "In the currency's minor unit."
MONTH = r"^\d{4}-(0[1-9]|1[0-2])$"


class PeriodShape(serializers.Serializer[Any]):
    """One period of one agreement."""

    id = serializers.UUIDField()
    alliance_id = serializers.UUIDField()
    agreement_id = serializers.UUIDField()
    month = serializers.CharField(help_text="`2026-11`: the month in which it begins.")
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(help_text="The first day after it.")
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(help_text="The first instant after it.")
    time_zone = serializers.CharField()
    currency = serializers.CharField()
    status = serializers.ChoiceField(choices=PeriodStatus.choices)
    closed_at = serializers.DateTimeField(allow_null=True)


class PeriodCloseShape(JobShape):
    """The job that closes a period."""

    period_id = serializers.UUIDField()
    links = serializers.DictField(child=serializers.URLField(), required=False)


class RevenueShape(serializers.Serializer[Any]):
    """One party's own revenue of one period, as it says itself."""

    period_id = serializers.UUIDField()
    organization_id = serializers.UUIDField()
    currency = serializers.CharField()
    amount_minor = serializers.IntegerField(help_text=MINOR)
    note = serializers.CharField()
    reported_at = serializers.DateTimeField()


class RevenueInput(StrictSerializer):
    """The organization's own revenue."""

    amount_minor = serializers.IntegerField(min_value=0, max_value=10**15, help_text=MINOR)
    note = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)


class AccrualShareShape(serializers.Serializer[Any]):
    """One party's part."""

    organization_id = serializers.UUIDField()
    share_minor = serializers.IntegerField(help_text=MINOR)


class AccrualShape(serializers.Serializer[Any]):
    """What one conversion earned; `shares` holds those that the caller may see."""

    id = serializers.UUIDField()
    agreement_id = serializers.UUIDField()
    period_id = serializers.UUIDField()
    conversion_id = serializers.UUIDField()
    terms_version_id = serializers.UUIDField()
    section = serializers.ChoiceField(choices=Section.choices)
    kind = serializers.CharField()
    reference = serializers.CharField()
    occurred_at = serializers.DateTimeField()
    effective_on = serializers.DateField()
    currency = serializers.CharField()
    base_minor = serializers.IntegerField(help_text=MINOR)
    unassigned_minor = serializers.IntegerField(help_text=MINOR)
    shares = AccrualShareShape(many=True)
    accrued_at = serializers.DateTimeField()


class ToldShape(serializers.Serializer[Any]):
    """One step as a sentence, the amount that it comes to, and what it consists of: steps like itself."""

    text = serializers.CharField()
    amount_minor = serializers.IntegerField(allow_null=True, help_text=MINOR)
    because = serializers.ListField(child=serializers.DictField(), help_text="`text`, `amount_minor`, `because` again.")


class AccrualDetailShape(AccrualShape):
    """One accrual with the explanation of every step: terms, base, exact shares, and who got the remainder."""

    explanation = serializers.DictField()
    told = ToldShape(help_text="The same steps as sentences, in the language of `Accept-Language`: Chinese or English.")


class AdjustmentShape(serializers.Serializer[Any]):
    """`amount_minor` to `organization_id`, from `counterparty_id` or, where that is null, out of the host's books."""

    id = serializers.UUIDField()
    agreement_id = serializers.UUIDField()
    period_id = serializers.UUIDField()
    about_period_id = serializers.UUIDField(help_text="The period that it makes up for.")
    organization_id = serializers.UUIDField()
    counterparty_id = serializers.UUIDField(allow_null=True)
    kind = serializers.ChoiceField(choices=AdjustmentKind.choices)
    reference = serializers.CharField()
    reason = serializers.CharField()
    details = serializers.DictField(help_text="How it came to its amount.")
    accrual_id = serializers.UUIDField(allow_null=True)
    answers_id = serializers.UUIDField(allow_null=True, help_text="The adjustment that it goes back to.")
    terms_version_id = serializers.UUIDField(allow_null=True)
    effective_on = serializers.DateField()
    currency = serializers.CharField()
    amount_minor = serializers.IntegerField(help_text=MINOR)
    recorded_at = serializers.DateTimeField()


class AdjustmentDetailShape(AdjustmentShape):
    """One adjustment with the reason for its amount."""

    told = serializers.CharField(help_text="Why it comes to its amount, in the language of `Accept-Language`.")


class StatementShape(serializers.Serializer[Any]):
    """What one party gets for one period; it never changes.

    `closing = opening + current + prior + adjustments - withheld - paid`.
    """

    id = serializers.UUIDField()
    number = serializers.CharField()
    alliance_id = serializers.UUIDField()
    agreement_id = serializers.UUIDField()
    period_id = serializers.UUIDField()
    organization_id = serializers.UUIDField()
    previous_id = serializers.UUIDField(allow_null=True)
    month = serializers.CharField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(help_text="The first day after it.")
    time_zone = serializers.CharField()
    currency = serializers.CharField()
    order_count = serializers.IntegerField()
    refund_count = serializers.IntegerField()
    line_count = serializers.IntegerField()
    base_minor = serializers.IntegerField(help_text=MINOR)
    opening_minor = serializers.IntegerField(help_text=MINOR)
    current_minor = serializers.IntegerField(help_text=MINOR)
    prior_minor = serializers.IntegerField(help_text=MINOR)
    adjustments_minor = serializers.IntegerField(help_text=MINOR)
    withheld_minor = serializers.IntegerField(help_text=MINOR)
    paid_minor = serializers.IntegerField(help_text=MINOR)
    closing_minor = serializers.IntegerField(help_text=MINOR)
    event_count = serializers.IntegerField(help_text="How many conversions the period has for all parties together.")
    events_sha256 = serializers.CharField(help_text="The hash of all of them, the same on every party's statement.")
    adjustments_sha256 = serializers.CharField(help_text="The hash of what its adjustments come of; empty on old ones.")
    carried = serializers.CharField(help_text="In JSON: the terms in force, and what the party had before the period.")
    lines_root = serializers.CharField()
    chain_number = serializers.IntegerField(help_text="How many seals the book's chain had at the close.")
    chain_head = serializers.CharField(help_text="The head of that chain. Keep it: it tells when history is rewritten.")
    content_sha256 = serializers.CharField()
    closed_at = serializers.DateTimeField()


class StatementLineShape(serializers.Serializer[Any]):
    """One conversion or adjustment on a statement."""

    line_number = serializers.IntegerField()
    accrual_id = serializers.UUIDField(allow_null=True)
    adjustment_id = serializers.UUIDField(allow_null=True)
    section = serializers.ChoiceField(choices=Section.choices)
    kind = serializers.CharField()
    reference = serializers.CharField()
    occurred_at = serializers.DateTimeField()
    effective_on = serializers.DateField()
    terms_number = serializers.IntegerField()
    currency = serializers.CharField()
    base_minor = serializers.IntegerField(help_text=MINOR)
    share_minor = serializers.IntegerField(help_text=MINOR)


class AccountShape(serializers.Serializer[Any]):
    """One account: of one organization, for one agreement or (null) the whole book, in one currency, of one kind."""

    id = serializers.UUIDField()
    book_id = serializers.UUIDField()
    alliance_id = serializers.UUIDField()
    organization_id = serializers.UUIDField()
    agreement_id = serializers.UUIDField(allow_null=True)
    currency = serializers.CharField()
    kind = serializers.ChoiceField(choices=ACCOUNT_KINDS)
    opened_at = serializers.DateTimeField()


class BalanceShape(serializers.Serializer[Any]):
    """One account's balance, debit positive."""

    account_id = serializers.UUIDField()
    organization_id = serializers.UUIDField()
    agreement_id = serializers.UUIDField(allow_null=True)
    currency = serializers.CharField()
    kind = serializers.ChoiceField(choices=ACCOUNT_KINDS)
    balance_minor = serializers.IntegerField(help_text=MINOR)


class BalancesShape(serializers.Serializer[Any]):
    """Balances as of one instant, with the sum for each currency of what the caller sees (0 in a whole book)."""

    at = serializers.DateTimeField()
    balances = BalanceShape(many=True)
    totals_minor = serializers.DictField(child=serializers.IntegerField())


class EntryShape(serializers.Serializer[Any]):
    """One leg, debit positive."""

    line = serializers.IntegerField()
    account_id = serializers.UUIDField()
    currency = serializers.CharField()
    amount_minor = serializers.IntegerField(help_text=MINOR)


class JournalShape(serializers.Serializer[Any]):
    """One balanced posting, with those of its entries that the caller may see."""

    id = serializers.UUIDField()
    book_id = serializers.UUIDField()
    agreement_id = serializers.UUIDField(allow_null=True)
    kind = serializers.CharField()
    key = serializers.CharField()
    effective_on = serializers.DateField()
    occurred_at = serializers.DateTimeField()
    posted_at = serializers.DateTimeField()
    reverses_id = serializers.UUIDField(allow_null=True)
    entries = EntryShape(many=True)


class PeriodFilters(StrictSerializer):
    """Which periods."""

    alliance_id = serializers.UUIDField(required=False)
    agreement_id = serializers.UUIDField(required=False)
    status = serializers.ChoiceField(choices=PeriodStatus.choices, required=False)
    month = serializers.RegexField(MONTH, required=False, help_text="`2026-11`.")


class AccrualFilters(StrictSerializer):
    """Which accruals."""

    agreement_id = serializers.UUIDField(required=False)
    period_id = serializers.UUIDField(required=False)
    conversion_id = serializers.UUIDField(required=False)


class AdjustmentFilters(StrictSerializer):
    """Which adjustments."""

    agreement_id = serializers.UUIDField(required=False)
    period_id = serializers.UUIDField(required=False)
    kind = serializers.ChoiceField(choices=AdjustmentKind.choices, required=False)


class StatementFilters(StrictSerializer):
    """Which statements."""

    alliance_id = serializers.UUIDField(required=False)
    agreement_id = serializers.UUIDField(required=False)
    organization_id = serializers.UUIDField(required=False)
    month = serializers.RegexField(MONTH, required=False, help_text="`2026-11`.")
    currency = serializers.RegexField(r"^[A-Z]{3}$", required=False)


class AccountFilters(StrictSerializer):
    """Which accounts."""

    alliance_id = serializers.UUIDField(required=False)
    agreement_id = serializers.UUIDField(required=False)
    organization_id = serializers.UUIDField(required=False)
    currency = serializers.RegexField(r"^[A-Z]{3}$", required=False)
    kind = serializers.ChoiceField(choices=ACCOUNT_KINDS, required=False)


class BalanceFilters(AccountFilters):
    """Which accounts, and as of when."""

    at = InstantField(required=False, help_text="Of what was posted up to this instant; now when left out.")


class JournalFilters(StrictSerializer):
    """Which journals."""

    agreement_id = serializers.UUIDField(required=False)
    account_id = serializers.UUIDField(required=False)
    kind = serializers.CharField(max_length=40, required=False)


class PeriodCloseInput(StrictSerializer):
    """How to close."""

    with_earlier = serializers.BooleanField(
        default=False, help_text="Also close the agreement's open months before this one, in order."
    )


class SimulationInput(StrictSerializer):
    """Terms to try on the past."""

    terms = TermsField(help_text="Whole terms, as an agreement has them.")
    months = serializers.IntegerField(min_value=1, max_value=12, default=3, help_text="So many whole months back.")


class SimulatedShape(serializers.Serializer[Any]):
    """One party in one month."""

    party = serializers.UUIDField()
    month = serializers.CharField()
    settled_minor = serializers.IntegerField(help_text=MINOR)
    simulated_minor = serializers.IntegerField(help_text=MINOR)
    difference_minor = serializers.IntegerField(help_text=MINOR)


class CapHitsShape(serializers.Serializer[Any]):
    """What caps would have held back."""

    count = serializers.IntegerField()
    held_back_minor = serializers.IntegerField(help_text=MINOR)
    waiting_minor = serializers.IntegerField(help_text="What of that would wait for approval.")


class SimulationShape(serializers.Serializer[Any]):
    """What terms would have brought beside what was settled."""

    currency = serializers.CharField()
    since = serializers.DateField()
    until = serializers.DateField(help_text="The first day after.")
    conversions = serializers.IntegerField()
    replayed = serializers.IntegerField(help_text="Without refunds of orders from before these months.")
    rows = serializers.SerializerMethodField()
    caps = CapHitsShape()
    guarantees_settled_minor = serializers.IntegerField(help_text=MINOR)
    guarantees_minor = serializers.IntegerField(help_text=MINOR)
    unassigned_minor = serializers.IntegerField(help_text="What nobody would have got.")
    left_out = serializers.ListField(
        child=serializers.CharField(), help_text="What of the terms could not be replayed."
    )

    @extend_schema_field(SimulatedShape(many=True))
    def get_rows(self, simulation: TermsSimulation) -> object:
        """Everybody for the host; a partner reads what is its own."""
        reader = self.context["reader"]
        is_host = self.context["is_host"]
        return SimulatedShape([row for row in simulation.rows if is_host or row.party == reader], many=True).data
