"""The project's own sources, parsed once for every architecture test."""

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("alliance", "partners", "audience", "recsys", "campaigns", "settlements")


@dataclass(frozen=True)
class Source:
    """One Python module."""

    path: str
    text: str
    tree: ast.Module

    @property
    def is_migration(self) -> bool:
        return "/migrations/" in self.path

    @property
    def lines(self) -> int:
        return self.text.count("\n")


@cache
def python_sources() -> tuple[Source, ...]:
    found = []
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            text = file.read_text(encoding="utf-8")
            found.append(Source(file.relative_to(ROOT).as_posix(), text, ast.parse(text)))
    return tuple(found)


@cache
def templates() -> tuple[tuple[str, str], ...]:
    return tuple(
        (file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8"))
        for file in sorted((ROOT / "templates").rglob("*"))
        if file.is_file()
    )


def called_name(call: ast.Call) -> str:
    """`a.b.c(…)` gives `c`; `c(…)` gives `c`."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def calls(source: Source) -> list[ast.Call]:
    return [node for node in ast.walk(source.tree) if isinstance(node, ast.Call)]
