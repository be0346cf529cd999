"""Every acceptance case of settlement and of commissions has a test that carries its name, so that none gets lost."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.sources import ROOT

# Settlement (S), the allocation contract (I); of commissions: earning (A), duration and caps (D), holds and refunds (E),
# paying and exporting (G).
CASES = {
    f"{letter}{number:02d}" if letter == "S" else f"{letter}{number}"
    for letter, last in (("S", 55), ("I", 10), ("A", 13), ("D", 10), ("E", 17), ("G", 13))
    for number in range(1, last + 1)
}
NOT_OFFERED = {"G10": "the platform charges nothing for payouts, so there is no fee to waive"}
# Through services, pages and the API, on the real database.
PLACES = ("tests/contract/settlements", "tests/races/settlements", "tests/browser")
_NAME = re.compile(r"(?<![A-Z0-9.])([SIADEG]\d{1,2})(?!\d)")


def _names(file: Path) -> Iterator[str]:
    """What a file's tests call themselves: their names and those of their classes, ids of parameters, docstrings."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name.lower().startswith("test"):
            yield node.name.upper().replace("_", " ")
            yield (ast.get_docstring(node) or "").partition(":")[0]
        elif isinstance(node, ast.keyword) and node.arg == "id" and isinstance(node.value, ast.Constant):
            yield str(node.value.value)


def _named() -> set[str]:
    found = set()
    for place in PLACES:
        for file in (ROOT / place).rglob("test_*.py"):
            for name in _names(file):
                found |= {*_NAME.findall(name), *_range(name)}
    return found


def _range(name: str) -> set[str]:
    """`I1 TO I5` names each of them."""
    found = re.search(r"\b([SIADEG])(\d+) TO \1(\d+)\b", name)
    return {f"{found[1]}{number}" for number in range(int(found[2]), int(found[3]) + 1)} if found else set()


def test_every_case_has_a_test_of_its_name():
    assert CASES - _named() == NOT_OFFERED.keys()
