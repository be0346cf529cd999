"""Legal text as people write it, in Markdown: for pages as clean HTML, for the PDF as blocks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

_DEEPEST: Final = 6
_ABOVE: Final = 2  # the page's own heading and the card's stand above the text's
_TAGS: Final = frozenset(
    {"h3", "h4", "h5", "h6", "p", "br", "hr", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a"}
    | {"table", "thead", "tbody", "tr", "th", "td"}
)
_SCHEMES: Final = frozenset({"https", "http", "mailto"})
_REL: Final = "noopener noreferrer nofollow"

# No raw HTML, no pictures: what would load from elsewhere, or run, has no way in. nh3 then holds it to a list once more.
_PARSER: Final = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable(["image"])


def rich_html(text: str) -> SafeString:
    """The text as HTML that is safe to show, its headings below those of a page's card."""
    tokens = _parsed(text)
    html = _PARSER.renderer.render(tokens, _PARSER.options, {})
    clean = nh3.clean(
        html,
        tags=set(_TAGS),
        attributes={"a": {"href"}, "ol": {"start"}},
        attribute_filter=_whole_address,
        url_schemes=set(_SCHEMES),
        link_rel=_REL,
    )
    return mark_safe(clean)  # noqa: S308  cleaned in the line before


def _whole_address(_tag: str, attribute: str, value: str) -> str | None:
    """No address that means something else on each page it stands on."""
    return value if attribute != "href" or value.startswith(("https://", "http://", "mailto:")) else None


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading, item or row of the text. `level`: of a heading, or how deep an item stands.

    `kind` is `heading`, `paragraph`, `item`, `quote`, `code`, `row` or `rule`; `marker` is an item's number or bullet.
    """

    kind: str
    text: str = ""
    level: int = 0
    marker: str = ""


def blocks_of(text: str) -> list[Block]:
    """The text as blocks in their order, without emphasis; a link is followed by its address."""
    return list(_blocks(_PARSER.parse(text)))


def _parsed(text: str) -> list[Token]:
    tokens = _PARSER.parse(text)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1:]) + _ABOVE, _DEEPEST)}"
    return tokens


class _Reader:
    """Where in the text the reader is: the lists, quotes and rows that are open."""

    def __init__(self) -> None:
        self.lists: list[int | None] = []  # the next number of each open list; None for bullets
        self.marker = ""
        self.quotes = 0
        self.heading = 0
        self.cells: list[str] | None = None

    def open(self, token: Token) -> None:
        """Take note of an opening token."""
        match token.type:
            case "bullet_list_open":
                self.lists.append(None)
            case "ordered_list_open":
                self.lists.append(int(token.attrGet("start") or 1))
            case "list_item_open":
                self.marker = self._next_marker()
            case "blockquote_open":
                self.quotes += 1
            case "heading_open":
                self.heading = int(token.tag[1:])
            case "tr_open":
                self.cells = []

    def close(self, token: Token) -> Iterator[Block]:
        """Take note of a closing token; a row is whole then."""
        match token.type:
            case "bullet_list_close" | "ordered_list_close":
                self.lists.pop()
            case "blockquote_close":
                self.quotes -= 1
            case "heading_close":
                self.heading = 0
            case "tr_close":
                yield Block("row", " | ".join(self.cells or []))
                self.cells = None

    def block(self, text: str) -> Block:
        """The block that this text is, here."""
        if self.heading:
            return Block("heading", text, self.heading)
        if self.lists:
            marker, self.marker = self.marker, ""
            return Block("item", text, len(self.lists), marker)
        return Block("quote" if self.quotes else "paragraph", text)

    def _next_marker(self) -> str:
        number = self.lists[-1]
        if number is None:
            return "•"
        self.lists[-1] = number + 1
        return f"{number}."


def _blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    reader = _Reader()
    for token in tokens:
        if token.nesting == 1:
            reader.open(token)
        elif token.nesting == -1:
            yield from reader.close(token)
        elif token.type == "inline" and reader.cells is not None:
            reader.cells.append(_plain(token))
        elif token.type == "inline":
            yield reader.block(_plain(token))
        elif token.type in {"fence", "code_block"}:
            yield Block("code", token.content.rstrip("\n"))
        elif token.type == "hr":
            yield Block("rule")


def _plain(inline: Token) -> str:
    """The words of a line; a link's address follows it in brackets unless the words are the address."""
    words: list[str] = []
    address = ""
    begin = 0
    for child in inline.children or []:
        if child.type == "link_open":
            address, begin = str(child.attrGet("href") or ""), len(words)
        elif child.type == "link_close" and address != "".join(words[begin:]):
            words.append(f" ({address})")
        elif child.type in {"softbreak", "hardbreak"}:
            words.append("\n" if child.type == "hardbreak" else " ")
        else:
            words.append(child.content)
    return "".join(words)
