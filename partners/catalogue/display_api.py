"""Operations of the API on display rules, and the question whether an item may be shown."""

from dataclasses import asdict, replace
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from alliance.kernel.http.api import OrganizationAPIView, own
from alliance.kernel.http.pagination import TimeOrderedPagination
from alliance.kernel.http.serializers import NoParameters
from alliance.kernel.permissions import Permission
from partners.catalogue.api_examples import DECISIONS, RULE
from partners.catalogue.display_shapes import (
    DecisionsShape,
    DisplayQuestion,
    DisplayRuleFilters,
    DisplayRuleInput,
    DisplayRuleShape,
)
from partners.catalogue.domain.display import Effect
from partners.catalogue.domain.wanted_rule import WantedRule
from partners.catalogue.models import DisplayRule
from partners.catalogue.services.add_display_rule import add_display_rule
from partners.catalogue.services.change_display_rule import change_display_rule
from partners.catalogue.services.remove_display_rule import remove_display_rule
from partners.catalogue.showing import display_decisions


class DisplayRulesView(OrganizationAPIView):
    """The caller's rules about who may show its items."""

    required_permissions: ClassVar = {"GET": Permission.ITEM_READ, "POST": Permission.ITEM_WRITE}
    pagination_class = TimeOrderedPagination

    @extend_schema(
        operation_id="list_display_rules",
        tags=["display rules"],
        parameters=[DisplayRuleFilters],
        responses=DisplayRuleShape(many=True),
    )
    def get(self, request: Request) -> Response:
        """Rules, newest first."""
        rows = DisplayRule.objects.filter(**self.query(DisplayRuleFilters))
        return self.page(rows.select_related("category"), DisplayRuleShape)

    @extend_schema(
        operation_id="add_display_rule",
        tags=["display rules"],
        request=DisplayRuleInput,
        responses={201: DisplayRuleShape},
        examples=[RULE],
    )
    def post(self, request: Request) -> Response:
        """Add a rule. It holds at once, or from `holds_from`."""
        rule_id = add_display_rule(actor=self.actor, wanted=_wanted(self.body(DisplayRuleInput)), now=self.now)
        location = reverse("api:display_rule", args=[rule_id], request=request)
        return Response(_shape(rule_id), status=status.HTTP_201_CREATED, headers={"Location": location})


class DisplayRuleView(OrganizationAPIView):
    """One rule."""

    required_permissions: ClassVar = {
        "GET": Permission.ITEM_READ,
        "PATCH": Permission.ITEM_WRITE,
        "DELETE": Permission.ITEM_WRITE,
    }

    @extend_schema(operation_id="get_display_rule", tags=["display rules"], responses=DisplayRuleShape)
    def get(self, request: Request, display_rule_id: UUID) -> Response:
        """One rule."""
        self.query(NoParameters)
        return Response(_shape(display_rule_id))

    @extend_schema(
        operation_id="change_display_rule",
        tags=["display rules"],
        request=DisplayRuleInput(partial=True),
        responses=DisplayRuleShape,
    )
    def patch(self, request: Request, display_rule_id: UUID) -> Response:
        """Change some fields of a rule; what is left out stays."""
        rule = own(DisplayRule.objects.select_related("category"), display_rule_id)
        serializer = DisplayRuleInput(data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        given = dict(serializer.validated_data)
        wanted = replace(rule.said(), **given | {"effect": Effect(given.get("effect", rule.effect))})
        change_display_rule(actor=self.actor, display_rule_id=display_rule_id, wanted=wanted, now=self.now)
        return Response(_shape(display_rule_id))

    @extend_schema(operation_id="remove_display_rule", tags=["display rules"], request=None, responses={204: None})
    def delete(self, request: Request, display_rule_id: UUID) -> Response:
        """Remove a rule; it no longer holds."""
        remove_display_rule(actor=self.actor, display_rule_id=display_rule_id, now=self.now)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ItemDisplayView(OrganizationAPIView):
    """Whether items may be shown."""

    required_permissions: ClassVar = {"GET": Permission.ITEM_READ}

    @extend_schema(
        operation_id="ask_item_display",
        tags=["display rules"],
        parameters=[DisplayQuestion],
        responses=DecisionsShape,
        examples=[DECISIONS],
    )
    def get(self, request: Request) -> Response:
        """Whether the caller may show items now, within one alliance: offered to it, available, and no rule against it."""
        asked = self.query(DisplayQuestion)
        found = display_decisions(alliance_id=asked["alliance_id"], item_ids=asked["item_ids"], at=self.now)
        rows = [asdict(found[pk]) | {"item_id": pk} for pk in asked["item_ids"] if pk in found]
        return Response(DecisionsShape({"decisions": rows}).data)


def _wanted(given: dict[str, Any]) -> WantedRule:
    return WantedRule(**given | {"effect": Effect(given["effect"])})


def _shape(display_rule_id: UUID) -> dict[str, Any]:
    return dict(DisplayRuleShape(own(DisplayRule.objects.select_related("category"), display_rule_id)).data)
