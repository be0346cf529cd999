"""What the API shows of orders, conversions and imports, and what it takes."""

from typing import Any

from rest_framework import serializers

from alliance.kernel.http.serializers import InstantField, JobShape, StrictSerializer
from alliance.kernel.jobs import JobState
from campaigns.domain.lines import (
    MAX_COUPON,
    MAX_CUSTOMER,
    MAX_DESCRIPTION,
    MAX_ITEM,
    MAX_PARTNER_CODE,
    MAX_REFERENCE,
    MAX_UNITS,
)
from campaigns.models import KINDS_WITHOUT_ORDER, ConversionKind, InvalidReason, MatchIssue, OrderKind
from campaigns.services.record_conversion import MOST_UNITS

MOST_LINES = 2_000
_DIGITS = 18
_DECIMALS = 6


class ConversionShape(serializers.Serializer[Any]):
    """What an agreement pays for. `agreement_id` is null, and `match_issue` says why, until one fits."""

    id = serializers.UUIDField()
    alliance_id = serializers.UUIDField()
    host_id = serializers.UUIDField()
    partner_id = serializers.UUIDField(allow_null=True)
    agreement_id = serializers.UUIDField(allow_null=True)
    order_id = serializers.UUIDField(allow_null=True)
    original_id = serializers.UUIDField(allow_null=True, help_text="The sale that this takes back.")
    original_reference = serializers.CharField()
    kind = serializers.ChoiceField(choices=ConversionKind.choices)
    reference = serializers.CharField()
    occurred_at = serializers.DateTimeField()
    currency = serializers.CharField()
    amount_minor = serializers.IntegerField(help_text="In the currency's minor unit; refunds are negative.")
    quantity = serializers.IntegerField()
    parent_reference = serializers.CharField(help_text="The number under which the shop sold what it then split.")
    invalid_reason = serializers.ChoiceField(
        choices=InvalidReason.choices,
        allow_blank=True,
        help_text="Why the shop calls it invalid, or empty. It decides nothing.",
    )
    returned_quantity = serializers.IntegerField(
        help_text="Units that came back or are being returned, as the shop says."
    )
    partner_code = serializers.CharField()
    match_issue = serializers.ChoiceField(choices=MatchIssue.choices, help_text="Empty when an agreement fits.")
    created_at = serializers.DateTimeField()


class OrderLineShape(serializers.Serializer[Any]):
    """One line."""

    position = serializers.IntegerField()
    item = serializers.CharField()
    description = serializers.CharField()
    quantity = serializers.DecimalField(_DIGITS, _DECIMALS)
    unit_price = serializers.DecimalField(_DIGITS, _DECIMALS)
    amount_minor = serializers.IntegerField()


class OrderShape(serializers.Serializer[Any]):
    """One order of the host's shop, private to the host."""

    id = serializers.UUIDField()
    alliance_id = serializers.UUIDField()
    reference = serializers.CharField()
    kind = serializers.ChoiceField(choices=OrderKind.choices)
    occurred_at = serializers.DateTimeField()
    currency = serializers.CharField()
    amount_minor = serializers.IntegerField()
    customer = serializers.CharField()
    partner_code = serializers.CharField()
    created_at = serializers.DateTimeField()
    lines = OrderLineShape(many=True)
    conversion = ConversionShape()


class ImportShape(JobShape):
    """One import of an order file. `tally` counts rows and orders by what became of them."""

    alliance_id = serializers.UUIDField()
    file_name = serializers.CharField(source="order_file.name")
    file_sha256 = serializers.CharField(source="order_file.sha256")
    problem = serializers.CharField(help_text="What is wrong with the file as a whole, or empty.")
    tally = serializers.DictField()


class ImportErrorShape(serializers.Serializer[Any]):
    """One cell that could not be taken."""

    row_number = serializers.IntegerField()
    column = serializers.CharField()
    code = serializers.CharField()
    reference = serializers.CharField()
    cells = serializers.ListField(child=serializers.CharField())


class ConversionFilters(StrictSerializer):
    """Which conversions. Instants are half-open: from `occurred_from`, before `occurred_before`."""

    alliance_id = serializers.UUIDField(required=False)
    agreement_id = serializers.UUIDField(required=False)
    partner_id = serializers.UUIDField(required=False)
    kind = serializers.ChoiceField(choices=ConversionKind.choices, required=False)
    reference = serializers.CharField(max_length=MAX_REFERENCE, required=False)
    is_matched = serializers.BooleanField(required=False, allow_null=True, default=None)
    occurred_from = InstantField(required=False)
    occurred_before = InstantField(required=False)


