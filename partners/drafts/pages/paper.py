"""What is signed beside the terms of a draft: its name, how it ends, the legal text, an attached file."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from alliance.kernel.clock import utc_now
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from partners.agreements.services.attach_file import attach_file
from partners.domain.supplement import Paper
from partners.drafts.forms import PaperForm
from partners.drafts.models import AgreementDraft
from partners.drafts.pages.draft_page import DraftPage, draft_page
from partners.drafts.services.change_draft import DraftChange, change_draft
from partners.models import TermsStatus, TermsVersion
from partners.portal.submission import is_done, status_of


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.AGREEMENT_PROPOSE)
def draft_paper(request: MemberRequest, draft_id: UUID) -> HttpResponse:
    """Write what is signed beside the terms."""
    page = draft_page(draft_id)
    form = _form(request, page)
    if request.method == "POST" and is_done(form, lambda: _keep(request, page, form)):
        messages.success(request, _("The draft is saved."))
        return redirect("portal:draft", draft_id)
    context = {"draft": page.draft, "form": form, "revision": page.draft.revision}
    return render(request, "partners/drafts/paper.html", context, status=status_of(form))


def _form(request: MemberRequest, page: DraftPage) -> PaperForm:
    draft = page.draft
    accepted: list[int] = []
    if draft.agreement_id is not None:
        versions = TermsVersion.objects.filter(agreement_id=draft.agreement_id, status=TermsStatus.ACCEPTED)
        accepted = list(versions.order_by("number").values_list("number", flat=True))
    given = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    return PaperForm(*given, initial=_initial(draft), accepted=accepted, is_new=draft.agreement_id is None)


def _initial(draft: AgreementDraft) -> dict[str, Any]:
    rule = draft.paper.end_rule
    return {
        "name": draft.name,
        "notice_days": rule.notice_days,
        "at_end": rule.at_end.value,
        "renewal_months": rule.renewal_months,
        "fallback_number": rule.fallback_number,
        "text_en": draft.texts.get("en", ""),
        "text_zh_hans": draft.texts.get("zh-hans", ""),
    }


def _keep(request: MemberRequest, page: DraftPage, form: PaperForm) -> None:
    data, now = form.cleaned_data, utc_now()
    file_id = page.draft.file_id if data["keeps_file"] else None
    if data["file"] is not None:
        file_id = attach_file(actor=request.actor, content=data["file"], name=data["file"].name, now=now)
    revision = request.POST.get("revision", "")
    change = DraftChange(name=data.get("name"), paper=Paper(form.end_rule(), form.texts(), file_id))
    seen = int(revision) if revision.isdecimal() else 0
    change_draft(actor=request.actor, draft_id=page.draft.pk, revision=seen, change=change, now=now)
