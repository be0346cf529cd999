"""Agreements: the list, one of them, and signing."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from alliance.kernel.clock import utc_now
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.lists import paged
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from partners.agreements.pages.answers import version_of
from partners.forms import AcceptForm, AgreementFilterForm
from partners.models import Agreement, AgreementParty, AgreementStatus
from partners.portal.agreement_page import agreement_page, version_page
from partners.portal.submission import is_done, status_of
from partners.selectors import hosted_alliances
from partners.services.accept_agreement import Signature, accept_agreement
from partners.tables import AgreementTable

PAGE_SIZE = 25


@require_safe
@member_view(Permission.AGREEMENT_READ)
def agreements(request: MemberRequest) -> HttpResponse:
    """The agreements this organization sees: searched, filtered, sorted, by pages."""
    form = AgreementFilterForm(request.GET or None)
    form.fields["status"].choices = [("", _("Any status")), *AgreementStatus.choices]  # type: ignore[attr-defined]
    seats = AgreementParty.objects.select_related("organization").order_by("rank")
    rows = _matching(Agreement.objects.prefetch_related(Prefetch("seats", queryset=seats)), form)
    table = AgreementTable(rows)
    paged(request, table, per_page=PAGE_SIZE)
    context = {
        "table": table,
        "form": form,
        "is_filtered": bool(form.is_bound and form.is_valid() and any(form.cleaned_data.values())),
        "has_any": bool(table.rows) or Agreement.objects.exists(),
        "alliances": hosted_alliances(),
        "may_propose": request.actor.can(Permission.AGREEMENT_PROPOSE),
    }
    return render(request, "partners/agreements.html", context)


def _matching(rows: QuerySet[Agreement], form: AgreementFilterForm) -> QuerySet[Agreement]:
    if not form.is_bound:
        return rows
    if not form.is_valid():
        return rows.none()
    if wanted := form.cleaned_data["q"].strip():
        rows = rows.filter(Q(name__icontains=wanted) | Q(seats__organization__name__icontains=wanted)).distinct()
    if status := form.cleaned_data["status"]:
        rows = rows.filter(status=status)
    return rows


@require_safe
@member_view(Permission.AGREEMENT_READ)
def agreement(request: MemberRequest, agreement_id: UUID) -> HttpResponse:
    """One agreement: parties, shares, every version with its signatures, and what comes next."""
    page = agreement_page(agreement_id, actor=request.actor, language=get_language() or "en")
    return render(request, "partners/agreement.html", {"page": page, "agreement": page.agreement})


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.AGREEMENT_ACCEPT)
def version_accept(request: MemberRequest, agreement_id: UUID, version_id: UUID) -> HttpResponse:
    """Read a version as it will be signed, type the name, accept."""
    version = version_of(agreement_id, version_id)
    initial = {"document_sha256": version.document_sha256, "signer_name": getattr(request.user, "full_name", "")}
    form = AcceptForm(request.POST or None, initial=initial)
    signed: list[bool] = []
    if request.method == "POST" and is_done(form, lambda: signed.append(_accept(request, version_id, form))):
        messages.success(request, _signed_sentence(is_last=signed[0]))
        return redirect("portal:agreement", agreement_id)
    if form.is_bound:  # show the hash of what is on the page now
        form.data = {**request.POST.dict(), "document_sha256": version.document_sha256}
    page = version_page(version, actor=request.actor, language=get_language() or "en")
    context = {"form": form, "agreement": version.agreement, "version": page}
    return render(request, "partners/version_accept.html", context, status=status_of(form))


def _accept(request: MemberRequest, version_id: UUID, form: AcceptForm) -> bool:
    signature = Signature(name=form.cleaned_data["signer_name"], language=get_language() or "en")
    return accept_agreement(
        actor=request.actor,
        version_id=version_id,
        document_sha256=form.cleaned_data["document_sha256"],
        signature=signature,
        now=utc_now(),
    )


def _signed_sentence(*, is_last: bool) -> str:
    if is_last:
        return _("Every party has accepted. The terms are in force from their beginning on.")
    return _("Your acceptance is recorded. The other parties have yet to accept.")
