"""What the parties sign: one version of an agreement as a canonical document with a content hash."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast
from uuid import UUID

from partners.domain.end_rule import EndRule
from partners.domain.supplement import AttachedFile, Supplement
from partners.domain.terms import Terms

SCHEMA = 2


@dataclass(frozen=True, slots=True)
class PartyName:
    """One party as it is called in the document."""

    organization_id: UUID
    name: str

    def to_json(self) -> dict[str, object]:
        """The stored form."""
        return {"organization_id": str(self.organization_id), "name": self.name}


@dataclass(frozen=True, slots=True)
class VersionDocument:
    """Everything a signature binds to. The same content always gives the same JSON and the same hash.

    `effective_to` is the end that is signed; with a rule that renews it, the end of the first term. `takes_over_from`
    is the number of the version with an end of its own that this one cuts short when it begins.
    """

    agreement_id: UUID
    name: str
    number: int
    terms: Terms
    effective_from: datetime
    effective_to: datetime | None
    parties: tuple[PartyName, ...] = ()
    supplement: Supplement = field(default_factory=Supplement)
    takes_over_from: int | None = None

    def to_json(self) -> dict[str, object]:
        """The stored form."""
        return {
            "schema": SCHEMA,
            "agreement_id": str(self.agreement_id),
            "name": self.name,
            "number": self.number,
            "parties": [party.to_json() for party in self.parties],
            "time_zone": self.terms.time_zone,
            "effective_from": self.effective_from.astimezone(UTC).isoformat(),
            "effective_to": self.effective_to.astimezone(UTC).isoformat() if self.effective_to else None,
            "takes_over_from": self.takes_over_from,
            **self.supplement.to_json(),
            "terms": self.terms.to_json(),
        }

    @property
    def sha256(self) -> str:
        """The content hash (hex)."""
        return document_sha256(self.to_json())


def canonical_json(document: Mapping[str, object]) -> str:
    """One text for one content: sorted keys, no spaces. The database writes the same (`partners_canonical_json`)."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def document_sha256(document: Mapping[str, object]) -> str:
    """The hash (hex) of a document's canonical JSON in UTF-8. Anyone can recompute it."""
    return hashlib.sha256(canonical_json(document).encode()).hexdigest()


def end_rule_of(document: Mapping[str, object]) -> EndRule:
    """How a signed version ends; documents of schema 1 know neither notice nor renewal."""
    stored = document.get("end_rule")
    return EndRule.from_json(cast("dict[str, object]", stored)) if stored else EndRule()


def signed_until_of(document: Mapping[str, object]) -> datetime | None:
    """The end that was signed."""
    until = document["effective_to"]
    return datetime.fromisoformat(str(until)) if until else None


def texts_of(document: Mapping[str, object]) -> dict[str, str]:
    """The legal text by language, as Markdown."""
    return dict(cast("dict[str, str]", document.get("texts") or {}))


def attached_of(document: Mapping[str, object]) -> AttachedFile | None:
    """The attached file, if there is one."""
    stored = document.get("attached")
    return AttachedFile.from_json(cast("dict[str, object]", stored)) if stored else None
