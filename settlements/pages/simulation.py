"""What terms would have brought in past months, before anybody signs them: of a draft, and of a proposed version."""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from alliance.kernel.clock import utc_now
from alliance.kernel.errors import DomainError
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.errors import add_form_error
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from partners.selectors import organization_names
from partners.terms.unsigned import UnsignedTerms, drafted_terms, terms_of_version
from settlements.domain.simulation import PartyMonth, TermsSimulation
from settlements.services.simulate_terms import simulate_terms

MONTHS = (1, 3, 6, 12)
LEFT_OUT = {
    "pooled_revenue": gettext_lazy("Pooled revenue is not replayed: it depends on what the parties report."),
    "advances": gettext_lazy("Advances are not replayed: they decide when money is paid, not whose it is."),
}


def _choices() -> list[tuple[int, str]]:
    return [(n, ngettext("the last whole month", "the last %(count)d whole months", n) % {"count": n}) for n in MONTHS]


class MonthsForm(forms.Form):
    """How far back."""

    months = forms.TypedChoiceField(label=gettext_lazy("Replay"), coerce=int, choices=_choices)


@dataclass(frozen=True, slots=True)
class PartyRow:
    """One party of the table: its total and its months, each with the accruals that it was settled by."""

    name: str
    total: PartyMonth
    months: tuple[PartyMonth, ...]


@require_safe
@member_view(Permission.AGREEMENT_PROPOSE)
def draft_simulation(request: MemberRequest, draft_id: UUID) -> HttpResponse:
    """A draft of the next version, beside what was settled."""
    return _shown(request, drafted_terms(draft_id), reverse("portal:draft", args=[draft_id]), _("This draft"))


@require_safe
@member_view(Permission.STATEMENT_READ)
def version_simulation(request: MemberRequest, agreement_id: UUID, version_id: UUID) -> HttpResponse:
    """A version, beside what was settled. Partners see their own part."""
    found = terms_of_version(agreement_id, version_id)
    title = _("Version %(number)d") % {"number": found.number or 0}
    return _shown(request, found, reverse("portal:agreement_version", args=[agreement_id, version_id]), title)


def _shown(request: MemberRequest, unsigned: UnsignedTerms, back: str, title: str) -> HttpResponse:
    form = MonthsForm({"months": request.GET.get("months", "3")})
    simulation: TermsSimulation | None = None
    if form.is_valid() and unsigned.terms is not None and unsigned.agreement_id is not None:
        try:
            simulation = simulate_terms(
                actor=request.actor,
                agreement_id=unsigned.agreement_id,
                terms=unsigned.terms,
                months=form.cleaned_data["months"],
                now=utc_now(),
            )
        except DomainError as error:
            if error.status in {403, 404}:
                raise
            add_form_error(form, error)
    context = {
        "form": form,
        "unsigned": unsigned,
        "title": title,
        "back": back,
        "simulation": simulation,
        "rows": _rows(request, simulation) if simulation else [],
        "accruals_url": _accruals_url(unsigned, simulation) if simulation else "",
        "left_out": [LEFT_OUT[code] for code in simulation.left_out] if simulation else [],
    }
    return render(request, "settlements/simulation.html", context, status=200 if form.is_valid() else 422)


def _rows(request: MemberRequest, simulation: TermsSimulation) -> list[PartyRow]:
    """Everybody for the host; a partner reads what is its own."""
    own = request.organization.id
    shown = [total for total in simulation.totals if request.organization.is_host or total.party == own]
    names = organization_names({total.party for total in shown})
    return [
        PartyRow(names[total.party], total, tuple(row for row in simulation.rows if row.party == total.party))
        for total in shown
    ]


def _accruals_url(unsigned: UnsignedTerms, simulation: TermsSimulation) -> str:
    last = simulation.until - timedelta(days=1)
    query = {"from": simulation.since.isoformat(), "to": last.isoformat(), "agreement": str(unsigned.agreement_id)}
    return f"{reverse('portal:accruals')}?{urlencode(query)}"
