"""Shapes of bodies and queries. Every field is named; what is not named is refused."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.serializers import (
    CharField,
    ChoiceField,
    DateTimeField,
    IntegerField,
    Serializer,
    UUIDField,
)

from alliance.kernel.jobs.rows import JobState


class StrictSerializer(Serializer[Any]):
    """Input that refuses unknown names, so that nothing slips in by mass assignment and no typing error passes unseen."""

    def to_internal_value(self, data: Any) -> Any:
        """The checked values; raises `ValidationError` with code `unknown_field` for each name that is not an input."""
        if isinstance(data, Mapping):
            known = {name for name, field in self.fields.items() if not field.read_only}
            if unknown := sorted(str(name) for name in set(data) - known):
                sentence = str(_("There is no such field here."))
                raise ValidationError({name: [ErrorDetail(sentence, code="unknown_field")] for name in unknown})
        return super().to_internal_value(data)


class InstantField(DateTimeField):
    """An instant with its offset from UTC; a time without one is refused instead of guessed."""

    default_error_messages = {  # noqa: RUF012  DRF's attribute
        "naive": _("Give the time with its offset from UTC, such as 2026-03-01T09:30:00Z.")
    }

    def enforce_timezone(self, value: datetime) -> datetime:
        """The instant; raises `ValidationError` with code `naive` when the offset is missing."""
        if value.tzinfo is None:
            self.fail("naive")
        return super().enforce_timezone(value)


class JobShape(Serializer[Any]):
    """How far a long piece of work is."""

    id = UUIDField()
    state = ChoiceField(choices=JobState.choices)
    done = IntegerField()
    total = IntegerField()
    queued_at = DateTimeField()
    started_at = DateTimeField(allow_null=True)
    finished_at = DateTimeField(allow_null=True)
    error_code = CharField()


class NoParameters(StrictSerializer):
    """For operations that take no query parameter but those of paging."""
