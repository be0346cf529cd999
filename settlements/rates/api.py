"""Exchange rates in the API."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from alliance.kernel.errors import FieldRefusal, InvalidInputError, NotFoundError
from alliance.kernel.http.api import OrganizationAPIView
from alliance.kernel.http.pagination import TimeOrderedPagination
from alliance.kernel.http.serializers import StrictSerializer
from alliance.kernel.permissions import Permission
from settlements.rates.domain.choosing import Way
from settlements.rates.domain.quoting import BadRateError, Quote, RateProblem, rate_text
from settlements.rates.models import ExchangeRate
from settlements.rates.selectors import rate_for
from settlements.rates.sentences import PROBLEMS
from settlements.rates.services.send_rates import send_rates

_CODE = r"^[A-Z]{3}$"
_MOST = 2_000


class ExactRateField(serializers.DecimalField):
    """A rate as text, without trailing zeros."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=24, decimal_places=12, **options)

    def to_representation(self, value: Any) -> str:
        return rate_text(value)


class RateShape(serializers.Serializer[Any]):
    """1 `base` = `rate` `quote` on `valid_on`. Rows never change; a correction has the next `revision`."""

    id = serializers.UUIDField()
    source = serializers.CharField()  # type: ignore[assignment]  # a field of that name
    base = serializers.CharField()
    quote = serializers.CharField()
    rate = ExactRateField()
    valid_on = serializers.DateField()
    revision = serializers.IntegerField()
    recorded_at = serializers.DateTimeField()


class RateFilters(StrictSerializer):
    """Which rates."""

    source = serializers.CharField(required=False, max_length=40)  # type: ignore[assignment]  # a field of that name
    base = serializers.RegexField(_CODE, required=False)
    quote = serializers.RegexField(_CODE, required=False)
    valid_on = serializers.DateField(required=False)


class QuotedInput(StrictSerializer):
    """One rate to record."""

    base = serializers.CharField(max_length=3)
    quote = serializers.CharField(max_length=3)
    rate = serializers.CharField(max_length=30, help_text='Exact, as text: `"0.9213"`.')
    valid_on = serializers.DateField()


class RatesInput(StrictSerializer):
    """Rates of one source. `corrects`: where another rate is recorded, record this one as its correction."""

    source = serializers.CharField(max_length=40)  # type: ignore[assignment]  # a field of that name
    corrects = serializers.BooleanField(required=False, default=False)
    rates = serializers.ListField(child=QuotedInput(), allow_empty=False, max_length=_MOST)


class RecordedRatesShape(serializers.Serializer[Any]):
    """What recording did."""

    import_id = serializers.UUIDField()
    added = serializers.IntegerField()
    corrected = serializers.IntegerField()
    same = serializers.IntegerField(help_text="Known already; nothing was written for them.")


class RateQuestionInput(StrictSerializer):
    """Which rate counts."""

    base = serializers.RegexField(_CODE)
    quote = serializers.RegexField(_CODE)
    on = serializers.DateField()
    source = serializers.CharField(required=False, default="", max_length=40)  # type: ignore[assignment]  # a field of that name


class StoredRateShape(serializers.Serializer[Any]):
    """A row that the rate follows from."""

    id = serializers.UUIDField()
    base = serializers.CharField()
    quote = serializers.CharField()
    rate = ExactRateField()
    recorded_at = serializers.DateTimeField()


class ChosenRateShape(serializers.Serializer[Any]):
    """The rate that counts. `rate` is exact: a decimal, or a fraction such as `10/3`."""

    base = serializers.CharField()
    quote = serializers.CharField()
    rate = serializers.CharField(source="text")
    way = serializers.ChoiceField(choices=[way.value for way in Way])
    source = serializers.CharField()  # type: ignore[assignment]  # a field of that name
    valid_on = serializers.DateField()
    rates = StoredRateShape(source="rows", many=True)


class RatesView(OrganizationAPIView):
    """The organization's exchange rates."""

    required_permissions = {"GET": Permission.STATEMENT_READ, "POST": Permission.EXCHANGE_RATE_IMPORT}
    pagination_class = TimeOrderedPagination

    @extend_schema(
        operation_id="list_exchange_rates",
        tags=["exchange rates"],
        parameters=[RateFilters],
        responses=RateShape(many=True),
    )
    def get(self, request: Request) -> Response:
        """Stored rates, latest recorded first."""
        return self.page(ExchangeRate.objects.filter(**self.query(RateFilters)), RateShape)

    @extend_schema(
        operation_id="record_exchange_rates",
        tags=["exchange rates"],
        request=RatesInput,
        responses=RecordedRatesShape,
    )
    def post(self, request: Request) -> Response:
        """Record rates: all of them, or none where one is refused. What is known already changes nothing."""
        given = self.body(RatesInput)
        quotes = _quotes(given["rates"])
        import_id, done = send_rates(
            actor=self.actor, source=given["source"], quotes=quotes, corrects=given["corrects"], now=self.now
        )
        counts = {"added": len(done.added), "corrected": len(done.corrected), "same": done.same_count}
        return Response(RecordedRatesShape({"import_id": import_id, **counts}).data)


class RateInForceView(OrganizationAPIView):
    """Which rate counts."""

    required_permissions = {"GET": Permission.STATEMENT_READ}

    @extend_schema(
        operation_id="find_exchange_rate",
        tags=["exchange rates"],
        parameters=[RateQuestionInput],
        responses=ChosenRateShape,
    )
    def get(self, request: Request) -> Response:
        """The rate for two currencies on a day: at most 7 days old; as quoted, else inverse, else over a third currency."""
        chosen = rate_for(**self.query(RateQuestionInput))
        if chosen is None:
            raise NotFoundError
        return Response(ChosenRateShape(chosen).data)


def _quotes(rows: list[dict[str, Any]]) -> list[Quote]:
    quotes: dict[tuple[object, ...], Quote] = {}
    refusals = []
    for place, row in enumerate(rows):
        try:
            quote = Quote.parse(**{**row, "valid_on": row["valid_on"].isoformat()})
            found = RateProblem.TWICE if quotes.setdefault(quote.key, quote).rate != quote.rate else None
        except BadRateError as error:
            found = error.problem
        if found is not None:
            refusals.append(FieldRefusal(f"rates.{place}", found.value, PROBLEMS[found]))
    if refusals:
        raise InvalidInputError(refusals=refusals)
    return list(quotes.values())
