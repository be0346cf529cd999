"""A first guess at which column holds what. A person confirms it."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

_NOISE: Final = re.compile(r"[\s_\-./()（）]+")


def suggest_columns(header: Sequence[str], names: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Role to column, for every role whose column goes by one of the role's `names`; each column once.

    The names are written without spaces, punctuation and capitals, the likeliest first.
    """
    plain = {name: _NOISE.sub("", name).lower() for name in header}
    taken: set[str] = set()
    found: dict[str, str] = {}
    for role, wanted_names in names.items():
        for wanted in wanted_names:
            column = next((name for name in header if plain[name] == wanted and name not in taken), None)
            if column is not None:
                found[role] = column
                taken.add(column)
                break
    return found
