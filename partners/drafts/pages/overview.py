"""The list of drafts, and one draft as a whole."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alliance.kernel.clock import utc_now
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from partners.drafts.models import AgreementDraft
from partners.drafts.pages.draft_page import draft_page
from partners.drafts.services.discard_draft import discard_draft
from partners.drafts.shapes.payments import PAYS
from partners.selectors import hosted_alliances


@require_safe
@member_view(Permission.AGREEMENT_PROPOSE)
def drafts(request: MemberRequest) -> HttpResponse:
    """What this organization is writing; nobody else sees it. At most as many as `start_draft` allows."""
    rows = AgreementDraft.objects.select_related("alliance", "agreement", "changed_by")
    return render(request, "partners/drafts/drafts.html", {"drafts": rows, "alliances": hosted_alliances()})


@require_safe
@member_view(Permission.AGREEMENT_PROPOSE)
def draft(request: MemberRequest, draft_id: UUID) -> HttpResponse:
    """One draft: every clause and section with its sentences and with what is not right yet."""
    page = draft_page(draft_id)
    context = {"page": page, "draft": page.draft, "kinds": PAYS.tag.choices}
    return render(request, "partners/drafts/draft.html", context)


@require_POST
@member_view(Permission.AGREEMENT_PROPOSE)
def draft_discard(request: MemberRequest, draft_id: UUID) -> HttpResponse:
    """Throw a draft away."""
    draft_page(draft_id)
    discard_draft(actor=request.actor, draft_id=draft_id, now=utc_now())
    messages.success(request, _("The draft is discarded."))
    return redirect("portal:drafts")
