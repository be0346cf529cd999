"""The form of one clause, and what is done to a clause as a whole."""

import hashlib
import json
from collections.abc import Mapping
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from alliance.kernel.errors import DomainError, NotFoundError
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from partners.drafts.pages.draft_page import DraftPage, draft_page
from partners.drafts.pages.editing import Edited, Editing, edited, is_fragment, keep, problems_sentence
from partners.drafts.pages.example import example_context
from partners.drafts.saying import sections_of_draft
from partners.drafts.shapes.clause import CLAUSE
from partners.drafts.shapes.payments import PAYS
from partners.sentences import Passage

Json = dict[str, object]


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.AGREEMENT_PROPOSE)
def draft_clause(request: MemberRequest, draft_id: UUID, place: int) -> HttpResponse:
    """Write one clause; the place after the last one is a new clause."""
    page = draft_page(draft_id)
    clauses = page.clauses
    if place > len(clauses) and request.method != "POST":
        raise NotFoundError
    value = clauses[place] if place < len(clauses) else _blank(request, page)
    wanted = _place_of(request.POST.get("seen", ""), clauses, place)
    editing = Editing(
        CLAUSE,
        value,
        lambda now: now.problems_below(f"clauses.{wanted}"),
        lambda typed: _with(page, wanted, typed),
        page.offered,
    )
    form = edited(request, page, editing)
    if form.is_done:
        return redirect("portal:draft", draft_id)
    here = form.page.clauses
    context: dict[str, object] = {
        "draft": form.page.draft,
        "form": form,
        "place": wanted,
        "seen": request.POST.get("seen", "") if form.refusal or form.is_unsaved else _seen(here, wanted),
        "is_new": wanted >= len(here),
        "passage": _passage(form),
        "saved_sentence": problems_sentence(len(form.shown.all_errors)),
    }
    if not is_fragment(request) and not context["is_new"]:
        context |= example_context(form.page, str(wanted), {})
    template = "partners/drafts/clause_form.html" if is_fragment(request) else "partners/drafts/clause.html"
    return render(request, template, context, status=form.status)


def _blank(request: MemberRequest, page: DraftPage) -> Json:
    kind = request.GET.get("kind", PAYS.tag.default)
    parties = [str(party) for party in page.parties]
    taken = {clause.get("id") for clause in page.clauses}
    number = next(n for n in range(1, len(taken) + 2) if f"clause-{n}" not in taken)
    pays: Json = {"kind": kind}
    if kind == "split":
        pays["shares"] = [{"party": party} for party in parties]
    elif kind != "waterfall" and len(parties) > 1:
        pays |= {"payer": parties[0]} if kind == "nothing" else {"party": parties[1], "payer": parties[0]}
    return {"id": f"clause-{number}", "earns_on": "sale", "pays": pays}


def _with(page: DraftPage, place: int, clause: Json) -> Json:
    clauses = page.clauses
    return {**page.draft.terms, "clauses": [*clauses[:place], clause, *clauses[place + 1 :]]}


def _hash(clause: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(clause, sort_keys=True).encode()).hexdigest()


def _seen(clauses: list[Json], place: int) -> str:
    return _hash(clauses[place]) if place < len(clauses) else ""


def _place_of(seen: str, clauses: list[Json], place: int) -> int:
    """Where the clause that was opened stands now; after the last one when it is gone or has changed meanwhile."""
    if not seen:
        return min(place, len(clauses))
    if place < len(clauses) and _hash(clauses[place]) == seen:
        return place
    return next((other for other, clause in enumerate(clauses) if _hash(clause) == seen), len(clauses))


def _passage(form: Edited) -> Passage | None:
    """The sentences of the clause as it is typed, when it is right by itself."""
    terms = {**form.page.draft.terms, "clauses": [dict(form.value)]}
    said = sections_of_draft(terms, form.page.names, language=get_language() or "en")
    passages = (passage for section in said if section.key == "clauses" for passage in section.passages)
    return next((passage for passage in passages if passage.key != "clauses"), None)


@require_POST
@member_view(Permission.AGREEMENT_PROPOSE)
def draft_clause_act(request: MemberRequest, draft_id: UUID, place: int) -> HttpResponse:
    """Move a clause up or down, copy it, or delete it."""
    page = draft_page(draft_id)
    clauses = page.clauses
    if place >= len(clauses):
        raise NotFoundError
    act = request.POST.get("act", "")
    changed, sentence = _acted(act, clauses, place)
    try:
        keep(request, page, {**page.draft.terms, "clauses": changed})
    except DomainError as error:
        if error.status in {403, 404}:
            raise
        messages.error(request, str(error))
    else:
        messages.success(request, sentence)
    return redirect("portal:draft", draft_id)


def _acted(act: str, clauses: list[Json], place: int) -> tuple[list[Json], str]:
    changed = list(clauses)
    if act == "delete":
        del changed[place]
        return changed, _("The clause is deleted from the draft.")
    if act == "copy":
        changed.insert(place + 1, _copied(clauses, place))
        return changed, _("The clause is copied.")
    other = {"up": place - 1, "down": place + 1}.get(act, -1)
    if not 0 <= other < len(clauses):
        raise NotFoundError
    changed[place], changed[other] = changed[other], changed[place]
    return changed, _("The order of the clauses is changed.")


def _copied(clauses: list[Json], place: int) -> Json:
    taken = {str(clause.get("id")) for clause in clauses}
    stem = str(clauses[place].get("id") or "clause")[:34]
    number = next(n for n in range(2, len(taken) + 3) if f"{stem}-{n}" not in taken)
    return {**clauses[place], "id": f"{stem}-{number}"}