class ImportFilters(StrictSerializer):
    """Which imports."""

    alliance_id = serializers.UUIDField(required=False)
    state = serializers.ChoiceField(choices=JobState.choices, required=False)


class OrderLineInput(StrictSerializer):
    """One line; negative for what went back."""

    item = serializers.CharField(max_length=MAX_ITEM, allow_blank=True, default="")
    description = serializers.CharField(max_length=MAX_DESCRIPTION, allow_blank=True, default="")
    quantity = serializers.DecimalField(_DIGITS, _DECIMALS, help_text="As text, `2` or `0.5`.")
    unit_price = serializers.DecimalField(_DIGITS, _DECIMALS, help_text="As text, in the major unit: `12.50`.")


class ReportedInput(StrictSerializer):
    """What the order holds of taxes and fees, in the major unit as text; terms may share the amount without them."""

    tax = serializers.DecimalField(_DIGITS, _DECIMALS, min_value=0, required=False)
    payment_fee = serializers.DecimalField(_DIGITS, _DECIMALS, min_value=0, required=False)
    shipping = serializers.DecimalField(_DIGITS, _DECIMALS, min_value=0, required=False)
    discount = serializers.DecimalField(_DIGITS, _DECIMALS, min_value=0, required=False)
    cost_of_goods = serializers.DecimalField(_DIGITS, _DECIMALS, min_value=0, required=False)
    other = serializers.DecimalField(_DIGITS, _DECIMALS, min_value=0, required=False)


class CircumstancesInput(StrictSerializer):
    """What terms may depend on; leave out what is not known."""

    country = serializers.RegexField(r"^[A-Z]{2}$", required=False, default="", help_text="ISO 3166 alpha-2.")
    coupon = serializers.CharField(max_length=MAX_COUPON, required=False, default="")
    placement = serializers.CharField(max_length=MAX_COUPON, required=False, default="")


class ConversionInput(CircumstancesInput):
    """One lead, click or sign-up; kind and reference are its idempotency."""

    alliance_id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=KINDS_WITHOUT_ORDER)
    reference = serializers.CharField(max_length=MAX_REFERENCE)
    occurred_at = InstantField()
    currency = serializers.RegexField(r"^[A-Z]{3}$", help_text="ISO 4217: the currency of the terms that pay it.")
    partner_code = serializers.CharField(max_length=MAX_PARTNER_CODE)
    quantity = serializers.IntegerField(min_value=1, max_value=MOST_UNITS, default=1)
    customer = serializers.CharField(
        max_length=MAX_CUSTOMER,
        allow_blank=True,
        default="",
        help_text="A pseudonym of the shop's; only a hash is kept.",
    )


class OrderInput(CircumstancesInput):
    """One order. Its reference is its idempotency: the same order sent again changes nothing."""

    alliance_id = serializers.UUIDField()
    reference = serializers.CharField(max_length=MAX_REFERENCE)
    kind = serializers.ChoiceField(choices=OrderKind.choices, default=OrderKind.SALE.value)
    occurred_at = InstantField()
    currency = serializers.RegexField(r"^[A-Z]{3}$", help_text="ISO 4217.")
    customer = serializers.CharField(
        max_length=MAX_CUSTOMER,
        allow_blank=True,
        default="",
        help_text="A pseudonym of the shop's; no name, no address.",
    )
    partner_code = serializers.CharField(max_length=MAX_PARTNER_CODE, allow_blank=True, default="")
    refund_of = serializers.CharField(
        max_length=MAX_REFERENCE,
        allow_blank=True,
        default="",
        help_text="For a refund or chargeback: the order that it takes back, even if that comes later.",
    )
    parent_order = serializers.CharField(
        max_length=MAX_REFERENCE,
        allow_blank=True,
        default="",
        help_text="The number under which the shop sold what it then split.",
    )
    invalid_reason = serializers.ChoiceField(
        choices=InvalidReason.choices,
        allow_blank=True,
        default="",
        help_text="Why the shop calls the order invalid. It is shown to both sides and decides nothing.",
    )
    returned_quantity = serializers.IntegerField(
        min_value=0, max_value=MAX_UNITS, default=0, help_text="Units that came back or are being returned."
    )
    reported = ReportedInput(required=False)
    lines = serializers.ListField(child=OrderLineInput(), min_length=1, max_length=MOST_LINES)
