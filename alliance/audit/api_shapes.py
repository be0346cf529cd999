"""What the API shows of the trail, and what it asks by."""

from typing import Any

from rest_framework import serializers

from alliance.kernel.actor import ActorKind
from alliance.kernel.audit_words import audit_sentence
from alliance.kernel.http.serializers import InstantField, StrictSerializer
from alliance.kernel.models import AuditEvent

ACTOR_KIND_CHOICES = [(kind.value, kind.value) for kind in ActorKind]


class AuditEventShape(serializers.Serializer[Any]):
    """One act. `sentence` says in the caller's language what `action` is; `before` and `after` hold what changed."""

    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    actor_kind = serializers.ChoiceField(choices=ACTOR_KIND_CHOICES)
    actor_id = serializers.UUIDField(allow_null=True)
    actor_label = serializers.CharField()
    action = serializers.CharField()
    sentence = serializers.SerializerMethodField()
    target_type = serializers.CharField()
    target_id = serializers.CharField()
    target_label = serializers.CharField()
    before = serializers.DictField(allow_null=True)
    after = serializers.DictField(allow_null=True)
    ip_prefix = serializers.CharField()
    request_id = serializers.CharField()

    def get_sentence(self, event: AuditEvent) -> str:
        """What was done, for people."""
        return audit_sentence(event.action)


class AuditFilters(StrictSerializer):
    """Which events: by action (`agreement.signed`, or `agreement` for all of them), actor, object, and time."""

    action = serializers.CharField(required=False, max_length=80)
    actor = serializers.CharField(required=False, max_length=160, help_text="A part of the name, or the id.")
    actor_kind = serializers.ChoiceField(choices=ACTOR_KIND_CHOICES, required=False)
    target = serializers.CharField(required=False, max_length=200, help_text="A part of the name, or the id.")
    since = InstantField(required=False, help_text="ISO 8601 with an offset; included.")
    until = InstantField(required=False, help_text="ISO 8601 with an offset; not included.")


class AuditExportInput(AuditFilters):
    """Which events, and as which file."""

    file_format = serializers.ChoiceField(choices=["csv", "jsonl"])
