"""Reading a signed copy again, and saying where it differs from itself or from what is kept."""

import hashlib
import io
from dataclasses import dataclass
from uuid import UUID

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from alliance.kernel.tenancy import across_organizations
from partners.agreements.copies.content import evidence_of
from partners.domain.evidence import (
    FILE_NAME,
    Difference,
    Evidence,
    EvidenceUnreadableError,
    inner_difference,
    outer_difference,
)
from partners.models import SignedCopy, TermsVersion


@dataclass(frozen=True, slots=True)
class ReadCopy:
    """What a PDF holds: the evidence, and the other files in it."""

    evidence: Evidence
    attached: tuple[bytes, ...]
    sha256: str


def read_copy(body: bytes) -> ReadCopy:
    """The evidence inside a PDF; raises `EvidenceUnreadableError` when there is none."""
    try:
        files = PdfReader(io.BytesIO(body)).attachments
        found = {name: contents for name, contents in files.items() if contents}
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise EvidenceUnreadableError(f"no readable PDF: {error}") from error
    if FILE_NAME not in found:
        raise EvidenceUnreadableError(f"the PDF holds no {FILE_NAME}")
    attached = tuple(bytes(content) for name, contents in found.items() if name != FILE_NAME for content in contents)
    return ReadCopy(Evidence.from_bytes(bytes(found[FILE_NAME][0])), attached, hashlib.sha256(body).hexdigest())


def difference_within(copy: ReadCopy) -> Difference | None:
    """The first contradiction inside the copy, `None` when it holds. Asks nobody."""
    return inner_difference(copy.evidence, copy.attached)


def difference_from_kept(copy: ReadCopy) -> Difference | None:
    """The first place where the copy differs from what the database keeps, `None` when they are the same."""
    with across_organizations(reason="somebody checks a signed copy on the command line"):
        version = _version(copy.evidence)
        if version is None:
            return Difference("version", str(copy.evidence.document.get("agreement_id")), "no such accepted version")
        if (found := outer_difference(copy.evidence, evidence_of(version))) is not None:
            return found
        kept = SignedCopy.objects.filter(version=version).values_list("sha256", flat=True).first()
    return None if kept == copy.sha256 else Difference("sha256 of the file", copy.sha256, kept or "no copy is kept")


def _version(evidence: Evidence) -> TermsVersion | None:
    try:
        wanted = {
            "agreement_id": UUID(str(evidence.document["agreement_id"])),
            "number": int(evidence.document["number"]),
        }
    except (KeyError, ValueError, TypeError):
        return None
    versions = TermsVersion.objects.filter(accepted_at__isnull=False, **wanted)
    return versions.select_related("agreement").prefetch_related("acceptances").first()
