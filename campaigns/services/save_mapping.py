"""Keep a way to read files under a name, or change or drop one."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import DomainError, InvalidInputError, NotFoundError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from campaigns.domain.mapping import Mapping
from campaigns.models import ImportMapping

MAX_NAME = 80


class MappingNameTakenError(DomainError):
    """Another mapping of the organization has this name."""

    code = "mapping_name_taken"
    sentence = _("Another mapping has this name.")


class MappingNameMissingError(InvalidInputError):
    """A saved mapping has a name."""

    code = "mapping_name_missing"
    sentence = _("Give the mapping a name.")


def save_mapping(*, actor: Actor, mapping_id: UUID | None, name: str, mapping: Mapping, now: datetime) -> UUID:
    """Create a mapping (`mapping_id` None) or change one; imports made earlier keep theirs. Returns its id.

    Raises `NotPermittedError`, `NotFoundError`, `MappingNameMissingError`, `MappingNameTakenError`.
    """
    actor.require(Permission.ORDER_IMPORT)
    if not (name := " ".join(name.split())[:MAX_NAME]):
        raise MappingNameMissingError(field="name")
    with atomic():
        row = _row(actor, mapping_id, now)
        before = None if mapping_id is None else {"name": row.name, "spec": row.spec}
        row.name, row.spec, row.updated_at = name, mapping.to_json(), now
        try:
            with atomic():
                row.save()
        except IntegrityError as error:
            raise MappingNameTakenError(field="name") from error
        after = {"name": name, "spec": row.spec}
        audit.record(actor, "import_mapping.saved", row, now=now, before=before, after=after)
    return row.pk


def _row(actor: Actor, mapping_id: UUID | None, now: datetime) -> ImportMapping:
    if mapping_id is None:
        return ImportMapping(organization_id=actor.organization_id, created_at=now)
    row = ImportMapping.objects.select_for_update().filter(pk=mapping_id).first()
    if row is None:
        raise NotFoundError
    return row
