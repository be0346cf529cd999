"""XML as small trees that know their lines, in flat memory and without document types, entities or the network."""

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final
from xml.sax import SAXParseException  # the parser itself is defused
from xml.sax.handler import ContentHandler, feature_namespaces
from xml.sax.xmlreader import AttributesNSImpl, Locator

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

from settlements.banking.readers.problems import BankFileError, BankFileProblem

_CHUNK: Final = 1 << 16
_DEEPEST: Final = 40
_MOST_NODES: Final = 1_000_000
_LONGEST_TEXT: Final = 20_000


@dataclass(slots=True)
class Node:
    """One element: its local name, where it begins, its text, and what is inside."""

    name: str
    line: int
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    children: list["Node"] = field(default_factory=list)

    def find(self, path: str) -> "Node | None":
        """The first element at `A/B/C` below this one."""
        node: Node | None = self
        for name in path.split("/"):
            node = next((child for child in node.children if child.name == name), None) if node else None
        return node

    def all(self, path: str) -> list["Node"]:
        """Every element at `A/B`, in the order of the file."""
        found = [self]
        for name in path.split("/"):
            found = [child for node in found for child in node.children if child.name == name]
        return found

    def said(self, *paths: str) -> str:
        """The text at the first of the paths that says something; empty when none does."""
        return next((text for path in paths if (node := self.find(path)) and (text := node.text.strip())), "")


class _Trees(ContentHandler):
    """Builds trees. `take` says whether an element that has ended stays part of the one around it."""

    def __init__(self, take: Callable[[Node, int], bool], namespaces: Container[str], locator: Locator) -> None:
        super().__init__()
        self._take = take
        self._namespaces = namespaces
        self._place = locator
        self._open: list[tuple[Node, int]] = []  # each with how many nodes were held before it
        self._held = 0
        self._length = 0

    def startElementNS(  # noqa: N802  SAX's name
        self, name: tuple[str | None, str], _qname: str | None, attrs: AttributesNSImpl
    ) -> None:
        line = int(self._place.getLineNumber() or 0)
        if not self._open and name[0] not in self._namespaces:
            raise BankFileError(BankFileProblem.NOT_CAMT, str(line))
        if len(self._open) >= _DEEPEST or self._held >= _MOST_NODES:
            raise BankFileError(BankFileProblem.XML_TOO_DEEP, str(line))
        self._open.append((Node(name[1], line, {local: value for (_, local), value in attrs.items()}), self._held))
        self._held += 1
        self._length = 0

    def characters(self, content: str) -> None:
        self._length += len(content)
        if self._length > _LONGEST_TEXT:
            raise BankFileError(BankFileProblem.XML_TOO_DEEP, str(self._place.getLineNumber()))
        self._open[-1][0].text += content

    def endElementNS(self, _name: object, _qname: object) -> None:  # noqa: N802  SAX's name
        node, held_before = self._open.pop()
        self._length = 0
        if self._take(node, len(self._open)) and self._open:
            self._open[-1][0].children.append(node)
        else:
            self._held = held_before


def read_nodes(file: BinaryIO, take: Callable[[Node, int], bool], *, namespaces: Container[str]) -> None:
    """Hand each element to `take` when it has ended, with how deep it lies; what `take` declines is forgotten.

    Raises `BankFileError` for XML of another namespace, damaged, forbidden, or nested too deeply, and whatever `take` raises.
    """
    parser = DefusedExpatParser(forbid_dtd=True)
    parser.setFeature(feature_namespaces, True)  # noqa: FBT003  SAX's signature
    parser.setContentHandler(_Trees(take, namespaces, parser))
    try:
        for chunk in _chunks(file):
            parser.feed(chunk)
        parser.close()
    except DefusedXmlException as error:
        raise BankFileError(BankFileProblem.XML_FORBIDDEN) from error
    except SAXParseException as error:
        raise BankFileError(BankFileProblem.XML_DAMAGED, str(error.getLineNumber())) from error


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(_CHUNK):
        yield chunk
