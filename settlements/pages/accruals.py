"""What conversions earned: the list, its sum, and the receipt of each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, Count, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from alliance.kernel.errors import NotFoundError
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.lists import paged
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from campaigns.selectors import ConversionFact, conversion_fact, shop_words
from partners.selectors import organization_names
from partners.sentences import Wording
from partners.sentences.explanation import told
from settlements.exchange.telling import exchange_told
from settlements.forms import AccrualFilter
from settlements.models import Accrual, AccrualShare, Journal, LedgerPeriod, StatementLine, SuspenseItem
from settlements.tables import AccrualTable


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One party's part, exactly and in whole units; `share` and `extra_minor` where it shares by ratio."""

    name: str
    is_own: bool
    purpose: str
    share: Fraction | None
    exact: Fraction
    floor_minor: int
    extra_minor: int
    part_minor: int


@require_safe
@member_view(Permission.STATEMENT_READ)
def accruals(request: MemberRequest) -> HttpResponse:
    """The organization's own shares, newest first, with the sum of exactly what is listed."""
    form = AccrualFilter(request.GET)
    shares = _filtered(_own_shares(request.organization.id), form)
    by_currency = shares.values("currency").annotate(
        rows=Count("pk"), base=Sum("accrual__base_minor"), share=Sum("share_minor")
    )
    totals = list(by_currency.order_by("currency"))
    context = {
        "form": form,
        "totals": totals,
        "table": paged(request, AccrualTable(_for_list(shares)), rows=sum(total["rows"] for total in totals)),
        "is_filtered": bool(form.given()),
    }
    return render(request, "settlements/accruals.html", context)


def _own_shares(organization_id: UUID) -> QuerySet[AccrualShare]:
    return AccrualShare.objects.filter(organization_id=organization_id)


def _filtered(shares: QuerySet[AccrualShare], form: AccrualFilter) -> QuerySet[AccrualShare]:
    lookups = {
        "from": "effective_on__gte",
        "to": "effective_on__lte",
        "kind": "accrual__kind",
        "agreement": "accrual__agreement_id",
        "currency": "currency",
        "status": "accrual__period__status",
        "due": "accrual__available_on",
        "reference": "accrual__reference__startswith",
    }
    return shares.filter(**{lookups[name]: value for name, value in form.given().items()})


def _for_list(shares: QuerySet[AccrualShare]) -> QuerySet[AccrualShare]:
    back = AccrualShare.objects.filter(
        accrual__original_id=OuterRef("accrual_id"), organization_id=OuterRef("organization_id")
    )
    sums = back.order_by().values("organization_id").annotate(total=Sum("share_minor")).values("total")
    return shares.annotate(
        original_id=F("accrual__original_id"),
        period_status=F("accrual__period__status"),
        actual_minor=F("share_minor") + Coalesce(Subquery(sums), 0, output_field=BigIntegerField()),
        conversion_id=F("accrual__conversion_id"),
        reference=F("accrual__reference"),
        kind=F("accrual__kind"),
        agreement_name=F("accrual__agreement__name"),
        base_minor=F("accrual__base_minor"),
    ).order_by("-effective_on", "-accrual_id")


@require_safe
@member_view(Permission.STATEMENT_READ)
def accrual(request: MemberRequest, conversion_id: UUID) -> HttpResponse:
    """The receipt of one conversion: how its amount was split, to the cent; or why it waits in suspense."""
    found = Accrual.objects.filter(conversion_id=conversion_id).select_related("agreement", "period").first()
    if found is None:
        return _not_accrued(request, conversion_fact(conversion_id))
    return render(request, "settlements/accrual.html", _receipt(request, found))


@require_safe
@member_view(Permission.STATEMENT_READ)
def accrual_by_id(request: MemberRequest, accrual_id: UUID) -> HttpResponse:  # noqa: ARG001  Django passes it
    """The same receipt, found from a statement's line."""
    conversion_id = Accrual.objects.filter(pk=accrual_id).values_list("conversion_id", flat=True).first()
    if conversion_id is None:
        raise NotFoundError
    return redirect("portal:accrual", conversion_id=conversion_id)


def _receipt(request: MemberRequest, found: Accrual) -> dict[str, object]:
    line = StatementLine.objects.filter(accrual_id=found.id, organization_id=request.organization.id)
    names = organization_names(found.parties)
    wording = Wording(names, found.currency, found.period.time_zone)
    lines = _lines(found.explanation, names, own_id=request.organization.id)
    original = Accrual.objects.filter(pk=found.original_id).first() if found.original_id else None
    return {
        "accrual": found,
        "exchanged": exchange_told(found, original),
        "words": shop_words(found.conversion_id),
        "lines": lines,
        "is_split": all(line.share is not None for line in lines),
        "told": told(found.explanation["evaluation"], wording),
        "remainder": next(_steps(found.explanation["evaluation"], "remainder"), None),
        "terms": found.explanation["terms"],
        "journal": _journal(found),
        "statement_line": line.select_related("statement").first(),
        "original": original,
        "taken_back": Accrual.objects.filter(original_id=found.id).order_by("occurred_at", "id"),
    }


def _journal(found: Accrual) -> Journal | None:
    """By the unique key of its book, which bears the period's id too; an amount of 0 has none."""
    book = LedgerPeriod.objects.filter(pk=found.period_id).values("book_id")
    return Journal.objects.filter(book_id=Subquery(book), key=f"accrual:{found.conversion_id}").first()


def _steps(step: Mapping[str, Any], code: str) -> Iterator[Mapping[str, Any]]:
    """Every step with this code, from the top down."""
    if step["step"] == code:
        yield step
    for inner in step.get("because", ()):
        yield from _steps(inner, code)


def _lines(explanation: Mapping[str, Any], names: Mapping[UUID, str], *, own_id: UUID) -> list[ReceiptLine]:
    """The parts of the receipt: those of a plain split stand in its steps, others by themselves."""
    parts = explanation.get("parts") or list(_steps(explanation["evaluation"], "share"))
    return [
        ReceiptLine(
            name=names.get(UUID(part["party"]), ""),
            is_own=UUID(part["party"]) == own_id,
            purpose=part["purpose"],
            share=Fraction(part["share"]) if "share" in part else None,
            exact=Fraction(part["exact"]),
            floor_minor=part["amount_minor"] - part.get("extra_minor", 0),
            extra_minor=part.get("extra_minor", 0),
            part_minor=part["amount_minor"],
        )
        for part in parts
    ]


def _not_accrued(request: MemberRequest, fact: ConversionFact) -> HttpResponse:
    held = SuspenseItem.objects.filter(conversion_id=fact.id).first()
    return render(request, "settlements/not_accrued.html", {"fact": fact, "held": held})
