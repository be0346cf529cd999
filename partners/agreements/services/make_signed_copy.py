"""Make the PDF of an accepted version with its evidence, once, and keep it for every party."""

import hashlib
import secrets
from datetime import datetime
from typing import Final
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import NotFoundError
from alliance.kernel.files.kinds import FileKind
from alliance.kernel.files.receiving import FOLDER, safe_name
from alliance.kernel.tenancy import atomic
from partners.agreements.copies.content import copy_content
from partners.models import SignedCopy, TermsStatus, TermsVersion

_LONGEST_STEM: Final = 90


def make_signed_copy(*, actor: Actor, version_id: UUID, now: datetime) -> UUID:
    """The id of the version's copy, made now if there is none yet. Runs in the scope of the alliance's host.

    Raises `NotFoundError` unless every party has accepted the version, `FileGoneError` when the attached file is lost.
    """
    from partners.agreements.copies.writing import copy_bytes  # loads fpdf2 and its fonts: not for every process

    with atomic():
        versions = TermsVersion.objects.select_for_update(of=("self",)).select_related("agreement", "attached")
        version = versions.filter(pk=version_id, status=TermsStatus.ACCEPTED).first()
        if version is None:
            raise NotFoundError
        existing = SignedCopy.objects.filter(version=version).values_list("pk", flat=True).first()
        if existing is not None:
            return existing
        return _keep(actor, version, copy_bytes(copy_content(version)), now)


def _keep(actor: Actor, version: TermsVersion, body: bytes, now: datetime) -> UUID:
    host_id = version.agreement.host_id
    stored_as = str(default_storage.save(f"{FOLDER}/{host_id}/{secrets.token_hex(24)}", ContentFile(body)))
    try:
        with atomic():
            copy = SignedCopy.objects.create(
                agreement=version.agreement,
                version=version,
                host_id=host_id,
                file_name=safe_name(f"{version.agreement.name[:_LONGEST_STEM]} v{version.number}.pdf", FileKind.PDF),
                file_kind=FileKind.PDF,
                size_bytes=len(body),
                sha256=hashlib.sha256(body).hexdigest(),
                stored_as=stored_as,
                created_at=now,
            )
            after = {"version": version.number, "sha256": copy.sha256, "size_bytes": copy.size_bytes}
            audit.record(actor, "agreement.copy_made", copy, now=now, after=after)
    except BaseException:
        default_storage.delete(stored_as)
        raise
    return copy.id
