"""What a PDF can do besides being read: run scripts, start programs, send forms away, carry other files.

A paper has no use for any of it, and a reader's computer may suffer. Nothing is cut out: what two companies sign must be
what one of them wrote, to the byte, and a file that was signed elsewhere would lose its signature.
"""

import io
from collections.abc import Iterator
from typing import Final

from pypdf import PdfReader
from pypdf.errors import DependencyError, PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

_MOST_OBJECTS: Final = 50_000
_KEYS: Final = frozenset({"/JS", "/JavaScript", "/AA", "/XFA", "/EmbeddedFiles", "/EF", "/RichMediaContent"})
_ACTIONS: Final = frozenset(
    {
        "/JavaScript",
        "/Launch",
        "/SubmitForm",
        "/ImportData",
        "/GoToR",
        "/GoToE",
        "/Rendition",
        "/Movie",
        "/Sound",
        "/RichMediaExecute",
    }
)
_ANNOTATIONS: Final = frozenset({"/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"})


def is_active(body: bytes) -> bool:
    """Whether the PDF can do more than be read, or can't be looked through: locked, damaged, or of too many parts.

    Every object counts, also one that no page leads to.
    """
    try:
        reader = PdfReader(io.BytesIO(body))
        if reader.is_encrypted and not reader.decrypt(""):  # one that only forbids changes opens without a password
            return True
        numbers = _numbers(reader)
        return len(numbers) > _MOST_OBJECTS or any(_is_active(reader, *number) for number in numbers)
    except (PyPdfError, DependencyError, RecursionError, ValueError, KeyError, TypeError, AttributeError, IndexError):
        return True  # pypdf fails in many ways over what was made to confuse it


def _numbers(reader: PdfReader) -> list[tuple[int, int]]:
    """Number and generation of every object, those in object streams too."""
    plain = [(number, generation) for generation, places in reader.xref.items() for number in places]
    return [*plain, *((number, 0) for number in reader.xref_objStm)]


def _is_active(reader: PdfReader, number: int, generation: int) -> bool:
    return any(map(_acts, _dictionaries(reader.get_object(IndirectObject(number, generation, reader)))))


def _dictionaries(value: object) -> Iterator[DictionaryObject]:
    """The dictionaries of one object, nested ones too; other objects have their own turn."""
    if isinstance(value, DictionaryObject):
        yield value
        for below in dict.values(value):
            yield from _dictionaries(below)
    elif isinstance(value, ArrayObject):
        for below in list.__iter__(value):
            yield from _dictionaries(below)


def _acts(found: DictionaryObject) -> bool:
    return bool(_KEYS & found.keys() or _name(found, "/S") in _ACTIONS or _name(found, "/Subtype") in _ANNOTATIONS)


def _name(found: DictionaryObject, key: str) -> str:
    """The name under a key, which may stand in another object."""
    return str(found[key]) if key in found else ""
