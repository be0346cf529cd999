"""One adjustment: what it is for, why it comes to its amount, and where it went."""

from uuid import UUID

import django_tables2 as tables
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from alliance.kernel.errors import NotFoundError
from alliance.kernel.http.columns import CompiledColumn
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.lists import paged
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from partners.selectors import agreements_of, organization_names
from settlements.adjustment_sentences import sentence_of
from settlements.forms import AdjustmentFilter
from settlements.models import Adjustment, AdjustmentKind, Journal, ProposedAdjustment, StatementLine
from settlements.services.approve_excess import waiting_excess
from settlements.tables import MONEY


class AdjustmentTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Adjustments, latest first."""

    effective_on = CompiledColumn(
        '{% load portal %}<a href="{% url "portal:adjustment" record.id %}">{% local_day record.effective_on %}</a>',
        verbose_name=gettext_lazy("Day"),
        orderable=False,
    )
    kind = CompiledColumn("{{ record.get_kind_display }}", verbose_name=gettext_lazy("Kind"), orderable=False)
    reference = tables.Column(verbose_name=gettext_lazy("Reference"), orderable=False)
    agreement = tables.Column(verbose_name=gettext_lazy("Agreement"), accessor="agreement__name", orderable=False)
    party = tables.Column(verbose_name=gettext_lazy("To"), accessor="organization__name", orderable=False)
    amount_minor = CompiledColumn(
        "{% load money %}{{ record.amount_minor|money:record.currency }}",
        verbose_name=gettext_lazy("Amount"),
        attrs=MONEY,
        orderable=False,
    )

    class Meta:
        caption = gettext_lazy("Adjustments")


@require_safe
@member_view(Permission.STATEMENT_READ)
def adjustments(request: MemberRequest) -> HttpResponse:
    """Everything that moved besides the shares of conversions, of the organization's agreements."""
    form = AdjustmentFilter(request.GET)
    lookups = {"kind": "kind", "agreement": "agreement_id", "currency": "currency"}
    rows = Adjustment.objects.filter(agreement_id__in=[agreement.id for agreement in agreements_of()])
    listed = rows.filter(**{lookups[name]: value for name, value in form.given().items()})
    related = listed.select_related("agreement", "organization").order_by("-effective_on", "-id")
    proposes = request.organization.is_host and request.actor.can(Permission.ADJUSTMENT_PROPOSE)
    context = {
        "form": form,
        "table": paged(request, AdjustmentTable(related)),
        "is_empty": not listed.exists(),
        "is_filtered": bool(form.given()),
        "proposes": proposes,
        "waiting_count": ProposedAdjustment.objects.filter(state="waiting").count() if proposes else 0,
        "excess_count": waiting_excess().count() if proposes else 0,
    }
    return render(request, "settlements/adjustments.html", context)


@require_safe
@member_view(Permission.STATEMENT_READ)
def adjustment(request: MemberRequest, adjustment_id: UUID) -> HttpResponse:
    """The receipt of one adjustment."""
    related = ("agreement", "period", "about_period", "accrual", "answers__agreement", "terms_version")
    found = Adjustment.objects.filter(pk=adjustment_id).select_related(*related).first()
    if found is None:
        raise NotFoundError
    names = organization_names(found.parties)
    line = StatementLine.objects.filter(adjustment_id=found.id, organization_id=request.organization.id)
    context = {
        "adjustment": found,
        "party": names.get(found.organization_id, ""),
        "counterparty": names.get(found.counterparty_id, "") if found.counterparty_id else "",
        "own_minor": _own(found, request.organization.id),
        "sentence": sentence_of(found, names),
        "journal": Journal.objects.filter(key=f"adjustment:{found.id}").first(),
        "statement_line": line.select_related("statement").first(),
        "answered_by": found.answered_by.order_by("effective_on", "id"),
        "other_side": _other_side(found),
    }
    return render(request, "settlements/adjustment.html", context)


def _other_side(found: Adjustment) -> tuple[Adjustment, StatementLine | None] | None:
    """Of an offset: what it moved under the other agreement, and the statement on which that stands."""
    if found.kind != AdjustmentKind.OFFSET:
        return None
    other = found.answers or found.answered_by.select_related("agreement").first()
    if other is None:
        return None
    lines = StatementLine.objects.filter(adjustment_id=other.id, organization_id=other.organization_id)
    return other, lines.select_related("statement").first()


def _own(found: Adjustment, organization_id: UUID) -> int | None:
    """What it is to the organization that looks."""
    if found.organization_id == organization_id:
        return found.amount_minor
    return -found.amount_minor if found.counterparty_id == organization_id else None
