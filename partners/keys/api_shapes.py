"""What the API shows of keys, and what it takes."""

from typing import Any

from rest_framework import serializers

from alliance.kernel.http.serializers import InstantField, StrictSerializer
from partners.keys.domain import LONGEST_OVERLAP, MOST_ORIGINS, PublishableScope
from partners.keys.models import KeyKindChoice
from partners.keys.services.create_api_key import GRANTABLE

_HOURS = int(LONGEST_OVERLAP.total_seconds() // 3600)


class ApiKeyShape(serializers.Serializer[Any]):
    """A key without its secret. `exposed_at`: it was seen in an address and should be rotated."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=KeyKindChoice.choices)
    name = serializers.CharField()
    prefix = serializers.CharField()
    last_four = serializers.CharField()
    permissions = serializers.ListField(child=serializers.CharField())
    scopes = serializers.ListField(child=serializers.CharField())
    origins = serializers.ListField(child=serializers.CharField())
    replaces_id = serializers.UUIDField(allow_null=True)
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True)
    last_used_at = serializers.DateTimeField(allow_null=True)
    exposed_at = serializers.DateTimeField(allow_null=True)


class CreatedApiKeyShape(ApiKeyShape):
    """A new key with its secret, which is shown this once."""

    secret = serializers.CharField()


class ApiKeyInput(StrictSerializer):
    """A new key: `permissions` for a secret one, `scopes` and `origins` for a publishable one."""

    kind = serializers.ChoiceField(choices=KeyKindChoice.choices)
    name = serializers.CharField(max_length=80)
    permissions = serializers.ListField(
        child=serializers.ChoiceField(choices=sorted(GRANTABLE)), required=False, default=list
    )
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=[scope.value for scope in PublishableScope]), required=False, default=list
    )
    origins = serializers.ListField(
        child=serializers.CharField(max_length=300), required=False, default=list, max_length=MOST_ORIGINS
    )
    expires_at = InstantField(required=False, allow_null=True, default=None)


class RotationInput(StrictSerializer):
    """How many hours the old key goes on."""

    overlap_hours = serializers.IntegerField(min_value=0, max_value=_HOURS)
