"""Taxes in the portal: what the organization says of itself, and certificates."""

from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.kernel.clock import utc_now
from alliance.kernel.errors import DomainError, NotFoundError
from alliance.kernel.files import private_file_response
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from partners.onboarding.selectors import own_applications
from partners.portal.submission import is_done, status_of
from settlements.taxes.forms import CertificateForm, TaxProfileForm
from settlements.taxes.hosts import hosts_of
from settlements.taxes.models import CertificateKind, TaxCertificate, TaxProfile
from settlements.taxes.services.decide_certificate import decide_certificate
from settlements.taxes.services.save_tax_profile import TaxAnswers, save_tax_profile
from settlements.taxes.services.submit_certificate import NewCertificate, submit_certificate


@require_safe
@member_view(Permission.STATEMENT_READ)
def tax_settings(request: MemberRequest) -> HttpResponse:
    """What stands on invoices, and the certificates that the organization gave or was given."""
    context = {
        "profile": TaxProfile.objects.first(),
        "certificates": _certificates().order_by("-submitted_at", "-id")[:100],
        "may_manage": request.actor.can(Permission.TAX_MANAGE),
    }
    return render(request, "settlements/tax_settings.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.TAX_MANAGE)
def tax_profile_edit(request: MemberRequest) -> HttpResponse:
    """Say who the organization is to tax authorities."""
    form = TaxProfileForm(request.POST or None, initial=_initial())

    def save() -> None:
        save_tax_profile(actor=request.actor, answers=TaxAnswers(**form.cleaned_data), now=utc_now())

    if request.method == "POST" and is_done(form, save):
        messages.success(request, _("Saved. It stands on invoices from now on."))
        return redirect("portal:tax_settings")
    return render(request, "settlements/tax_profile_edit.html", {"form": form}, status=status_of(form))


def _initial() -> dict[str, object]:
    """What is kept; for a start, what the organization said when it applied."""
    profile = TaxProfile.objects.first()
    if profile is not None:
        return {name: getattr(profile, name) for name in TaxProfileForm.base_fields}
    for application in own_applications():
        company = application.parsed_company()
        number = company.tax_id or company.registration_number
        return {
            "legal_name": company.name,
            "address": company.address,
            "country": company.country,
            "vat_number": number,
        }
    return {}


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.TAX_MANAGE)
def certificate_new(request: MemberRequest) -> HttpResponse:
    """Give a host a certificate."""
    hosts = hosts_of(request.organization.id)
    data = (request.POST, request.FILES) if request.method == "POST" else ()
    form = CertificateForm(*data, hosts=hosts)
    submitted: list[UUID] = []

    def submit() -> None:
        given = form.cleaned_data
        certificate = NewCertificate(
            UUID(given["host"]),
            CertificateKind(given["kind"]),
            given["number"],
            given["valid_from"],
            given["valid_until"],
        )
        file = given["file"]
        submitted.append(
            submit_certificate(
                actor=request.actor, certificate=certificate, content=file, name=file.name, now=utc_now()
            )
        )

    if request.method == "POST" and is_done(form, submit):
        messages.success(request, _("Submitted. It counts once the host has accepted it."))
        return redirect("portal:certificate", submitted[0])
    context = {"form": form, "has_hosts": bool(hosts)}
    return render(request, "settlements/certificate_new.html", context, status=status_of(form))


@require_safe
@member_view(Permission.STATEMENT_READ)
def certificate(request: MemberRequest, certificate_id: UUID) -> HttpResponse:
    """One certificate; its host decides here."""
    found = _certificate(certificate_id)
    may_decide = (
        found.is_waiting and found.host_id == request.organization.id and request.actor.can(Permission.TAX_MANAGE)
    )
    return render(request, "settlements/certificate.html", {"certificate": found, "may_decide": may_decide})


@require_safe
@member_view(Permission.STATEMENT_READ)
def certificate_file(request: MemberRequest, certificate_id: UUID) -> FileResponse:  # noqa: ARG001  the door passes it
    """The document."""
    return private_file_response(_certificate(certificate_id))


@require_POST
@member_view(Permission.TAX_MANAGE)
def certificate_decide(request: MemberRequest, certificate_id: UUID) -> HttpResponse:
    """Accept it, or decline it with a reason."""
    _certificate(certificate_id)
    is_accepted = request.POST.get("decision") == "accept"
    note = request.POST.get("note", "")
    try:
        decide_certificate(
            actor=request.actor, certificate_id=certificate_id, is_accepted=is_accepted, note=note, now=utc_now()
        )
    except DomainError as error:
        messages.error(request, str(error))
    else:
        done = _("Accepted. It counts for payouts prepared from now on.") if is_accepted else _("Declined.")
        messages.success(request, done)
    return redirect("portal:certificate", certificate_id)


def _certificates() -> QuerySet[TaxCertificate]:
    return TaxCertificate.objects.select_related("organization", "host")


def _certificate(certificate_id: UUID) -> TaxCertificate:
    if (found := _certificates().filter(pk=certificate_id).first()) is None:
        raise NotFoundError
    return found
