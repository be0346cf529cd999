"""`.env.example` names every key that is read, in both languages."""

from __future__ import annotations

import re

from alliance.demo.installation import CHECKOUT

_READ = re.compile(r"""env\.(?:text|flag|whole_number|words)\(\s*"([A-Z_]+)\"""")
_NAMED = re.compile(r"^#? ?([A-Z][A-Z_]+)=", re.MULTILINE)
_REQUIRED = re.compile(r"\$\{([A-Z_]+)")


def _example() -> str:
    return (CHECKOUT / ".env.example").read_text(encoding="utf-8")


def test_every_setting_is_named() -> None:
    read = set(_READ.findall((CHECKOUT / "alliance" / "settings.py").read_text(encoding="utf-8")))
    assert len(read) > 20
    assert read - set(_NAMED.findall(_example())) == set()


def test_every_variable_of_the_compose_file_is_named() -> None:
    used = set(_REQUIRED.findall((CHECKOUT / "compose.yaml").read_text(encoding="utf-8")))
    assert used - set(_NAMED.findall(_example())) == set()


def test_no_key_stands_twice_and_each_is_explained_in_both_languages() -> None:
    keys = _NAMED.findall(_example())
    assert sorted(keys) == sorted(set(keys))
    unexplained = []
    comment = ""
    previous_was_key = False
    for line in _example().splitlines():
        if match := _NAMED.match(line):
            if not (re.search(r"[a-z]{3}", comment) and re.search(r"[\u4e00-\u9fff]", comment)):
                unexplained.append(match[1])
            previous_was_key = True
        elif line.startswith("#"):
            comment = line if previous_was_key else comment + line
            previous_was_key = False
        elif previous_was_key or not line.strip():
            comment, previous_was_key = "", False
    assert unexplained == []
