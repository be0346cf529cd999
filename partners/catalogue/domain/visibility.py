"""How far an owner shows an item."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Reach(StrEnum):
    """Who sees it beside the owner: nobody, the parties of signed agreements, or all members of alliances."""

    PRIVATE = "private"
    AGREEMENTS = "agreements"
    ALLIANCES = "alliances"


@dataclass(frozen=True, slots=True)
class Visibility:
    """A reach, in the alliances named or (none named) in all that the owner belongs to, also later."""

    reach: Reach
    alliance_ids: tuple[UUID, ...] = ()

    def tidy(self) -> "Visibility":
        """The same visibility in its one spelling: each alliance once, in a fixed order; none for a private one."""
        if self.reach is Reach.PRIVATE:
            return Visibility(self.reach)
        return Visibility(self.reach, tuple(sorted(set(self.alliance_ids))))


PRIVATE = Visibility(Reach.PRIVATE)
