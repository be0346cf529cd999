"""A draft as JSON: to read, to copy, to paste terms that were written elsewhere."""

import json
from collections.abc import Mapping
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from alliance.kernel.errors import DomainError, InvalidInputError
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from partners.drafts.keeping import terms_to_keep
from partners.drafts.pages.draft_page import DraftPage, ProblemLine, draft_page
from partners.drafts.pages.editing import keep


class NoJsonError(InvalidInputError):
    """The text is no JSON object."""

    code = "no_json"
    sentence = gettext_lazy("This is no JSON object. Paste the terms from their first brace to their last one.")


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.AGREEMENT_PROPOSE)
def draft_json(request: MemberRequest, draft_id: UUID) -> HttpResponse:
    """Show the draft's JSON, and take other JSON in its place."""
    page = draft_page(draft_id)
    if request.method != "POST":
        return _render(request, page, _text(page.draft.terms))
    typed = request.POST.get("terms", "")
    try:
        keep(request, page, _read(page, typed))
    except DomainError as error:
        if error.status in {403, 404}:
            raise
        return _render(request, page, typed, refusal=str(error))
    messages.success(request, _("The draft is saved."))
    return redirect("portal:draft", draft_id)


def _text(terms: Mapping[str, object]) -> str:
    return json.dumps(terms, ensure_ascii=False, indent=2)


def _read(page: DraftPage, typed: str) -> dict[str, object]:
    """The JSON to keep: canonical when it is possible, else as it is typed as long as the forms can show all of it."""
    try:
        written = json.loads(typed)
    except (ValueError, RecursionError) as error:
        raise NoJsonError(field="terms") from error
    if not isinstance(written, dict):
        raise NoJsonError(field="terms")
    return terms_to_keep(written, page.everybody)


def _render(request: MemberRequest, page: DraftPage, text: str, *, refusal: str = "") -> HttpResponse:
    lines = _lines_of(page, text) if refusal else page.lines
    context = {"draft": page.draft, "text": text, "refusal": refusal, "lines": lines}
    return render(request, "partners/drafts/json.html", context, status=422 if refusal else 200)


def _lines_of(page: DraftPage, text: str) -> tuple[ProblemLine, ...]:
    """The problems of what was typed, not of what is kept."""
    try:
        page.draft.terms = json.loads(text)
    except (ValueError, RecursionError):
        return ()
    return page.lines
