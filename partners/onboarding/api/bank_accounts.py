"""Operations of the API on where an organization is paid to. Money needs a person who has given a second factor."""

from typing import Any, cast
from uuid import UUID

from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from alliance.kernel.clock import utc_now
from alliance.kernel.http.api import OrganizationAPIView
from alliance.kernel.http.pagination import TimeOrderedPagination
from alliance.kernel.http.serializers import NoParameters, StrictSerializer
from alliance.kernel.permissions import Permission
from partners.models import BankAccount, BankAccountDecision
from partners.onboarding.api.applying_examples import BANKS
from partners.onboarding.api.applying_shapes import BankInput
from partners.onboarding.api.examples import DETAIL
from partners.onboarding.api.shapes import BankShape
from partners.onboarding.selectors import AccountStanding, account_in_effect, standing_of
from partners.onboarding.services.change_bank_account import change_bank_account
from partners.onboarding.services.decide_bank_account import decide_bank_account

SHOWN: dict[str, Any] = {
    "id": "01934f6e-5a00-7cc0-98b5-2f5f0c4d2d06",
    **DETAIL["bank"],
    "created_by": "Fit Example finance",
    "created_at": "2026-03-02T09:30:00Z",
    "effective_at": "2026-03-05T09:30:00Z",
    "standing": "unconfirmed",
    "decided_by": "",
}
_LISTED = [OpenApiExample("Accounts", value=SHOWN, response_only=True)]
_CHANGED = [
    *(OpenApiExample(name, value=value, request_only=True) for name, value in BANKS.items()),
    OpenApiExample("It waits for a second person", value=SHOWN, response_only=True, status_codes=["201"]),
]


_DECIDED = [
    OpenApiExample("It is ours", value={"is_confirmed": True}, request_only=True),
    OpenApiExample(
        "It follows in three days",
        value={**SHOWN, "standing": "coming", "decided_by": "Fit Example owner"},
        response_only=True,
        status_codes=["201"],
    ),
]


class BankAccountShape(BankShape):
    """One account of the organization's, of now, before or later."""

    id = serializers.UUIDField()
    created_by = serializers.CharField()
    created_at = serializers.DateTimeField()
    effective_at = serializers.DateTimeField(help_text="From then on money goes there.")
    standing = serializers.SerializerMethodField(
        help_text="`present`: money goes there. `unconfirmed`: a second person has to look at it."
    )
    decided_by = serializers.SerializerMethodField(help_text="The second person, once there is one.")

    @extend_schema_field(serializers.ChoiceField(choices=[standing.value for standing in AccountStanding]))
    def get_standing(self, account: BankAccount) -> str:
        """At this moment."""
        kept = cast("dict[str, Any]", self.context)
        if "now" not in kept:  # asked once for a whole list
            kept["now"] = utc_now()
            kept["present"] = account_in_effect(kept["now"])
        return standing_of(account, kept["present"], kept["now"]).value

    def get_decided_by(self, account: BankAccount) -> str:
        """By name; empty without a decision."""
        decision: BankAccountDecision | None = getattr(account, "decision", None)
        return decision.decided_by if decision else ""


class BankAccountDecisionInput(StrictSerializer):
    """What a second person says."""

    is_confirmed = serializers.BooleanField(help_text="Declining is for good; money goes on to the account before.")


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
        return self.page(BankAccount.objects.select_related("decision"), BankAccountShape)

    @extend_schema(
        operation_id="change_bank_account",
        tags=["organization"],
        request=BankInput,
        responses={201: BankAccountShape},
        examples=_CHANGED,
    )
    def post(self, request: Request) -> Response:
        """Enter another account. The first takes effect at once.

        A later one takes effect after some days, once a second person has confirmed it; those who may are mailed. The
        present account again changes nothing.
        """
        details = BankInput.details(self.body(BankInput))
        account_id = change_bank_account(actor=self.actor, details=details, now=self.now)
        return Response(_body(account_id), status=status.HTTP_201_CREATED)


class BankAccountDecisionsView(OrganizationAPIView):
    """A second person's look at a changed account."""

    is_for_people = True
    required_permissions = {"POST": Permission.BANK_ACCOUNT_MANAGE}

    @extend_schema(
        operation_id="decide_bank_account",
        tags=["organization"],
        request=BankAccountDecisionInput,
        responses={201: BankAccountShape},
        examples=_DECIDED,
    )
    def post(self, request: Request, bank_account_id: UUID) -> Response:
        """Confirm a changed account, or decline it for good. Whoever entered it does neither (403 `entered_by_you`)."""
        given = self.body(BankAccountDecisionInput)
        decide_bank_account(actor=self.actor, account_id=bank_account_id, now=self.now, **given)
        return Response(_body(bank_account_id), status=status.HTTP_201_CREATED)


def _body(account_id: UUID) -> dict[str, object]:
    return dict(BankAccountShape(BankAccount.objects.select_related("decision").get(pk=account_id)).data)
