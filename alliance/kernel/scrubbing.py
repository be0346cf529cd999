"""Keeping secrets out of logs, audit rows and error texts."""

import re
from collections.abc import Callable, Mapping
from typing import Final

BLANK: Final = "[removed]"
_SECRET_NAMES: Final = re.compile(
    r"pass(word|wd|phrase)|secret|token|authori[sz]ation|cookie|api[-_]?key|credential|session|csrf|private[-_]?key"
    r"|recovery|(^|_)t?otp($|_)|signature|(^|_)iban($|_)|card[-_]?number",
    re.IGNORECASE,
)
# What looks like a secret wherever it stands: URLs with a password, bearer headers, our own API keys, PEM blocks.
_SECRET_TEXTS: Final = (
    (re.compile(r"(\b[a-z][a-z0-9+.-]*://[^\s:/@]*:)[^\s@/]+(@)", re.IGNORECASE), rf"\1{BLANK}\2"),
    (re.compile(r"\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{16,}", re.IGNORECASE), rf"\1 {BLANK}"),
    (re.compile(r"\b(pa|sk|pk)_[A-Za-z0-9_-]{16,}"), BLANK),
    (re.compile(r"\bwhsec_[A-Za-z0-9+/=]{16,}"), BLANK),
    (re.compile(r"-----BEGIN [A-Z ]+-----.*?-----END [A-Z ]+-----", re.DOTALL), BLANK),
    (
        re.compile(r"""((?:password|passwd|secret|token|api[-_]?key)["']?\s*[=:]\s*["']?)[^\s"'&,;]+""", re.IGNORECASE),
        rf"\1{BLANK}",
    ),
    (re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b"), BLANK),
    (re.compile(r"\b([A-Za-z0-9])[A-Za-z0-9._%+-]*@([A-Za-z0-9-]+\.)+[A-Za-z]{2,}\b"), rf"\1…@{BLANK}"),
)
_DEEPEST: Final = 6


def scrubbed_text(text: str) -> str:
    """The text with passwords in URLs, bearer tokens, API keys, IBANs and e-mail addresses blanked."""
    for pattern, replacement in _SECRET_TEXTS:
        text = pattern.sub(replacement, text)
    return text


def is_secret_name(name: str) -> bool:
    """Whether values under this name are never written down."""
    return _SECRET_NAMES.search(name) is not None


def scrubbed(value: object) -> object:
    """The value with every secret in it blanked, by its name or by its look; what nests too deep is dropped."""
    return _walk(value, scrubbed_text, 0)


def without_secrets(values: Mapping[str, object]) -> object:
    """The values with only those blanked whose name says they are secret; texts stay as they are."""
    return _walk(values, str, 0)


def _walk(value: object, text: Callable[[str], str], depth: int) -> object:
    if depth > _DEEPEST:
        return BLANK
    if isinstance(value, str):
        return text(value)
    if isinstance(value, Mapping):
        return {
            key: BLANK if isinstance(key, str) and is_secret_name(key) else _walk(inner, text, depth + 1)
            for key, inner in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [_walk(inner, text, depth + 1) for inner in value]
    return value
