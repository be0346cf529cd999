"""Take in a file of orders: look it through, keep it, import nothing yet."""

import hashlib
from datetime import datetime
from typing import BinaryIO, cast
from uuid import UUID

from django.conf import settings
from django.core.files import File

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import NotFoundError
from alliance.kernel.ids import new_id
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from campaigns.models import OrderFile
from campaigns.readers.guards import CHUNK
from campaigns.readers.layout import inspect_file
from campaigns.readers.problems import FileProblem, OrderFileError
from campaigns.storage import drop_stored, store_file
from partners.selectors import hosted_alliances


def upload_order_file(*, actor: Actor, name: str, content: File, now: datetime) -> UUID:  # type: ignore[type-arg]
    """Keep the file and what was found out about it; returns its id.

    The same bytes may be uploaded again: importing them again changes nothing. Raises `NotPermittedError`,
    `NotFoundError` for an organization that hosts no alliance, `OrderFileError` for a file that can't be read.
    """
    actor.require(Permission.ORDER_IMPORT)
    if not any(alliance.host_id == actor.organization_id for alliance in hosted_alliances()):
        raise NotFoundError
    if content.size > settings.IMPORT_MAX_BYTES:
        raise OrderFileError(FileProblem.TOO_LARGE)
    layout = inspect_file(cast("BinaryIO", content.file), name)
    file_id = new_id()
    sha256 = _sha256(content)
    content.seek(0)
    stored_as = store_file(content, organization_id=actor.organization_id, file_id=file_id)
    try:
        with atomic():
            order_file = OrderFile.objects.create(
                id=file_id,
                organization_id=actor.organization_id,
                name=name[-200:],
                stored_as=stored_as,
                size_bytes=content.size,
                sha256=sha256,
                layout=layout.to_json(),
                uploaded_by=actor.label[:160],
                uploaded_at=now,
            )
            audit.record(actor, "order_file.uploaded", order_file, now=now, after={"sha256": sha256})
    except BaseException:
        drop_stored(stored_as)
        raise
    return file_id


def _sha256(content: File) -> str:  # type: ignore[type-arg]
    digest = hashlib.sha256()
    for chunk in content.chunks(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()
