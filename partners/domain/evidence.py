"""What a signed copy carries for whoever wants to check it without us: the document, and who accepted it.

The names of the fields are part of the copy's public form (docs/flows/agreement.md).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any, Final, Self

from partners.domain.document import attached_of, canonical_json, document_sha256

SCHEMA: Final = 1
FILE_NAME: Final = "agreement.json"


@dataclass(frozen=True, slots=True)
class AcceptanceRecord:
    """One party's acceptance, every field as it is kept. `accepted_at` is an ISO instant in UTC."""

    organization_id: str
    organization_name: str
    signer_name: str
    signer_title: str
    signer_role: str
    language: str
    ip_prefix: str
    browser: str
    second_factor: str
    document_sha256: str
    accepted_at: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """One accepted version with its acceptances, in the order of the parties."""

    document: Mapping[str, Any]
    document_sha256: str
    acceptances: tuple[AcceptanceRecord, ...]
    accepted_at: str

    def to_bytes(self) -> bytes:
        """The file that the copy carries: canonical JSON in UTF-8."""
        content = {
            "schema": SCHEMA,
            "document": self.document,
            "document_sha256": self.document_sha256,
            "acceptances": [asdict(acceptance) for acceptance in self.acceptances],
            "accepted_at": self.accepted_at,
        }
        return canonical_json(content).encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """The evidence of a file; raises `EvidenceUnreadableError`."""
        try:
            read = json.loads(content)
            return cls(
                document=read["document"],
                document_sha256=str(read["document_sha256"]),
                acceptances=tuple(AcceptanceRecord(**record) for record in read["acceptances"]),
                accepted_at=str(read["accepted_at"]),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise EvidenceUnreadableError(str(error)) from error


class EvidenceUnreadableError(ValueError):
    """This is not the evidence of a signed copy."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The first place where two things that should agree do not."""

    where: str
    here: str
    there: str

    def __str__(self) -> str:
        return f"{self.where}: {self.here!r} here, {self.there!r} there"


def inner_difference(evidence: Evidence, attached: Sequence[bytes]) -> Difference | None:
    """The first contradiction of the evidence with itself and with the other attached files, `None` when it holds."""
    return next(_contradictions(evidence, attached), None)


def _contradictions(evidence: Evidence, attached: Sequence[bytes]) -> Iterator[Difference]:
    yield from _differing("document_sha256", document_sha256(evidence.document), evidence.document_sha256)
    named = [str(party["organization_id"]) for party in evidence.document.get("parties", [])]
    yield from _differing("parties", named, [record.organization_id for record in evidence.acceptances])
    for place, record in enumerate(evidence.acceptances):
        where = f"acceptances.{place}.document_sha256"
        yield from _differing(where, record.document_sha256, evidence.document_sha256)
    file = attached_of(evidence.document)
    found = [sha256(content).hexdigest() for content in attached]
    yield from _differing("attached", found, [file.sha256] if file else [])


def outer_difference(evidence: Evidence, kept: Evidence) -> Difference | None:
    """The first place where the evidence differs from what is kept, `None` when they are the same."""
    return next(_differing("", json.loads(evidence.to_bytes()), json.loads(kept.to_bytes())), None)


def _differing(where: str, here: Any, there: Any) -> Iterator[Difference]:
    """Every place where two values differ, in order."""
    if isinstance(here, dict) and isinstance(there, dict):
        for key in sorted({*here, *there}):
            yield from _differing(f"{where}.{key}".lstrip("."), here.get(key), there.get(key))
    elif isinstance(here, list) and isinstance(there, list) and len(here) == len(there):
        for place, (one, other) in enumerate(zip(here, there, strict=True)):
            yield from _differing(f"{where}.{place}", one, other)
    elif here != there:
        yield Difference(where, _said(here), _said(there))


def _said(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
