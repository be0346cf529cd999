"""One version: reading it, signing it, and the files that belong to it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from alliance.kernel.clock import utc_now
from alliance.kernel.errors import NotFoundError
from alliance.kernel.files import private_file_response
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from partners.agreements.forms import SignForm
from partners.agreements.pages.answers import version_of
from partners.agreements.pages.showing import VersionView, reader_of
from partners.agreements.pages.signing import signature_of, signer_of
from partners.models import AgreementFile, SignedCopy, TermsVersion
from partners.portal.submission import is_done, status_of
from partners.services.accept_agreement import accept_agreement


def _view(request: MemberRequest, version: TermsVersion) -> VersionView:
    return VersionView(version, reader_of(version.agreement, actor=request.actor, language=get_language() or "en"))


@require_safe
@member_view(Permission.AGREEMENT_READ)
def agreement_version(request: MemberRequest, agreement_id: UUID, version_id: UUID) -> HttpResponse:
    """One version as it was signed, word for word, with every signature."""
    version = version_of(agreement_id, version_id)
    answered_by = version.answered_by.order_by("number").first()
    context = {"view": _view(request, version), "agreement": version.agreement, "answered_by": answered_by}
    return render(request, "partners/agreements/version.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.AGREEMENT_ACCEPT)
def version_accept(request: MemberRequest, agreement_id: UUID, version_id: UUID) -> HttpResponse:
    """Read a version as it will be signed, type name and position, accept."""
    version = version_of(agreement_id, version_id)
    form = SignForm(request.POST or None, initial={"document_sha256": version.document_sha256, **signer_of(request)})
    signed: list[bool] = []
    if request.method == "POST" and is_done(form, lambda: signed.append(_accept(request, version_id, form))):
        messages.success(request, _signed_sentence(is_last=signed[0]))
        return redirect("portal:agreement", agreement_id)
    if form.is_bound:  # show the hash of what is on the page now
        form.data = {**request.POST.dict(), "document_sha256": version.document_sha256}
    context = {"form": form, "agreement": version.agreement, "view": _view(request, version)}
    return render(request, "partners/agreements/version_accept.html", context, status=status_of(form))


def _accept(request: MemberRequest, version_id: UUID, form: SignForm) -> bool:
    return accept_agreement(
        actor=request.actor,
        version_id=version_id,
        document_sha256=form.cleaned_data["document_sha256"],
        signature=signature_of(request, form),
        now=utc_now(),
    )


def _signed_sentence(*, is_last: bool) -> str:
    if is_last:
        return _("Every party has accepted. The terms are in force from their beginning on.")
    return _("Your acceptance is recorded. The other parties have yet to accept.")


@require_safe
@member_view(Permission.AGREEMENT_READ)
def version_copy(request: MemberRequest, agreement_id: UUID, version_id: UUID) -> HttpResponseBase:  # noqa: ARG001
    """The signed copy with its evidence, as PDF."""
    copy = SignedCopy.objects.filter(version_id=version_id, agreement_id=agreement_id).first()
    if copy is None:
        raise NotFoundError
    return private_file_response(copy)


@require_safe
@member_view(Permission.AGREEMENT_READ)
def version_file(request: MemberRequest, agreement_id: UUID, version_id: UUID) -> HttpResponseBase:  # noqa: ARG001
    """The file attached to a version."""
    version = version_of(agreement_id, version_id)
    file = AgreementFile.objects.filter(pk=version.attached_id).first() if version.attached_id else None
    if file is None:
        raise NotFoundError
    return private_file_response(file)
