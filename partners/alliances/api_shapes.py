"""What the API takes about alliances, with examples."""

from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers

from alliance.kernel.http.serializers import StrictSerializer
from partners.api_shapes import CountryField

LONGEST_CODE: Final = 80
MEMBER: Final[dict[str, Any]] = {
    "id": "01939d6a-0000-7000-8000-000000000061",
    "organization_id": "01939d6a-0000-7000-8000-000000000012",
    "name": "North Fitness",
    "partner_code": "north",
    "joined_at": "2026-03-02T09:30:00Z",
}
PARTNERS: Final[dict[str, dict[str, str]]] = {
    "An organization that is here already": {"organization_id": MEMBER["organization_id"], "partner_code": "north"},
    "A company that is new": {"name": "North Fitness", "country": "DE", "time_zone": "Europe/Berlin"},
}
ALLIANCE: Final = {"name": "Learning Alliance"}
CODE: Final = {"partner_code": "fit"}
OWNER: Final = {"email": "owner@north.example", "language": "zh-hans"}


class AllianceInput(StrictSerializer):
    """A new alliance."""

    name = serializers.CharField(max_length=160)


class PartnerInput(StrictSerializer):
    """A partner: by the number of its organization, or as a company that has none here yet."""

    organization_id = serializers.UUIDField(required=False, help_text="The partner finds it in its settings.")
    name = serializers.CharField(max_length=160, required=False, help_text="Of a company that is new here.")
    country = CountryField(required=False)
    time_zone = serializers.CharField(max_length=64, required=False, help_text="IANA name; UTC when left out.")
    partner_code = serializers.CharField(
        max_length=LONGEST_CODE,
        required=False,
        allow_blank=True,
        default="",
        help_text="How the host's own files name the partner.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Either a number, or what is known of the company."""
        if ("organization_id" in attrs) == ("name" in attrs):
            sentence = _("Give either `organization_id` or `name`.")
            detail = serializers.ErrorDetail(str(sentence), code="either_or")
            raise serializers.ValidationError({"organization_id": [detail]})
        return attrs


class PartnerCodeInput(StrictSerializer):
    """How the host's files name the partner; empty for not at all."""

    partner_code = serializers.CharField(max_length=LONGEST_CODE, allow_blank=True)


class OwnerInput(StrictSerializer):
    """The first person of a partner that the host has brought in."""

    email = serializers.CharField(max_length=254)
    language = serializers.ChoiceField(choices=settings.LANGUAGES, default="en", help_text="Of the mail.")


def _given(name: str, value: object) -> OpenApiExample:
    return OpenApiExample(name, value=value, request_only=True)


ALLIANCE_EXAMPLES: Final = [_given("An alliance", ALLIANCE)]
PARTNER_EXAMPLES: Final = [
    *(_given(name, value) for name, value in PARTNERS.items()),
    OpenApiExample("Its place", value=MEMBER, response_only=True, status_codes=["201"]),
]
CODE_EXAMPLES: Final = [
    _given("Another code", CODE),
    OpenApiExample("The place", value={**MEMBER, **CODE}, response_only=True),
]
OWNER_EXAMPLES: Final = [_given("In Chinese", OWNER)]
