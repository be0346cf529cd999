"""Ending an agreement: notice, consent, cause; and letting it go on."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.kernel.clock import utc_now
from alliance.kernel.errors import DomainError, NotFoundError
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from partners.agreements.forms import CauseForm, DeclineForm, EndingForm, NoticeForm, SignForm
from partners.agreements.notice import NoticeOutlook, notice_outlook
from partners.agreements.pages.showing import EndingView, reader_of
from partners.agreements.pages.signing import signature_of, signer_of
from partners.agreements.seats import require_seat
from partners.agreements.services.accept_ending import accept_ending
from partners.agreements.services.decline_ending import decline_ending
from partners.agreements.services.end_for_cause import end_for_cause
from partners.agreements.services.give_notice import give_notice
from partners.agreements.services.propose_ending import propose_ending
from partners.agreements.services.revoke_ending import revoke_ending
from partners.agreements.services.withdraw_ending import withdraw_ending
from partners.domain.local_days import last_day
from partners.models import Agreement, Ending, TermsStatus, TermsVersion
from partners.portal.submission import is_done, status_of

_TEMPLATES = "partners/agreements"


def _own_agreement(request: MemberRequest, agreement_id: UUID) -> Agreement:
    """An agreement at which the reader's organization has a seat."""
    found = Agreement.objects.select_related("alliance").filter(pk=agreement_id).first()
    if found is None:
        raise NotFoundError
    require_seat(request.actor, found)
    return found


def _ending(agreement_id: UUID, ending_id: UUID) -> Ending:
    endings = Ending.objects.select_related("agreement", "version").prefetch_related("signatures")
    found = endings.filter(pk=ending_id, agreement_id=agreement_id).first()
    if found is None:
        raise NotFoundError
    return found


# --- Notice -----------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.AGREEMENT_ACCEPT)
def notice(request: MemberRequest, agreement_id: UUID) -> HttpResponse:
    """Show when a notice given now would end the agreement, and take it."""
    found = _own_agreement(request, agreement_id)
    now = utc_now()
    outlook, refusal = _outlook(found, now)
    form = NoticeForm(request.POST or None, initial=_initial(request, outlook), confirmation=_notice_confirmed())
    if request.method == "POST" and is_done(form, lambda: _give(request, agreement_id, form)):
        messages.success(request, _("Your notice is given. Every party is told."))
        return redirect("portal:agreement", agreement_id)
    if form.is_bound and outlook is not None:  # the page shows the end as it is now
        form.data = {**request.POST.dict(), "ends_at": _iso(outlook.ends_at)}
    context = {
        "form": form,
        "agreement": found,
        "outlook": outlook,
        "refusal": refusal,
        "last_day": last_day(outlook.ends_at, found.time_zone) if outlook else None,
        "lost": _lost(found, outlook) if outlook else [],
    }
    return render(request, f"{_TEMPLATES}/notice.html", context, status=status_of(form))


def _notice_confirmed() -> str:
    return _("I give notice for my organization. The agreement ends on the day above.")


def _outlook(found: Agreement, now: datetime) -> tuple[NoticeOutlook | None, str]:
    try:
        return notice_outlook(found, now=now), ""
    except DomainError as error:
        return None, str(error)


def _initial(request: MemberRequest, outlook: NoticeOutlook | None) -> dict[str, Any]:
    return {**signer_of(request), "ends_at": _iso(outlook.ends_at) if outlook else ""}


