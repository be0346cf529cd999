"""People of the organization: roles and invitations."""

from typing import cast
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
from alliance.kernel.permissions import Permission, Role, can_grant
from partners.access.people import people_for
from partners.forms import InviteForm, RoleForm, grantable_roles
from partners.models import Invitation, Member
from partners.permission_table import role_in_words, table_in_words
from partners.portal.submission import is_done, status_of
from partners.services.change_member_role import change_member_role
from partners.services.invite_member import Invitee, invite_member
from partners.services.invite_members import invite_members
from partners.services.remove_member import remove_member
from partners.services.revoke_invitation import revoke_invitation


@require_safe
@member_view(Permission.MEMBER_READ)
def members(request: MemberRequest) -> HttpResponse:
    """Members with their roles; who may manage them also sees second factors, last sign-ins and open invitations."""
    may_manage = request.actor.can(Permission.MEMBER_MANAGE)
    now = utc_now()
    people = people_for(request.actor).order_by("joined_at", "id")
    invitations = Invitation.objects.filter(accepted_at=None, revoked_at=None).order_by("-created_at")
    context = {
        "members": [(member, may_manage and _may_touch(request, Role(member.role))) for member in people],
        "invitations": [(i, i.is_open_at(now), _may_touch(request, Role(i.role))) for i in invitations]
        if may_manage
        else [],
        "may_manage": may_manage,
    }
    return render(request, "partners/members.html", context)


@require_safe
@member_view(Permission.MEMBER_READ)
def member_roles(request: MemberRequest) -> HttpResponse:
    """What each role may do, in words, from the very table that decides; one's own role first."""
    context = {"own": role_in_words(request.membership.role), "roles": list(Role), "rows": table_in_words()}
    return render(request, "partners/member_roles.html", context)


def _may_touch(request: MemberRequest, role: Role) -> bool:
    return can_grant(request.membership.role, role)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.MEMBER_MANAGE)
def member_invite(request: MemberRequest) -> HttpResponse:
    """Invite a person by mail."""
    initial = {"language": get_language()}
    form = InviteForm(request.POST or None, granter=request.membership.role, initial=initial)
    if request.method == "POST" and is_done(form, lambda: _invite(request, form)):
        messages.success(request, _on_their_way(form.addresses))
        return redirect("portal:members")
    return render(request, "partners/member_invite.html", {"form": form}, status=status_of(form))


def _on_their_way(addresses: list[str]) -> str:
    if len(addresses) == 1:
        return _("The invitation is on its way to %(email)s.") % {"email": addresses[0]}
    return _("%(count)d invitations are on their way.") % {"count": len(addresses)}


def _invite(request: MemberRequest, form: InviteForm) -> None:
    role, language = Role(form.cleaned_data["role"]), form.cleaned_data["language"]
    invitees = [Invitee(address, role, language) for address in form.addresses]
    invite_members(actor=request.actor, invitees=invitees, now=utc_now())


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.MEMBER_MANAGE)
def member_role(request: MemberRequest, member_id: UUID) -> HttpResponse:
    """Give a member another role."""
    member = _member(member_id)
    form = RoleForm(request.POST or None, initial={"role": member.role})
    form.fields["role"].choices = grantable_roles(request.membership.role)  # type: ignore[attr-defined]
    if request.method == "POST" and is_done(
        form,
        lambda: change_member_role(
            actor=request.actor, member_id=member_id, role=Role(form.cleaned_data["role"]), now=utc_now()
        ),
    ):
        role = Role(form.cleaned_data["role"]).label
        messages.success(
            request, _("%(person)s is now %(role)s and signs in again.") % {"person": member.user, "role": role}
        )
        return redirect("portal:members")
    return render(request, "partners/member_role.html", {"form": form, "member": member}, status=status_of(form))


@require_POST
@member_view(Permission.HOME_READ)
def member_remove(request: MemberRequest, member_id: UUID) -> HttpResponse:
    """End a membership; everybody may end their own."""
    member = _member(member_id)
    is_self = member.user_id == cast("UUID", request.user.pk)
    try:
        remove_member(actor=request.actor, member_id=member_id, now=utc_now())
    except DomainError as error:
        if error.status in {403, 404}:
            raise
        messages.error(request, str(error))
        return redirect("portal:members")
    if is_self:
        return redirect("account_login")
    messages.success(request, _("%(person)s is no longer a member.") % {"person": member.user})
    return redirect("portal:members")


@require_POST
@member_view(Permission.MEMBER_MANAGE)
def invitation_resend(request: MemberRequest, invitation_id: UUID) -> HttpResponse:
    """Mail the link again; it works for seven more days."""
    invitation = _invitation(invitation_id)
    if invitation.accepted_at is None and invitation.revoked_at is None:
        invitee = Invitee(invitation.email, Role(invitation.role), invitation.language)
        invite_member(actor=request.actor, invitee=invitee, now=utc_now())
        messages.success(request, _("The invitation is on its way to %(email)s.") % {"email": invitation.email})
    else:
        messages.error(request, _("This invitation no longer works. Invite the person anew."))
    return redirect("portal:members")


@require_POST
@member_view(Permission.MEMBER_MANAGE)
def invitation_revoke(request: MemberRequest, invitation_id: UUID) -> HttpResponse:
    """Make the link useless."""
    invitation = _invitation(invitation_id)
    try:
        revoke_invitation(actor=request.actor, invitation_id=invitation_id, now=utc_now())
    except DomainError as error:
        if error.status in {403, 404}:
            raise
        messages.error(request, str(error))
        return redirect("portal:members")
    messages.success(request, _("The invitation of %(email)s is taken back.") % {"email": invitation.email})
    return redirect("portal:members")


def _member(member_id: UUID) -> Member:
    member = Member.objects.select_related("user").filter(pk=member_id).first()
    if member is None:
        raise NotFoundError
    return member


def _invitation(invitation_id: UUID) -> Invitation:
    invitation = Invitation.objects.filter(pk=invitation_id).first()
    if invitation is None:
        raise NotFoundError
    return invitation
