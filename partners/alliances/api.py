"""Operations of the API on alliances: reading them, opening one, bringing partners in. Whom a host lets in, people decide."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from alliance.kernel.http.api import OrganizationAPIView, own
from alliance.kernel.http.pagination import TimeOrderedPagination
from alliance.kernel.http.serializers import NoParameters
from alliance.kernel.permissions import Permission
from partners.alliances.api_shapes import (
    ALLIANCE_EXAMPLES,
    CODE_EXAMPLES,
    OWNER_EXAMPLES,
    PARTNER_EXAMPLES,
    AllianceInput,
    OwnerInput,
    PartnerCodeInput,
    PartnerInput,
)
from partners.api_shapes import AllianceDetailShape, AllianceMemberShape, AllianceShape
from partners.models import Alliance, AllianceMembership
from partners.services.add_partner import add_partner
from partners.services.change_partner_code import change_partner_code
from partners.services.found_partner import NewPartner, found_partner
from partners.services.invite_first_owner import invite_first_owner
from partners.services.open_alliance import open_alliance


class AlliancesView(OrganizationAPIView):
    """Alliances the organization hosts or belongs to."""

    required_permissions = {"GET": Permission.ALLIANCE_READ, "POST": Permission.ALLIANCE_MANAGE}
    pagination_class = TimeOrderedPagination

    @extend_schema(operation_id="list_alliances", tags=["alliances"], responses=AllianceShape(many=True))
    def get(self, request: Request) -> Response:
        """Alliances, newest first."""
        self.query(NoParameters)
        return self.page(Alliance.objects.select_related("host"), AllianceShape)

    @extend_schema(
        operation_id="open_alliance",
        tags=["alliances"],
        request=AllianceInput,
        responses={201: AllianceDetailShape},
        examples=ALLIANCE_EXAMPLES,
    )
    def post(self, request: Request) -> Response:
        """Open an alliance, hosted by the caller's organization, which must be a host platform."""
        given = self.body(AllianceInput)
        alliance_id = open_alliance(actor=self.actor, name=given["name"], now=self.now)
        address = reverse("api:alliance", args=[alliance_id], request=request)
        return Response(_body(alliance_id), status=status.HTTP_201_CREATED, headers={"Location": address})


class AllianceView(OrganizationAPIView):
    """One alliance."""

    required_permissions = {"GET": Permission.ALLIANCE_READ}

    @extend_schema(operation_id="get_alliance", tags=["alliances"], responses=AllianceDetailShape)
    def get(self, request: Request, alliance_id: UUID) -> Response:
        """One alliance with those of its members that the caller sees."""
        self.query(NoParameters)
        return Response(_body(alliance_id))


class AlliancePartnersView(OrganizationAPIView):
    """Partners of an alliance that the caller hosts."""

    is_for_people = True
    required_permissions = {"POST": Permission.ALLIANCE_MANAGE}

    @extend_schema(
        operation_id="add_partner",
        tags=["alliances"],
        request=PartnerInput,
        responses={201: AllianceMemberShape},
        examples=PARTNER_EXAMPLES,
    )
    def post(self, request: Request, alliance_id: UUID) -> Response:
        """Take in an organization that is here already, or bring in a company that is new; then invite its owner."""
        given = self.body(PartnerInput)
        own(Alliance.objects.all(), alliance_id)
        organization_id = self._bring_in(alliance_id, given)
        return Response(_member_body(alliance_id, organization_id), status=status.HTTP_201_CREATED)

    def _bring_in(self, alliance_id: UUID, given: Mapping[str, Any]) -> UUID:
        code = given["partner_code"]
        if "name" in given:
            partner = NewPartner(given["name"], code, given.get("time_zone", "UTC"), given.get("country", ""))
            return found_partner(actor=self.actor, alliance_id=alliance_id, partner=partner, now=self.now)
        organization_id: UUID = given["organization_id"]
        add_partner(
            actor=self.actor,
            alliance_id=alliance_id,
            organization_id=organization_id,
            partner_code=code,
            now=self.now,
        )
        return organization_id


class AlliancePartnerView(OrganizationAPIView):
    """One partner of an alliance that the caller hosts."""

    is_for_people = True
    required_permissions = {"PATCH": Permission.ALLIANCE_MANAGE}

    @extend_schema(
        operation_id="change_partner_code",
        tags=["alliances"],
        request=PartnerCodeInput,
        responses=AllianceMemberShape,
        examples=CODE_EXAMPLES,
    )
    def patch(self, request: Request, alliance_id: UUID, organization_id: UUID) -> Response:
        """Give the partner another code. Later imports use it; orders that were imported keep their partner."""
        given = self.body(PartnerCodeInput)
        places = AllianceMembership.objects.filter(alliance_id=alliance_id, organization_id=organization_id)
        own(Alliance.objects.all(), alliance_id)
        membership_id = places.values_list("pk", flat=True).first() or alliance_id  # of nothing: it is not found then
        change_partner_code(
            actor=self.actor, membership_id=membership_id, partner_code=given["partner_code"], now=self.now
        )
        return Response(_member_body(alliance_id, organization_id))


class FirstOwnerView(OrganizationAPIView):
    """The first person of a partner that the caller has brought in."""

    is_for_people = True
    required_permissions = {"POST": Permission.ALLIANCE_MANAGE}

    @extend_schema(
        operation_id="invite_first_owner",
        tags=["alliances"],
        request=OwnerInput,
        responses={204: None},
        examples=OWNER_EXAMPLES,
    )
    def post(self, request: Request, alliance_id: UUID, organization_id: UUID) -> Response:
        """Invite the owner of a partner that has no people yet; an earlier invitation is replaced. The mail has the link.

        409 `has_its_own_people` for one that was here before, or that somebody runs already.
        """
        given = self.body(OwnerInput)
        own(Alliance.objects.all(), alliance_id)
        invite_first_owner(actor=self.actor, organization_id=organization_id, now=self.now, **given)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _body(alliance_id: UUID) -> dict[str, object]:
    members = AllianceMembership.objects.select_related("organization").order_by("organization__name", "id")
    rows = Alliance.objects.select_related("host").prefetch_related(Prefetch("memberships", queryset=members))
    return dict(AllianceDetailShape(own(rows, alliance_id)).data)


def _member_body(alliance_id: UUID, organization_id: UUID) -> dict[str, object]:
    places = AllianceMembership.objects.select_related("organization")
    return dict(AllianceMemberShape(places.get(alliance_id=alliance_id, organization_id=organization_id)).data)
