"""Operations of the API on the people of an organization. Each needs a signed-in person: keys don't manage people."""

from uuid import UUID

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from alliance.kernel.actor import Actor
from alliance.kernel.http.api import OrganizationAPIView, own
from alliance.kernel.http.pagination import TimeOrderedPagination
from alliance.kernel.http.serializers import NoParameters
from alliance.kernel.permissions import Permission, Role
from partners.access.api_shapes import InvitationShape, InvitationsInput, MemberShape, RoleInput, SecondFactorRuleShape
from partners.access.people import people_for
from partners.access.services.change_second_factor_rule import change_second_factor_rule
from partners.models import AccessRules, Invitation
from partners.services.change_member_role import change_member_role
from partners.services.invite_member import Invitee
from partners.services.invite_members import invite_members
from partners.services.remove_member import remove_member
from partners.services.revoke_invitation import revoke_invitation

_MEMBER = OpenApiExample(
    "A member",
    {
        "id": "019dd0a8-6f3c-7c11-9a34-2f6f0a3f1f01",
        "name": "A. Person",
        "email": "person@partner.example",
        "role": "finance",
        "joined_at": "2026-03-02T09:30:00Z",
        "last_signed_in_at": "2026-03-14T08:02:11Z",
        "has_second_factor": True,
    },
    response_only=True,
)
_INVITATION = OpenApiExample(
    "An open invitation",
    {
        "id": "019dd0a8-6f3c-7c11-9a34-2f6f0a3f1f02",
        "email": "colleague@partner.example",
        "role": "analyst",
        "language": "zh-hans",
        "created_at": "2026-03-02T09:30:00Z",
        "expires_at": "2026-03-09T09:30:00Z",
    },
    response_only=True,
)
_RULE = OpenApiExample("Everybody gives one", {"is_required": True})
_ROLE = OpenApiExample("Another role", {"role": "analyst"}, request_only=True)
_INVITE = OpenApiExample(
    "Two colleagues",
    {"emails": ["colleague@partner.example", "other@partner.example"], "role": "analyst", "language": "zh-hans"},
    request_only=True,
)


class PeopleView(OrganizationAPIView):
    """Whatever concerns people is done by people."""

    is_for_people = True
    required_permissions = {}


class MembersView(PeopleView):
    """People of the organization."""

    required_permissions = {"GET": Permission.MEMBER_READ}
    pagination_class = TimeOrderedPagination

    @extend_schema(operation_id="list_members", tags=["members"], responses=MemberShape(many=True), examples=[_MEMBER])
    def get(self, request: Request) -> Response:
        """Members, newest first, with their roles."""
        self.query(NoParameters)
        return self.page(people_for(self.actor), MemberShape)


class MemberView(PeopleView):
    """One person of the organization."""

    required_permissions = {
        "GET": Permission.MEMBER_READ,
        "PATCH": Permission.MEMBER_MANAGE,
        "DELETE": Permission.HOME_READ,
    }

    @extend_schema(operation_id="get_member", tags=["members"], responses=MemberShape, examples=[_MEMBER])
    def get(self, request: Request, member_id: UUID) -> Response:
        """One member."""
        self.query(NoParameters)
        return Response(_member_body(self.actor, member_id))

    @extend_schema(
        operation_id="change_member_role",
        tags=["members"],
        request=RoleInput,
        responses=MemberShape,
        examples=[_ROLE, _MEMBER],
    )
    def patch(self, request: Request, member_id: UUID) -> Response:
        """Give a member another role, and sign the person out everywhere. The last owner stays one (409 `last_owner`)."""
        role = Role(self.body(RoleInput)["role"])
        change_member_role(actor=self.actor, member_id=member_id, role=role, now=self.now)
        return Response(_member_body(self.actor, member_id))

    @extend_schema(operation_id="remove_member", tags=["members"], request=None, responses={204: None})
    def delete(self, request: Request, member_id: UUID) -> Response:
        """End a membership, and sign the person out everywhere. Everybody may end their own, except the last owner."""
        remove_member(actor=self.actor, member_id=member_id, now=self.now)
        return Response(status=status.HTTP_204_NO_CONTENT)


class InvitationsView(PeopleView):
    """Open invitations."""

    required_permissions = {"GET": Permission.MEMBER_MANAGE, "POST": Permission.MEMBER_MANAGE}
    pagination_class = TimeOrderedPagination

    @extend_schema(
        operation_id="list_invitations",
        tags=["members"],
        responses=InvitationShape(many=True),
        examples=[_INVITATION],
    )
    def get(self, request: Request) -> Response:
        """Invitations that nobody has taken up or taken back, newest first; expired ones too."""
        self.query(NoParameters)
        return self.page(Invitation.objects.filter(accepted_at=None, revoked_at=None), InvitationShape)

    @extend_schema(
        operation_id="invite_members",
        tags=["members"],
        request=InvitationsInput,
        responses={201: InvitationShape(many=True)},
        examples=[_INVITE, _INVITATION],
    )
    def post(self, request: Request) -> Response:
        """Invite up to 50 people by mail, all or none. Inviting an address again renews its invitation and mails it again."""
        given = self.body(InvitationsInput)
        role, language = Role(given["role"]), given["language"]
        invitees = [Invitee(address, role, language) for address in dict.fromkeys(given["emails"])]
        invited = invite_members(actor=self.actor, invitees=invitees, now=self.now)
        rows = Invitation.objects.filter(pk__in=invited).order_by("-id")
        return Response(InvitationShape(rows, many=True).data, status=status.HTTP_201_CREATED)


class InvitationView(PeopleView):
    """One open invitation."""

    required_permissions = {"DELETE": Permission.MEMBER_MANAGE}

    @extend_schema(operation_id="revoke_invitation", tags=["members"], request=None, responses={204: None})
    def delete(self, request: Request, invitation_id: UUID) -> Response:
        """Make the link of an invitation useless."""
        revoke_invitation(actor=self.actor, invitation_id=invitation_id, now=self.now)
        return Response(status=status.HTTP_204_NO_CONTENT)


class SecondFactorRuleView(PeopleView):
    """Whether the organization asks its members for a second factor."""

    required_permissions = {"GET": Permission.ORGANIZATION_MANAGE, "PUT": Permission.ORGANIZATION_MANAGE}

    @extend_schema(
        operation_id="get_second_factor_rule",
        tags=["members"],
        responses=SecondFactorRuleShape,
        examples=[_RULE],
    )
    def get(self, request: Request) -> Response:
        """What the organization asks for at present."""
        self.query(NoParameters)
        return Response(self._body())

    @extend_schema(
        operation_id="change_second_factor_rule",
        tags=["members"],
        request=SecondFactorRuleShape,
        responses=SecondFactorRuleShape,
        examples=[_RULE],
    )
    def put(self, request: Request) -> Response:
        """Ask for it from each member's next request on, or no longer. Who asks for it has given one in this session."""
        given = self.body(SecondFactorRuleShape)
        change_second_factor_rule(actor=self.actor, is_required=given["is_required"], now=self.now)
        return Response(self._body())

    def _body(self) -> dict[str, object]:
        rules = AccessRules.objects.filter(organization_id=self.actor.organization_id).first()
        return {"is_required": rules is not None and rules.requires_second_factor}


def _member_body(actor: Actor, member_id: UUID) -> dict[str, object]:
    return dict(MemberShape(own(people_for(actor), member_id)).data)
