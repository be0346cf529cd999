"""Beginning to write: a new agreement from a template, or the next version of one from its latest terms."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from alliance.kernel.clock import utc_now
from alliance.kernel.errors import DomainError, NotFoundError
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from partners.domain.proposal import AgreementFrame
from partners.drafts.forms import StartForm
from partners.drafts.services.start_draft import DraftStart, start_draft
from partners.drafts.starting import STARTS, starting_terms
from partners.models import Agreement, Alliance, TermsVersion
from partners.portal.submission import is_done, status_of
from partners.selectors import partners_in
from partners.terms.comparing import last_agreed


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.AGREEMENT_PROPOSE)
def draft_start(request: MemberRequest, alliance_id: UUID) -> HttpResponse:
    """Choose parties and a template for a new agreement, then write on."""
    alliance = Alliance.objects.filter(pk=alliance_id).first()
    if alliance is None:
        raise NotFoundError
    members = {member.organization_id: member.name for member in partners_in(alliance_id=alliance_id)}
    own = request.organization.id
    others = [(str(member), name) for member, name in members.items() if member != own]
    initial: dict[str, Any] = {"time_zone": request.organization.time_zone, "start": next(iter(STARTS))}
    form = StartForm(request.POST or None, initial=initial, others=others)
    begun: list[UUID] = []
    if request.method == "POST" and is_done(form, lambda: begun.append(_begin(request, alliance, form))):
        messages.success(request, _("The draft is begun. Only your organization sees it until it is proposed."))
        return redirect("portal:draft", begun[0])
    context = {"form": form, "alliance": alliance, "starts": STARTS, "own_name": members.get(own, "")}
    return render(request, "partners/drafts/start.html", context, status=status_of(form))


def _begin(request: MemberRequest, alliance: Alliance, form: StartForm) -> UUID:
    data = form.cleaned_data
    frame = AgreementFrame(data["name"], data["currency"], data["time_zone"])
    chosen = [UUID(party) for party in data["parties"]]
    own = request.organization.id
    parties = [own, *chosen] if alliance.host_id == own else _payer_first(alliance.host_id, own, chosen)
    terms = starting_terms(data["start"], frame=frame, parties=parties)
    return start_draft(actor=request.actor, start=DraftStart(alliance.pk, frame.name, terms), now=utc_now())


def _payer_first(host: UUID, own: UUID, chosen: list[UUID]) -> list[UUID]:
    """The host, who sells, pays in the templates wherever it is a party."""
    return [host, own, *(party for party in chosen if party != host)] if host in chosen else [own, *chosen]


@require_POST
@member_view(Permission.AGREEMENT_PROPOSE)
def draft_amend(request: MemberRequest, agreement_id: UUID) -> HttpResponse:
    """Begin the next version of an agreement with what was last agreed, or an answer to the proposal it names."""
    agreement = Agreement.objects.filter(pk=agreement_id).first()
    if agreement is None:
        raise NotFoundError
    try:
        start = _next_version(request, agreement)
        draft_id = start_draft(actor=request.actor, start=start, now=utc_now())
    except DomainError as error:
        if error.status in {403, 404}:
            raise
        messages.error(request, str(error))
        return redirect("portal:agreement", agreement_id)
    messages.success(request, _("The draft is begun. Only your organization sees it until it is proposed."))
    return redirect("portal:draft", draft_id)


def _next_version(request: MemberRequest, agreement: Agreement) -> DraftStart:
    answered = _answered(agreement, request.POST.get("answers", ""))
    base = answered or last_agreed(agreement.pk)
    if base is None:
        raise NotFoundError
    return DraftStart(
        alliance_id=agreement.alliance_id,
        name=agreement.name,
        terms=base.parsed().to_json(),
        agreement_id=agreement.pk,
        answers_id=answered.pk if answered else None,
        paper=base.paper,
    )


def _answered(agreement: Agreement, version_id: str) -> TermsVersion | None:
    """The proposal that is to be answered; raises `NotFoundError` for one that this agreement doesn't have."""
    if not version_id:
        return None
    try:
        return agreement.versions.get(pk=UUID(version_id))
    except (ValueError, TermsVersion.DoesNotExist) as error:
        raise NotFoundError from error
