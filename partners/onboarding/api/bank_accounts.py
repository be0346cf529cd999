"""Operations of the API on where an organization is paid to. Money needs a person who has given a second factor."""

from datetime import datetime
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from alliance.kernel.http.api import OrganizationAPIView
from alliance.kernel.http.pagination import TimeOrderedPagination
from alliance.kernel.http.serializers import NoParameters
from alliance.kernel.permissions import Permission
from partners.models import BankAccount
from partners.onboarding.api.applying_examples import BANKS
from partners.onboarding.api.applying_shapes import BankInput
from partners.onboarding.api.examples import DETAIL
from partners.onboarding.api.shapes import BankShape
from partners.onboarding.selectors import account_in_effect
from partners.onboarding.services.change_bank_account import change_bank_account

SHOWN: dict[str, Any] = {
    "id": "01934f6e-5a00-7cc0-98b5-2f5f0c4d2d06",
    **DETAIL["bank"],
    "created_by": "Fit Example finance",
    "created_at": "2026-03-02T09:30:00Z",
    "effective_at": "2026-03-05T09:30:00Z",
    "is_in_effect": False,
}
_LISTED = [OpenApiExample("Accounts", value=SHOWN, response_only=True)]
_CHANGED = [
    *(OpenApiExample(name, value=value, request_only=True) for name, value in BANKS.items()),
    OpenApiExample("It follows in three days", value=SHOWN, response_only=True, status_codes=["201"]),
]


class BankAccountShape(BankShape):
    """One account of the organization's, of now, before or later."""

    id = serializers.UUIDField()
    created_by = serializers.CharField()
    created_at = serializers.DateTimeField()
    effective_at = serializers.DateTimeField(help_text="From then on money goes there.")
    is_in_effect = serializers.BooleanField(help_text="Whether money goes there at this moment.")


class BankAccountsView(OrganizationAPIView):
    """Where the organization is paid to."""

    is_for_people = True
    required_permissions = {"GET": Permission.BANK_ACCOUNT_MANAGE, "POST": Permission.BANK_ACCOUNT_MANAGE}
    pagination_class = TimeOrderedPagination

    @extend_schema(
        operation_id="list_bank_accounts",
        tags=["organization"],
        responses=BankAccountShape(many=True),
        examples=_LISTED,
    )
    def get(self, request: Request) -> Response:
        """The account in effect, one that is to follow, and those of before, newest first. No number is shown."""
        self.query(NoParameters)
        return self.page(_accounts(self.now), BankAccountShape)

    @extend_schema(
        operation_id="change_bank_account",
        tags=["organization"],
        request=BankInput,
        responses={201: BankAccountShape},
        examples=_CHANGED,
    )
    def post(self, request: Request) -> Response:
        """Enter another account. The first takes effect at once, a later one after three days, and those who may are mailed.

        The account in force again changes nothing.
        """
        details = BankInput.details(self.body(BankInput))
        account_id = change_bank_account(actor=self.actor, details=details, now=self.now)
        account = _accounts(self.now).get(pk=account_id)
        return Response(BankAccountShape(account).data, status=status.HTTP_201_CREATED)


def _accounts(now: datetime) -> QuerySet[BankAccount]:
    present = account_in_effect(now)
    is_present = Q(pk=present.pk) if present else Q(pk__in=[])
    return BankAccount.objects.annotate(is_in_effect=ExpressionWrapper(is_present, BooleanField()))
