"""The small calculator: a made-up conversion under one clause of a draft, or under all of it."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alliance.kernel.clock import utc_now
from alliance.kernel.errors import NotFoundError
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from partners.domain.terms import Terms
from partners.drafts.forms import ExampleForm
from partners.drafts.pages.draft_page import DraftPage, draft_page
from partners.drafts.trying import all_clauses, one_clause, tried

EXAMPLE = {"amount": "100", "quantity": "1"}


@require_safe
@member_view(Permission.AGREEMENT_PROPOSE)
def draft_example(request: MemberRequest, draft_id: UUID) -> HttpResponse:
    """Who gets what of the conversion in the address; of the clause at `place`, or of the whole draft without it."""
    page = draft_page(draft_id)
    context = example_context(page, request.GET.get("place", ""), request.GET.dict())
    template = (
        "partners/drafts/example_card.html" if getattr(request, "htmx", False) else "partners/drafts/example.html"
    )
    return render(request, template, {"draft": page.draft, **context})


def example_context(page: DraftPage, place: str, given: dict[str, str]) -> dict[str, object]:
    """What the calculator shows: the form, and what came out when something was asked."""
    terms = _terms(page, place)
    parties = page.offered.parties
    partner = next((party for party, _ in parties if party != str(page.draft.alliance.host_id)), "")
    asked = given if "earns_on" in given else None
    what = page.clauses[int(place)].get("earns_on") if place else None
    initial = {**EXAMPLE, "earns_on": what or "sale", "partner": partner}
    form = ExampleForm(asked, initial=initial, parties=parties, currency=str(page.draft.terms.get("currency")))
    result = None
    if terms is not None and form.is_bound and form.is_valid():
        host = page.draft.alliance.host_id
        result = tried(terms, form.made_up(), host=host, names=page.names, now=utc_now())
    return {"example_form": form, "example_place": place, "example": result, "is_tryable": terms is not None}


def _terms(page: DraftPage, place: str) -> Terms | None:
    if not place:
        return all_clauses(page.draft.terms)
    if not place.isdecimal() or int(place) >= len(page.clauses):
        raise NotFoundError
    return one_clause(page.draft.terms, page.clauses[int(place)])
