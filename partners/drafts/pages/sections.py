"""The form of one section of a draft."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from alliance.kernel.errors import NotFoundError
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from partners.drafts.pages.draft_page import DraftPage, draft_page
from partners.drafts.pages.editing import Editing, edited, is_fragment, problems_sentence
from partners.drafts.shapes.sections import PARTIES_KEY, SECTION_FORMS, SectionForm

Json = dict[str, object]


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.AGREEMENT_PROPOSE)
def draft_section(request: MemberRequest, draft_id: UUID, section: str) -> HttpResponse:
    """Write one section."""
    section_form = SECTION_FORMS.get(section)
    if section_form is None:
        raise NotFoundError
    page = draft_page(draft_id)
    written = page.draft.terms
    editing = Editing(
        section_form.shape,
        {name: written[name] for name in section_form.fields if name in written},
        lambda now: now.problems_under(section_form.fields),
        lambda typed: _with(page, section_form, typed),
        page.everybody if section == PARTIES_KEY else page.offered,
    )
    form = edited(request, page, editing)
    if form.is_done:
        return redirect("portal:draft", draft_id)
    context = {
        "draft": form.page.draft,
        "form": form,
        "section": section_form,
        "saved_sentence": problems_sentence(len(form.shown.all_errors)),
    }
    template = "partners/drafts/section_form.html" if is_fragment(request) else "partners/drafts/section.html"
    return render(request, template, context, status=form.status)


def _with(page: DraftPage, section: SectionForm, typed: Json) -> Json:
    kept = {name: value for name, value in page.draft.terms.items() if name not in section.fields}
    return {**kept, **typed}
