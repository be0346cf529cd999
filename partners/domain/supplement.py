"""What the parties sign beside the terms: how it ends, the legal text in each language, an attached file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Self
from uuid import UUID

from partners.domain.end_rule import EndRule

TEXT_LANGUAGES: Final = ("en", "zh-hans")
LONGEST_TEXT: Final = 100_000  # characters of Markdown in one language


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """An uploaded file that is part of what is signed, by its SHA-256 (hex)."""

    id: UUID
    name: str
    sha256: str
    size_bytes: int

    def to_json(self) -> dict[str, object]:
        """The stored form."""
        return {"id": str(self.id), "name": self.name, "sha256": self.sha256, "size_bytes": self.size_bytes}

    @classmethod
    def from_json(cls, stored: dict[str, object]) -> Self:
        """The file of a stored form."""
        return cls(UUID(str(stored["id"])), str(stored["name"]), str(stored["sha256"]), int(str(stored["size_bytes"])))


@dataclass(frozen=True, slots=True)
class Supplement:
    """Signed beside the terms. `texts` is Markdown by language; a language without text is left out."""

    end_rule: EndRule = field(default_factory=EndRule)
    texts: Mapping[str, str] = field(default_factory=dict)
    attached: AttachedFile | None = None

    def to_json(self) -> dict[str, object]:
        """The stored form, with even line ends; texts of nothing but blanks are left out."""
        texts = {language: _even(self.texts.get(language, "")) for language in TEXT_LANGUAGES}
        return {
            "end_rule": self.end_rule.to_json(),
            "texts": {language: text for language, text in texts.items() if text},
            "attached": self.attached.to_json() if self.attached else None,
        }


def _even(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


@dataclass(frozen=True, slots=True)
class Paper:
    """What a proposer writes beside the terms: the supplement to be. `file_id` is an uploaded file's."""

    end_rule: EndRule = field(default_factory=EndRule)
    texts: Mapping[str, str] = field(default_factory=dict)
    file_id: UUID | None = None
