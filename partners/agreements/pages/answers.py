"""Saying no to a proposal, and taking one's own back."""

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
from partners.agreements.forms import DeclineForm
from partners.agreements.services.decline_version import decline_version
from partners.models import TermsVersion
from partners.portal.submission import is_done, status_of
from partners.services.withdraw_proposal import withdraw_proposal


def version_of(agreement_id: UUID, version_id: UUID) -> TermsVersion:
    """One version of this very agreement; raises `NotFoundError`."""
    rows = TermsVersion.objects.select_related("agreement", "proposed_by")
    version = rows.filter(pk=version_id, agreement_id=agreement_id).first()
    if version is None:
        raise NotFoundError
    return version


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.AGREEMENT_PROPOSE)
def version_decline(request: MemberRequest, agreement_id: UUID, version_id: UUID) -> HttpResponse:
    """Decline what another party has proposed, with a reason."""
    version = version_of(agreement_id, version_id)
    form = DeclineForm(request.POST or None)
    if request.method == "POST" and is_done(
        form,
        lambda: decline_version(
            actor=request.actor, version_id=version_id, reason=form.cleaned_data["reason"], now=utc_now()
        ),
    ):
        messages.success(
            request, _("The proposal is declined. Nobody can accept it any more; every party is told why.")
        )
        return redirect("portal:agreement", agreement_id)
    context = {"form": form, "version": version, "agreement": version.agreement}
    return render(request, "partners/agreements/version_decline.html", context, status=status_of(form))


@require_POST
@member_view(Permission.AGREEMENT_PROPOSE)
def version_withdraw(request: MemberRequest, agreement_id: UUID, version_id: UUID) -> HttpResponse:
    """Take one's own proposal back."""
    version_of(agreement_id, version_id)
    try:
        withdraw_proposal(actor=request.actor, version_id=version_id, now=utc_now())
    except DomainError as error:
        if error.status in {403, 404}:
            raise
        messages.error(request, str(error))
        return redirect("portal:agreement", agreement_id)
    messages.success(request, _("The proposal is withdrawn. Nobody can accept it any more."))
    return redirect("portal:agreement", agreement_id)
