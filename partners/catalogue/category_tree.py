"""The tree of categories, read once for a page, a request or a job: some dozens of rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from partners.catalogue.models import ItemCategory


@dataclass(frozen=True, slots=True)
class Node:
    """One category. `path` leads from the root to it."""

    id: UUID
    key: str
    name: str
    name_zh: str
    name_en: str
    path: tuple[UUID, ...]

    @property
    def depth(self) -> int:
        """0 for a root."""
        return len(self.path) - 1


class CategoryTree:
    """The categories by id and by key."""

    def __init__(self, nodes: list[Node]) -> None:
        self._by_id = {node.id: node for node in nodes}
        self._by_key = {node.key: node for node in nodes}

    @classmethod
    def read(cls) -> Self:
        """The tree as it is now, in one query."""
        rows = list(ItemCategory.objects.all())
        children: dict[UUID | None, list[ItemCategory]] = {}
        for row in rows:
            children.setdefault(row.parent_id, []).append(row)

        def below(parent_id: UUID | None, path: tuple[UUID, ...]) -> Iterator[Node]:
            for row in children.get(parent_id, ()):
                here = (*path, row.id)
                yield Node(row.id, row.key, row.name, row.name_zh, row.name_en, here)
                yield from below(row.id, here)

        return cls(list(below(None, ())))

    def __iter__(self) -> Iterator[Node]:
        """Every category, each before those below it."""
        return iter(self._by_id.values())

    def has_key(self, key: str) -> bool:
        """Whether a category goes by this key."""
        return key in self._by_key

    def id_of(self, key: str) -> UUID | None:
        """The category of a key that exists; `None` for the empty key."""
        return self._by_key[key].id if key else None

    def keys_by_name(self) -> dict[str, str]:
        """From keys and names in both languages, in small letters, to keys; a name that two categories share is left out."""
        found: dict[str, str] = {}
        doubled: set[str] = set()
        for node in self:
            for name in {node.key, node.name_zh, node.name_en}:
                if found.setdefault(name.lower(), node.key) != node.key:
                    doubled.add(name.lower())
        return {name: key for name, key in found.items() if name not in doubled or name == key}

    def path_of(self, category_id: UUID | None) -> tuple[UUID, ...]:
        """From the root to the category; empty for none."""
        return self._by_id[category_id].path if category_id else ()

    def name_of(self, category_id: UUID | None) -> str:
        """The names from the root to the category, in the language of the page; empty for none."""
        return " › ".join(self._by_id[part].name for part in self.path_of(category_id))

    def under_key(self, key: str) -> list[UUID]:
        """As `under`; nothing for a key that does not exist."""
        return self.under(self._by_key[key].id) if key in self._by_key else []

    def under(self, category_id: UUID) -> list[UUID]:
        """The category and everything below it."""
        return [node.id for node in self if category_id in node.path]
