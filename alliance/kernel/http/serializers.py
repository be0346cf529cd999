"""Shapes of bodies and queries. Every field is named; what is not named is refused."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.serializers import Serializer


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


class NoParameters(StrictSerializer):
    """For operations that take no query parameter but those of paging."""
