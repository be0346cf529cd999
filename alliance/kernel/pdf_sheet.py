"""Writing papers as PDF/A-3B: one font for both languages, every date given, so that the same content gives the same bytes."""

import gc
import weakref
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from fpdf import FPDF
from fpdf.enums import TextMode, XPos, YPos
from fpdf.fonts import TTFFont
from pylopdf_fonts_zh_cn import sans_path

FONT: Final = "NotoSansSC"
_UNKNOWN: Final = "\u25a1"  # stands for a sign that the font lacks; an empty glyph is not allowed in an archive
_SIZES: Final = {"title": 18.0, "heading": 13.0, "subheading": 11.0, "text": 9.5, "small": 7.5}
_LEADING: Final = 1.55
_POINT: Final = 25.4 / 72
_XMP: Final = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
 xmp:CreateDate="{date}" xmp:ModifyDate="{date}" xmp:MetadataDate="{date}" pdf:Producer="{producer}">
<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
</rdf:Description></rdf:RDF></x:xmpmeta>"""
_PRODUCER: Final = "Partner Alliance"


class Sheet(FPDF):
    """Pages that grow downwards: headings, paragraphs, items, facts. Nothing in them depends on when they are written."""

    def __init__(self, *, title: str, dated: datetime, footer: str) -> None:
        self._bring_back = _set_aside_for(self)
        super().__init__(enforce_compliance="PDF/A-3B")
        self.add_font(FONT, fname=str(sans_path()))
        font = self.fonts[FONT.lower()]
        self._known = frozenset(font.cmap) if isinstance(font, TTFFont) else frozenset()
        self._footer = footer
        self.set_margins(18, 16, 18)
        self.set_auto_page_break(auto=True, margin=18)
        self.set_creation_date(dated)
        self.set_title(title)
        self.set_producer(_PRODUCER)
        self.set_xmp_metadata(
            _XMP.format(date=dated.isoformat(timespec="seconds"), producer=_PRODUCER, title=_escaped(title))
        )
        self._write_as("text")
        self.add_page()

    def finished(self) -> bytes:
        """The whole paper; nothing can be added afterwards.

        Its font, some twenty megabytes once it is parsed, refers to itself: without this it would stay until the collector's
        next full pass, which a large process puts off over many papers. What was there before the paper was begun is set
        aside meanwhile, so that the pass looks through the paper alone.
        """
        body = bytes(self.output())
        self.fonts.clear()
        self.current_font = None
        gc.collect()
        self._bring_back()
        return body

    def footer(self) -> None:
        """The content hash and the page on each page."""
        self.set_y(-13)
        self._write_as("small")
        self.cell(w=0, text=f"{self._footer}   ·   {self.page_no()}", align="C")

    def heading(self, text: str, *, size: str = "heading") -> None:
        """A heading, kept with the first lines of what follows."""
        if self.will_page_break(22):
            self.add_page()
        self.ln(3 if size != "title" else 0)
        self._paragraph(text, size, bold=True)
        self.ln(1)

    def paragraph(self, text: str, *, indent: float = 0, size: str = "text") -> None:
        """Words over as many lines as they need."""
        self._paragraph(text, size, indent=indent)
        self.ln(1.2)

    def item(self, text: str, *, marker: str = "•", level: int = 1) -> None:
        """One point of a list."""
        self._write_as("text")
        left = self.l_margin + 5 * (level - 1)
        self.set_x(left)
        self.cell(w=6, text=self._known_signs(marker or " "))
        self._paragraph(text, "text", indent=5 * (level - 1) + 6)
        self.ln(0.6)

    def fact(self, label: str, value: str, *, size: str = "text") -> None:
        """A name and what it is, side by side; `size` is the value's."""
        self._write_as("text")
        top, page = self.get_y(), self.page
        self.multi_cell(
            w=52, h=self._line("text"), text=self._known_signs(label), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT
        )
        below = (self.page, self.get_y())
        self.page = page
        self.set_xy(self.l_margin, top)
        self._paragraph(value or "–", size, indent=54)
        if below > (self.page, self.get_y()):
            self.page, bottom = below
            self.set_y(bottom)

    def rule(self) -> None:
        """A thin line across the page."""
        self.ln(1)
        self.set_draw_color(160)
        self.line(self.l_margin, self.get_y(), self.w - self.r_margin, self.get_y())
        self.set_draw_color(0)
        self.ln(2)

    def columns(self, *, widths: Sequence[float], right: frozenset[int], size: str = "small") -> "Columns":
        """A table whose head, if it has one, stands on each page. Widths are millimetres; the columns in `right` are right-aligned."""
        return Columns(self, tuple(widths), right, size)

    def _paragraph(self, text: str, size: str, *, indent: float = 0, bold: bool = False) -> None:
        self._write_as(size)
        self.set_x(self.l_margin + indent)
        mode = TextMode.FILL_STROKE if bold else TextMode.FILL  # the font has one weight; headings get a thin outline
        with self.local_context(text_mode=mode, line_width=0.12):
            self.multi_cell(
                w=0,
                h=self._line(size),
                text=self._known_signs(text),
                align="L",
                new_x=XPos.LMARGIN,
                new_y=YPos.NEXT,
            )

    def write_in(self, size: str) -> float:
        """Write what follows in a size; the height of its lines in millimetres."""
        self._write_as(size)
        return self._line(size)

    def fitting(self, text: str, width: float) -> str:
        """As much of a text as a width takes, with an ellipsis where it was cut."""
        known = self._known_signs(text)
        room = width - 2 * self.c_margin
        if self.get_string_width(known) <= room:
            return known
        while known and self.get_string_width(known + "…") > room:
            known = known[:-1]
        return known + "…"

    def _write_as(self, size: str) -> None:
        self.set_font(FONT, size=_SIZES[size])

    def _line(self, size: str) -> float:
        return _SIZES[size] * _LEADING * _POINT

    def _known_signs(self, text: str) -> str:
        return "".join(sign if sign == "\n" or ord(sign) in self._known else _UNKNOWN for sign in text)


def _set_aside_for(sheet: Sheet) -> Callable[[], object]:
    """Keep the collector from all that is there, until what is returned is called or the sheet is gone.

    A process that has set aside what it loaded has little besides: nothing is done there, for all comes back at once.
    """
    if gc.get_freeze_count():
        return lambda: None
    gc.freeze()
    return weakref.finalize(sheet, gc.unfreeze)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


class Columns:
    """Rows under each other, one line each; what is too long for its column is cut, with a sign that says so."""

    def __init__(self, sheet: Sheet, widths: tuple[float, ...], right: frozenset[int], size: str) -> None:
        self._sheet, self._widths, self._right, self._size = sheet, widths, right, size
        self._head: Sequence[str] = ()

    def head(self, names: Sequence[str]) -> None:
        """The names of the columns, here and on each later page."""
        self._head = names
        self._write(names)
        self._sheet.rule()

    def row(self, cells: Sequence[str]) -> None:
        """One row."""
        if self._sheet.will_page_break(self._sheet.write_in(self._size)):
            self._sheet.add_page()
            if self._head:
                self.head(self._head)
        self._write(cells)

    def _write(self, cells: Sequence[str]) -> None:
        sheet = self._sheet
        height = sheet.write_in(self._size)
        for place, (cell, width) in enumerate(zip(cells, self._widths, strict=True)):
            text = sheet.fitting(cell, width)
            sheet.cell(w=width, h=height, text=text, align="R" if place in self._right else "L")
        sheet.ln(height)
