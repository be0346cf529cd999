"""Take in a file from a bank: look it through, keep it, import nothing yet."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.core.files import File

from alliance.kernel.actor import Actor
from alliance.kernel.audit import record
from alliance.kernel.errors import NotFoundError
from alliance.kernel.permissions import Permission
from alliance.kernel.spreadsheets.keeping import kept_file
from alliance.kernel.spreadsheets.problems import FileProblem, FileRefusedError
from alliance.kernel.tenancy import atomic
from partners.selectors import hosted_alliances
from settlements.banking.models import CAMT, BankFile

FOLDER: Final = "bank"
MAX_BYTES: Final = 50 * 1024 * 1024
_HEAD: Final = 512
_CAMT_LAYOUT: Final = {"kind": CAMT, "encoding": "", "delimiter": "", "header": []}


def upload_bank_file(
    *,
    actor: Actor,
    alliance_id: UUID,
    name: str,
    content: File,  # type: ignore[type-arg]
    now: datetime,
) -> UUID:
    """Keep the file and what was found out about it; returns its id. The same bytes may be uploaded again.

    Raises `NotPermittedError`, `NotFoundError` for an alliance that the organization does not host, `FileRefusedError` for
    a file that is too large or can't be read.
    """
    actor.require(Permission.BANK_RECONCILE)
    if not any(a.id == alliance_id and a.host_id == actor.organization_id for a in hosted_alliances()):
        raise NotFoundError
    if content.size > MAX_BYTES:
        raise FileRefusedError(FileProblem.TOO_LARGE)
    owner_id = actor.organization_id
    layout = _CAMT_LAYOUT if _is_xml(content) else None
    with (
        kept_file(content, name=name, folder=FOLDER, organization_id=owner_id, layout=layout) as kept,
        atomic(),
    ):
        bank_file = BankFile.objects.create(
            organization_id=owner_id,
            alliance_id=alliance_id,
            uploaded_by=actor.label[:160],
            uploaded_at=now,
            **kept.columns(),
        )
        record(actor, "bank_file.uploaded", bank_file, now=now, after={"sha256": kept.sha256})
    return kept.id


def _is_xml(content: File) -> bool:  # type: ignore[type-arg]
    content.seek(0)
    head = bytes(content.read(_HEAD))
    content.seek(0)
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")