def _iso(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S%z")


def _lost(found: Agreement, outlook: NoticeOutlook) -> list[TermsVersion]:
    """Accepted versions that would never come into force."""
    accepted = TermsVersion.objects.filter(agreement=found, status=TermsStatus.ACCEPTED)
    return list(accepted.filter(effective_from__gte=outlook.ends_at).order_by("effective_from"))


def _give(request: MemberRequest, agreement_id: UUID, form: NoticeForm) -> UUID:
    return give_notice(
        actor=request.actor,
        agreement_id=agreement_id,
        ends_at=form.cleaned_data["ends_at"],
        signature=signature_of(request, form),
        reason=form.cleaned_data["reason"],
        now=utc_now(),
    )


# --- Consent and cause -------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.AGREEMENT_ACCEPT)
def ending_propose(request: MemberRequest, agreement_id: UUID) -> HttpResponse:
    """Propose to end the agreement by consent, with the proposer's signature."""
    found = _own_agreement(request, agreement_id)
    confirmation = _("I agree for my organization that the agreement ends on this day.")
    form = EndingForm(request.POST or None, initial=signer_of(request), confirmation=confirmation)

    def propose() -> UUID:
        return propose_ending(
            actor=request.actor,
            agreement_id=agreement_id,
            last_on=form.cleaned_data["last_on"],
            signature=signature_of(request, form),
            reason=form.cleaned_data["reason"],
            now=utc_now(),
        )

    if request.method == "POST" and is_done(form, propose):
        messages.success(request, _("The end is proposed. The agreement goes on until every party has signed."))
        return redirect("portal:agreement", agreement_id)
    context = {"form": form, "agreement": found}
    return render(request, f"{_TEMPLATES}/ending_propose.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.AGREEMENT_ACCEPT)
def ending_cause(request: MemberRequest, agreement_id: UUID) -> HttpResponse:
    """End the agreement at once, for a cause that is named."""
    found = _own_agreement(request, agreement_id)
    confirmation = _("I end the agreement at once for my organization. This can't be taken back.")
    form = CauseForm(request.POST or None, initial=signer_of(request), confirmation=confirmation)

    def end() -> UUID:
        return end_for_cause(
            actor=request.actor,
            agreement_id=agreement_id,
            reason=form.cleaned_data["reason"],
            signature=signature_of(request, form),
            now=utc_now(),
        )

    if request.method == "POST" and is_done(form, end):
        messages.success(request, _("The agreement has ended. Every party is told."))
        return redirect("portal:agreement", agreement_id)
    context = {"form": form, "agreement": found}
    return render(request, f"{_TEMPLATES}/ending_cause.html", context, status=status_of(form))


# --- One ending --------------------------------------------------------------------------------


@require_safe
@member_view(Permission.AGREEMENT_READ)
def ending(request: MemberRequest, agreement_id: UUID, ending_id: UUID) -> HttpResponse:
    """One ending with its signatures, and what can be done about it."""
    found = _ending(agreement_id, ending_id)
    return render(request, f"{_TEMPLATES}/ending.html", {"view": _view(request, found), "agreement": found.agreement})


def _view(request: MemberRequest, found: Ending) -> EndingView:
    reader = reader_of(found.agreement, actor=request.actor, language=get_language() or "en")
    return EndingView(found, reader, utc_now())


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.AGREEMENT_ACCEPT)
def ending_accept(request: MemberRequest, agreement_id: UUID, ending_id: UUID) -> HttpResponse:
    """Sign a proposal to end the agreement."""
    return _sign(
        request,
        _ending(agreement_id, ending_id),
        accept_ending,
        confirmation=_("I agree for my organization that the agreement ends on this day."),
        said=(_("Your signature is recorded."), _("Every party has signed: the agreement ends on this day.")),
        template="ending_accept.html",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.AGREEMENT_ACCEPT)
def ending_revoke(request: MemberRequest, agreement_id: UUID, ending_id: UUID) -> HttpResponse:
    """Agree that a notice or a consent is withdrawn and the agreement goes on."""
    return _sign(
        request,
        _ending(agreement_id, ending_id),
        revoke_ending,
        confirmation=_("I agree for my organization that the agreement goes on."),
        said=(_("Your consent is recorded. The others are asked."), _("Every party agrees: the agreement goes on.")),
        template="ending_revoke.html",
    )


def _sign(
    request: MemberRequest,
    found: Ending,
    act: Callable[..., bool],
    *,
    confirmation: str,
    said: tuple[str, str],
    template: str,
) -> HttpResponse:
    initial = {"document_sha256": found.document_sha256, **signer_of(request)}
    form = SignForm(request.POST or None, initial=initial, confirmation=confirmation)
    done: list[bool] = []

    def sign() -> None:
        sha256 = form.cleaned_data["document_sha256"]
        signature = signature_of(request, form)
        done.append(
            act(actor=request.actor, ending_id=found.id, document_sha256=sha256, signature=signature, now=utc_now())
        )

    if request.method == "POST" and is_done(form, sign):
        messages.success(request, said[1] if done[0] else said[0])
        return redirect("portal:agreement", found.agreement_id)
    if form.is_bound:
        form.data = {**request.POST.dict(), "document_sha256": found.document_sha256}
    context = {"form": form, "view": _view(request, found), "agreement": found.agreement}
    return render(request, f"{_TEMPLATES}/{template}", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.AGREEMENT_ACCEPT)
def ending_decline(request: MemberRequest, agreement_id: UUID, ending_id: UUID) -> HttpResponse:
    """Decline a proposal to end the agreement, with a reason."""
    found = _ending(agreement_id, ending_id)
    form = DeclineForm(request.POST or None)
    if request.method == "POST" and is_done(
        form,
        lambda: decline_ending(
            actor=request.actor, ending_id=ending_id, reason=form.cleaned_data["reason"], now=utc_now()
        ),
    ):
        messages.success(request, _("The proposal is declined. The agreement goes on; every party is told why."))
        return redirect("portal:agreement", agreement_id)
    context = {"form": form, "view": _view(request, found), "agreement": found.agreement}
    return render(request, f"{_TEMPLATES}/ending_decline.html", context, status=status_of(form))


@require_POST
@member_view(Permission.AGREEMENT_ACCEPT)
def ending_withdraw(request: MemberRequest, agreement_id: UUID, ending_id: UUID) -> HttpResponse:
    """Take one's own proposal to end the agreement back."""
    _ending(agreement_id, ending_id)
    try:
        withdraw_ending(actor=request.actor, ending_id=ending_id, now=utc_now())
    except DomainError as error:
        if error.status in {403, 404}:
            raise
        messages.error(request, str(error))
    else:
        messages.success(request, _("The proposal is withdrawn. The agreement goes on."))
    return redirect("portal:agreement", agreement_id)
