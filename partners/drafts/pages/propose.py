"""The last look at a draft, and its proposal to the other parties."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from alliance.kernel.clock import local_date, utc_now
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from partners.agreements.pages.signing import signature_if_named
from partners.drafts.forms import ProposeDraftForm
from partners.drafts.pages.draft_page import DraftPage, draft_page
from partners.drafts.saying import sections_of_draft
from partners.drafts.services.propose_draft import DraftProposal, propose_draft
from partners.portal.submission import is_done, status_of
from partners.services.propose_agreement import ProposedAgreement


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.AGREEMENT_PROPOSE)
def draft_propose(request: MemberRequest, draft_id: UUID) -> HttpResponse:
    """Read everything once more, say from when it counts, propose it."""
    page = draft_page(draft_id)
    initial = {"effective_on": local_date(utc_now(), request.organization.time_zone), "revision": page.draft.revision}
    form = ProposeDraftForm(request.POST or None, initial=initial)
    proposed: list[ProposedAgreement] = []
    if request.method == "POST" and is_done(form, lambda: proposed.append(_propose(request, page, form))):
        if page.draft.agreement_id:
            messages.success(request, _("The new terms are proposed. The present ones stay until every party accepts."))
        else:
            messages.success(request, _("The agreement is proposed. It waits for every party's acceptance."))
        return redirect("portal:agreement", proposed[0].agreement_id)
    if form.is_bound:  # the page shows the present revision, so that is what the next attempt is about
        form.data = {**request.POST.dict(), "revision": str(page.draft.revision)}
    context = {
        "form": form,
        "draft": page.draft,
        "lines": page.lines,
        "paper": page.paper_sentences,
        "sections": page.sections,
        "others": _in_other_languages(page),
        "latest": page.latest_version,
        "difference": page.difference,
    }
    return render(request, "partners/drafts/propose.html", context, status=status_of(form))


def _propose(request: MemberRequest, page: DraftPage, form: ProposeDraftForm) -> ProposedAgreement:
    data = form.cleaned_data
    signature = signature_if_named(request, form)
    wanted = DraftProposal(data["revision"] or 0, data["effective_on"], data["until_on"], signature)
    return propose_draft(actor=request.actor, draft_id=page.draft.pk, wanted=wanted, now=utc_now())


def _in_other_languages(page: DraftPage) -> list[dict[str, object]]:
    return [
        {
            "code": code,
            "name": translation.get_language_info(code)["name_local"],
            "sections": sections_of_draft(page.draft.terms, page.names, language=code),
        }
        for code, _name in settings.LANGUAGES
        if code != get_language()
    ]
