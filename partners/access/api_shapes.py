"""What the API shows of the people of an organization, and what it takes."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from alliance.kernel.http.serializers import StrictSerializer
from alliance.kernel.permissions import Role
from partners.services.invite_members import MOST_AT_ONCE


class MemberShape(serializers.Serializer[Any]):
    """One person in the organization. The last two are `null` for callers who may not manage members."""

    id = serializers.UUIDField()
    name = serializers.CharField(source="user.full_name")
    email = serializers.EmailField(source="user.email")
    role = serializers.ChoiceField(choices=Role.choices)
    joined_at = serializers.DateTimeField()
    last_signed_in_at = serializers.DateTimeField(allow_null=True)
    has_second_factor = serializers.BooleanField(allow_null=True)


class RoleInput(StrictSerializer):
    """Another role for a member, at most the caller's own."""

    role = serializers.ChoiceField(choices=Role.choices)


class InvitationShape(serializers.Serializer[Any]):
    """An offer of membership that nobody has taken up yet. Its link is in the mail alone."""

    id = serializers.UUIDField()
    email = serializers.EmailField()
    role = serializers.ChoiceField(choices=Role.choices)
    language = serializers.ChoiceField(choices=settings.LANGUAGES)
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(help_text="From then on the link opens nothing; inviting again renews it.")


class InvitationsInput(StrictSerializer):
    """Whom to invite, as what, and the language of the mail. All are invited, or none."""

    emails = serializers.ListField(child=serializers.CharField(max_length=254), min_length=1, max_length=MOST_AT_ONCE)
    role = serializers.ChoiceField(choices=Role.choices)
    language = serializers.ChoiceField(choices=settings.LANGUAGES, default="en")


class SecondFactorRuleShape(StrictSerializer):
    """Whether members need a second factor to get in at all."""

    is_required = serializers.BooleanField()
