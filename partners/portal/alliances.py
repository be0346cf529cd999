"""Alliances: who is in them, and how the host brings partners in."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from alliance.kernel.clock import utc_now
from alliance.kernel.errors import NotFoundError
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.forms import AddPartnerForm, AllianceForm, FirstOwnerForm, FoundPartnerForm, PartnerCodeForm
from partners.models import Alliance, AllianceMembership, Organization
from partners.portal.submission import is_done, status_of
from partners.services.add_partner import add_partner
from partners.services.change_partner_code import change_partner_code
from partners.services.found_partner import NewPartner, found_partner
from partners.services.invite_first_owner import invite_first_owner
from partners.services.open_alliance import HostOnlyError, open_alliance


@require_safe
@member_view(Permission.ALLIANCE_READ)
def alliances(request: MemberRequest) -> HttpResponse:
    """The alliances the organization hosts or belongs to."""
    rows = list(Alliance.objects.select_related("host").order_by("name", "id"))
    counts = {alliance.id: len(alliance.parties) for alliance in rows}
    context = {
        "alliances": [(alliance, counts[alliance.id]) for alliance in rows],
        "may_open": request.organization.is_host and request.actor.can(Permission.ALLIANCE_MANAGE),
    }
    return render(request, "partners/alliances.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.ALLIANCE_MANAGE)
def alliance_open(request: MemberRequest) -> HttpResponse:
    """Open an alliance; hosts only."""
    if not request.organization.is_host:
        raise HostOnlyError
    form = AllianceForm(request.POST or None)
    opened: list[UUID] = []
    if request.method == "POST" and is_done(
        form, lambda: opened.append(open_alliance(actor=request.actor, name=form.cleaned_data["name"], now=utc_now()))
    ):
        messages.success(request, _("The alliance is open. Add its first partner now."))
        return redirect("portal:alliance", opened[0])
    return render(request, "partners/alliance_open.html", {"form": form}, status=status_of(form))


@require_safe
@member_view(Permission.ALLIANCE_READ)
def alliance(request: MemberRequest, alliance_id: UUID) -> HttpResponse:
    """One alliance: its members with their codes, as far as this organization sees them."""
    found = _alliance(alliance_id)
    members = AllianceMembership.objects.filter(alliance=found).select_related("organization")
    context = {
        "alliance": found,
        "members": members.order_by("organization__name", "id"),
        "is_host": found.host_id == request.organization.id,
        "may_manage": found.host_id == request.organization.id and request.actor.can(Permission.ALLIANCE_MANAGE),
        "may_propose": request.actor.can(Permission.AGREEMENT_PROPOSE),
    }
    return render(request, "partners/alliance.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.ALLIANCE_MANAGE)
def partner_found(request: MemberRequest, alliance_id: UUID) -> HttpResponse:
    """Bring a company that is new here into the alliance, and invite its owner."""
    found = _hosted(request, alliance_id)
    form = FoundPartnerForm(request.POST or None, initial={"time_zone": request.organization.time_zone})
    if request.method == "POST" and is_done(form, lambda: _found(request, found, form)):
        messages.success(request, _("%(name)s is in the alliance.") % {"name": form.cleaned_data["name"]})
        return redirect("portal:alliance", found.id)
    return render(request, "partners/partner_found.html", {"form": form, "alliance": found}, status=status_of(form))


def _found(request: MemberRequest, alliance: Alliance, form: FoundPartnerForm) -> None:
    data, now = form.cleaned_data, utc_now()
    with atomic():
        partner = NewPartner(data["name"], data["partner_code"], data["time_zone"], data["country"])
        partner_id = found_partner(actor=request.actor, alliance_id=alliance.id, partner=partner, now=now)
        if data["email"]:
            invite_first_owner(
                actor=request.actor,
                organization_id=partner_id,
                email=data["email"],
                language=get_language() or "en",
                now=now,
            )


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.ALLIANCE_MANAGE)
def partner_add(request: MemberRequest, alliance_id: UUID) -> HttpResponse:
    """Take in an organization that exists here, by the number it gave."""
    found = _hosted(request, alliance_id)
    form = AddPartnerForm(request.POST or None)
    if request.method == "POST" and is_done(
        form,
        lambda: add_partner(
            actor=request.actor,
            alliance_id=found.id,
            organization_id=form.cleaned_data["organization_id"],
            partner_code=form.cleaned_data["partner_code"],
            now=utc_now(),
        ),
    ):
        messages.success(request, _("The partner is in the alliance."))
        return redirect("portal:alliance", found.id)
    return render(request, "partners/partner_add.html", {"form": form, "alliance": found}, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.ALLIANCE_MANAGE)
def partner_code(request: MemberRequest, membership_id: UUID) -> HttpResponse:
    """Change how the host's files name a partner."""
    membership = AllianceMembership.objects.select_related("organization", "alliance").filter(pk=membership_id).first()
    if membership is None:
        raise NotFoundError
    _hosted(request, membership.alliance_id)
    form = PartnerCodeForm(request.POST or None, initial={"partner_code": membership.partner_code})
    if request.method == "POST" and is_done(
        form,
        lambda: change_partner_code(
            actor=request.actor,
            membership_id=membership_id,
            partner_code=form.cleaned_data["partner_code"],
            now=utc_now(),
        ),
    ):
        messages.success(request, _("The partner code is saved. Later imports use it."))
        return redirect("portal:alliance", membership.alliance_id)
    return render(
        request, "partners/partner_code.html", {"form": form, "membership": membership}, status=status_of(form)
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.ALLIANCE_MANAGE)
def partner_owner(request: MemberRequest, organization_id: UUID) -> HttpResponse:
    """Invite the first owner of a partner that this host founded."""
    partner = Organization.objects.filter(pk=organization_id, founded_by_id=request.organization.id).first()
    if partner is None:
        raise NotFoundError
    form = FirstOwnerForm(request.POST or None, initial={"language": get_language()})
    if request.method == "POST" and is_done(
        form,
        lambda: invite_first_owner(actor=request.actor, organization_id=partner.id, now=utc_now(), **form.cleaned_data),
    ):
        messages.success(
            request, _("The invitation is on its way to %(email)s.") % {"email": form.cleaned_data["email"]}
        )
        places = AllianceMembership.objects.filter(organization=partner).values_list("alliance_id", flat=True)
        return redirect("portal:alliance", places[0])
    return render(request, "partners/partner_owner.html", {"form": form, "partner": partner}, status=status_of(form))


def _alliance(alliance_id: UUID) -> Alliance:
    found = Alliance.objects.select_related("host").filter(pk=alliance_id).first()
    if found is None:
        raise NotFoundError
    return found


def _hosted(request: MemberRequest, alliance_id: UUID) -> Alliance:
    found = _alliance(alliance_id)
    if found.host_id != request.organization.id:
        raise HostOnlyError
    return found
