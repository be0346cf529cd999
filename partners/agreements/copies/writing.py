"""The pages of a signed copy: the terms and the text in each language, the signatures, and the evidence as a file."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.kernel.pdf_sheet import Sheet
from partners.agreements.copies.content import CopyContent, Reading
from partners.agreements.rich_text import Block, blocks_of
from partners.agreements.signers import role_name, second_factor_name
from partners.domain.document import attached_of
from partners.domain.evidence import FILE_NAME, AcceptanceRecord

_EXPLAINED: Final = gettext_lazy(
    "This copy was made when the last party accepted. The file agreement.json inside it holds the document that was "
    "signed, in canonical form, and every acceptance; SHA-256 of the document is the content hash above. With the "
    "command verify_agreement_pdf anybody can check that nothing was changed."
)


def copy_bytes(content: CopyContent) -> bytes:
    """The copy as PDF/A-3B. The same content gives the same bytes."""
    document, evidence = content.evidence.document, content.evidence
    dated = datetime.fromisoformat(evidence.accepted_at)
    title = f"{document['name']} · {_both(gettext_lazy('Version'))} {document['number']}"
    sheet = Sheet(title=title, dated=dated, footer=f"SHA-256 {evidence.document_sha256}")
    _front(sheet, content)
    for reading in content.readings:
        _reading(sheet, reading)
    _attached(sheet, content)
    _signatures(sheet, content)
    _files(sheet, content, dated)
    return sheet.finished()


def _front(sheet: Sheet, content: CopyContent) -> None:
    document = content.evidence.document
    sheet.heading(str(document["name"]), size="title")
    sheet.paragraph(
        f"{_both(gettext_lazy('Signed agreement'))}  ·  {_both(gettext_lazy('Version'))} {document['number']}"
    )
    sheet.rule()
    for party in document.get("parties", []):
        sheet.fact(_both(gettext_lazy("Party")), str(party["name"]))
    sheet.fact(
        _both(gettext_lazy("Accepted by every party")), _instant(content.evidence.accepted_at, content.time_zone)
    )
    sheet.fact(_both(gettext_lazy("Agreement")), str(document["agreement_id"]))
    sheet.fact(_both(gettext_lazy("Content hash")), f"SHA-256 {content.evidence.document_sha256}")


def _reading(sheet: Sheet, reading: Reading) -> None:
    with translation.override(reading.language):
        sheet.rule()
        sheet.heading(translation.get_language_info(reading.language)["name_local"])
        for section in reading.sections:
            sheet.heading(section.title, size="subheading")
            for passage in section.passages:
                if passage.title:
                    sheet.paragraph(passage.title)
                for sentence in passage.sentences:
                    sheet.item(sentence.text)
        if reading.text:
            sheet.heading(_("Legal text"))
            for block in blocks_of(reading.text):
                _block(sheet, block)


def _block(sheet: Sheet, block: Block) -> None:
    """One block of a legal text."""
    writers: dict[str, Callable[[], None]] = {
        "heading": lambda: sheet.heading(block.text, size="subheading"),
        "item": lambda: sheet.item(block.text, marker=block.marker, level=block.level),
        "quote": lambda: sheet.paragraph(block.text, indent=8),
        "code": lambda: sheet.paragraph(block.text, indent=6, size="small"),
        "rule": sheet.rule,
    }
    writers.get(block.kind, lambda: sheet.paragraph(block.text))()


def _attached(sheet: Sheet, content: CopyContent) -> None:
    file = attached_of(content.evidence.document)
    if file is None:
        return
    sheet.rule()
    sheet.heading(_both(gettext_lazy("Attached file")))
    sheet.fact(_both(gettext_lazy("File")), file.name)
    sheet.fact(_both(gettext_lazy("Content hash")), f"SHA-256 {file.sha256}")


def _signatures(sheet: Sheet, content: CopyContent) -> None:
    sheet.add_page()
    sheet.heading(_both(gettext_lazy("Signatures")), size="title")
    sheet.paragraph(f"SHA-256 {content.evidence.document_sha256}")
    for record in content.evidence.acceptances:
        sheet.rule()
        for label, value in _facts(record, content.time_zone):
            sheet.fact(_both(label), value)
    sheet.rule()
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            sheet.paragraph(str(_EXPLAINED), size="small")


def _facts(record: AcceptanceRecord, zone: str) -> Iterator[tuple[Promise, str]]:
    yield gettext_lazy("Party"), record.organization_name
    yield gettext_lazy("Signed by"), record.signer_name
    yield gettext_lazy("Position"), record.signer_title
    yield gettext_lazy("Role"), _both(role_name(record.signer_role))
    yield pgettext_lazy("of a signature", "When"), _instant(record.accepted_at, zone)
    yield gettext_lazy("Network"), record.ip_prefix
    yield gettext_lazy("Browser"), record.browser
    yield gettext_lazy("Second factor"), _both(second_factor_name(record.second_factor))
    yield gettext_lazy("Language"), record.language
    yield gettext_lazy("Under hash"), record.document_sha256


def _files(sheet: Sheet, content: CopyContent, dated: datetime) -> None:
    sheet.embed_file(
        bytes=content.evidence.to_bytes(),
        basename=FILE_NAME,
        mime_type="application/json",
        associated_file_relationship="Data",
        modification_date=dated,
        creation_date=dated,
    )
    if content.attachment is not None:
        sheet.embed_file(
            bytes=content.attachment.body,
            basename=content.attachment.name,
            mime_type="application/pdf",
            associated_file_relationship="Supplement",
            modification_date=dated,
            creation_date=dated,
        )


def _instant(iso: str, zone: str) -> str:
    instant = datetime.fromisoformat(iso)
    return f"{instant.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M:%S} ({zone})"


def _both(words: Promise | str) -> str:
    """Words in every language of the installation, once where they are the same."""
    found = []
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found.append(str(words))
    return " · ".join(dict.fromkeys(found))
