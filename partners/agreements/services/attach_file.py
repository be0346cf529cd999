"""A member uploads a file that is to be signed with a proposal."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.core.files import File

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.files import FileKind, UploadRules, received_file
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.models import AgreementFile

RULES: Final = UploadRules(frozenset({FileKind.PDF}), 20 * 1024 * 1024)


def attach_file(*, actor: Actor, content: File, name: str, now: datetime) -> UUID:  # type: ignore[type-arg]
    """Keep a PDF for the actor's organization alone, until a proposal names it; the file's id.

    Raises `NotPermittedError`, and what `received_file` raises.
    """
    actor.require(Permission.AGREEMENT_PROPOSE)
    with received_file(content, name=name, rules=RULES, organization_id=actor.organization_id) as received, atomic():
        file = AgreementFile.objects.create(organization_id=actor.organization_id, created_at=now, **received.columns())
        after = {"file_name": file.file_name, "sha256": file.sha256, "size_bytes": file.size_bytes}
        audit.record(actor, "agreement.file_uploaded", file, now=now, after=after)
    return file.id
