"""Pictures of an item as they are kept on its row."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final, Self

MOST_PICTURES: Final = 8
LARGE: Final = "large"
SMALL: Final = "small"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One picture, drawn by us in two sizes. `sha256` is of the large one and names the picture.

    `stored_as` and `small_stored_as` are keys in the storage: they stay on the server. Sizes are in pixels.
    """

    sha256: str
    file_name: str
    file_kind: str
    width: int
    height: int
    stored_as: str
    small_kind: str
    small_stored_as: str

    def to_json(self) -> dict[str, object]:
        """The stored form."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, object]) -> Self:
        """The picture of a stored form."""
        return cls(**stored)  # type: ignore[arg-type]


def arranged(pictures: Sequence[Picture], order: Sequence[str]) -> tuple[Picture, ...]:
    """The pictures that `order` names, in that order; whatever it does not name is left out, what is unknown passed over."""
    by_name = {picture.sha256: picture for picture in pictures}
    return tuple(by_name[name] for name in dict.fromkeys(order) if name in by_name)
