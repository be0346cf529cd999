"""What the API shows of feeds, and what it takes."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from alliance.kernel.http.serializers import StrictSerializer
from alliance.kernel.jobs import JobState
from partners.catalogue.domain.mapping import ROLES, ItemMapping, ItemMappingError
from partners.catalogue.domain.visibility import Reach
from partners.catalogue.feeds.words import INTERVAL_CHOICES, OUTCOME_CHOICES, PAUSE_CHOICES
from partners.catalogue.sentences import KIND_CHOICES, NEW_STATUS_CHOICES, REACH_CHOICES


class FeedMappingShape(StrictSerializer):
    """How a file is read: its columns by what they hold, and what holds where the file says nothing."""

    columns = serializers.DictField(
        child=serializers.CharField(max_length=200), help_text=f"Column names by role: {', '.join(ROLES)}."
    )
    attribute_columns = serializers.ListField(child=serializers.CharField(max_length=200), default=list)
    default_kind = serializers.ChoiceField(choices=KIND_CHOICES, allow_blank=True, default="")
    default_currency = serializers.CharField(max_length=3, allow_blank=True, default="")
    decimal_mark = serializers.ChoiceField(choices=[(".", "."), (",", ",")], default=".")
    time_zone = serializers.CharField(max_length=60, default="UTC")
    new_status = serializers.ChoiceField(choices=NEW_STATUS_CHOICES, default="draft")
    reach = serializers.ChoiceField(choices=REACH_CHOICES, default=Reach.PRIVATE.value)
    alliance_ids = serializers.ListField(child=serializers.UUIDField(), max_length=20, default=list)
    archive_missing = serializers.BooleanField(
        default=False, help_text="Archive items that the file does not name; they come back when it names them again."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The mapping as a whole."""
        given = dict(attrs)
        alliance_ids = tuple(str(alliance_id) for alliance_id in given.pop("alliance_ids"))
        columns = tuple(given.pop("attribute_columns"))
        try:
            mapping = ItemMapping(**given, attribute_columns=columns, alliance_ids=alliance_ids)
        except ItemMappingError as error:
            sentence = _("This value is not valid.")
            raise serializers.ValidationError({error.field: [sentence]}, code=error.code) from error
        return {"mapping": mapping}


class ItemFeedShape(serializers.Serializer[Any]):
    """One feed. `mapping` is null until somebody has said how to read its file; until then nothing is imported."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    url = serializers.CharField()
    every_hours = serializers.IntegerField()
    mapping = serializers.SerializerMethodField()
    is_active = serializers.BooleanField()
    paused_because = serializers.ChoiceField(choices=PAUSE_CHOICES, allow_blank=True)
    failures = serializers.IntegerField(help_text="Fetches in a row that came to nothing.")
    next_fetch_at = serializers.DateTimeField()
    succeeded_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()

    def get_mapping(self, feed: Any) -> dict[str, Any] | None:
        """The mapping as it is sent."""
        return {n: v for n, v in feed.mapping.items() if n != "schema"} or None


class ItemFeedInput(StrictSerializer):
    """A feed."""

    name = serializers.CharField(max_length=80)
    url = serializers.CharField(max_length=2048, help_text="An https address on the public internet.")
    every_hours = serializers.ChoiceField(choices=INTERVAL_CHOICES, default=24)


class ItemFeedPatch(StrictSerializer):
    """What is to be different; what is left out stays. A new mapping is applied to the last file at once."""

    name = serializers.CharField(max_length=80, required=False)
    url = serializers.CharField(max_length=2048, required=False)
    every_hours = serializers.ChoiceField(choices=INTERVAL_CHOICES, required=False)
    is_active = serializers.BooleanField(required=False, help_text="Pause or resume.")
    mapping = FeedMappingShape(required=False)


class ItemFeedFetchShape(serializers.Serializer[Any]):
    """One fetch. `error` is a stable code; `import_id` names what it started."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=JobState.choices)
    outcome = serializers.ChoiceField(choices=OUTCOME_CHOICES, allow_blank=True)
    status = serializers.IntegerField(allow_null=True, help_text="Of the server's answer.")
    error = serializers.CharField()
    size_bytes = serializers.IntegerField(allow_null=True)
    milliseconds = serializers.IntegerField(allow_null=True)
    import_id = serializers.UUIDField(source="item_import_id", allow_null=True)
    queued_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
