"""A statement on paper: both languages, every figure, the hashes, and the same bytes each time."""

import gc
import io
import weakref
from datetime import datetime

import pytest
from pypdf import PdfReader

from alliance.kernel.pdf_sheet import FONT, Sheet
from alliance.kernel.tenancy import atomic, organization_scope
from settlements.exports import pdf_file
from settlements.exports.pdf_file import write_pdf
from settlements.exports.reading import visible_statement
from settlements.models import ExportFormat
from tests.cast import full_cast
from tests.contract.settlements.market import FEBRUARY, JANUARY, Market
from tests.contract.settlements.proof.worlds import WORLDS, closed, sale
from tests.contract.settlements.test_exports import exported
from tests.domain.partners.terms import written
from tests.orders import OrderOf

pytestmark = pytest.mark.django_db


def pdf_of(statement):
    file = io.BytesIO()
    with organization_scope(statement.organization_id), atomic():
        write_pdf(visible_statement(statement.id), file)
    return file.getvalue()


def text_of(content):
    return "\n".join(pages_of(content))


def pages_of(content):
    return [page.extract_text().replace("\0", "") for page in PdfReader(io.BytesIO(content)).pages]


def test_every_figure_line_and_hash_is_on_it_in_both_languages(db):
    market = closed(WORLDS["a fee, an advance and a guarantee"])
    statement = market.statement(1)
    text = text_of(pdf_of(statement))
    plain = text.replace("\n", "")
    for part in (statement.number, "Opening", "期初", "This period", "本期", "Adjustments", "调整", "Closing", "期末"):
        assert part in text
    for part in ("250.00 EUR", "300.00 EUR", "W-0", "W-1", "Shelf rent", "Guaranteed minimum", "保底"):
        assert part in text
    for value in (statement.content_sha256, statement.lines_root, statement.events_sha256, statement.chain_head):
        assert value in plain


def test_what_is_kept_in_reserve_stands_on_it(db):
    statement = closed(WORLDS["a reserve"]).statement(1)
    text = text_of(pdf_of(statement))
    assert "What the closing is made of" in text
    assert "5.00 EUR" in text
    assert "45.00 EUR" in text


def test_s50_the_same_statement_gives_the_same_bytes_in_pdf_a(db):
    statement = closed(WORLDS["a plain split"]).statement(1)
    first = pdf_of(statement)
    assert pdf_of(statement) == first
    reader = PdfReader(io.BytesIO(first))
    metadata = reader.xmp_metadata
    assert metadata is not None
    assert b"<pdfaid:part>3</pdfaid:part>" in first
    assert metadata.xmp_create_date == datetime(2026, 2, 15, 12)


def test_a_table_of_many_lines_has_its_head_on_each_page_and_says_what_is_left_out(db, monkeypatch):
    monkeypatch.setattr(pdf_file, "MOST_LINES", 90)
    market = Market([written.clause(written.commission("10%"))])
    market.sell(*(OrderOf(1000 + n, reference=f"O-{n:03d}", occurred_at=JANUARY) for n in range(100)))
    market.close(JANUARY, now=FEBRUARY)
    content = pdf_of(market.statement(1))
    pages = pages_of(content)
    assert len(pages) > 2
    assert all("Reference" in page for page in pages[:2])
    text = "\n".join(pages)
    assert "O-089" in text
    assert "O-090" not in text
    assert "Only the first 90 of 100 lines are printed." in text


def test_a_long_or_strange_reference_stays_in_its_column(db):
    market = Market([written.clause(written.commission("10%"))])
    market.sell(sale(1000, "引用" * 30), sale(1000, "emoji 😀 \u2067x"))
    market.close(JANUARY, now=FEBRUARY)
    text = text_of(pdf_of(market.statement(1)))
    assert "引用引用" in text
    assert "…" in text
    assert "1.00" in text


def test_it_is_one_of_the_formats(db, settings, tmp_path):
    from tests.contract.settlements.test_exports import closed as close_month
    from tests.contract.settlements.test_exports import statement_of

    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}},
    }
    cast = full_cast()
    close_month(cast.alliance, [OrderOf(10000, occurred_at=JANUARY)])
    export, content = exported(cast.north, ExportFormat.PDF, statement_id=statement_of(cast.north).id)
    assert export.file_name.endswith(".pdf")
    assert content.startswith(b"%PDF-")


def test_a_finished_paper_lets_go_of_its_font():
    """Parsed it is some twenty megabytes that refer to themselves: nothing may wait for the collector's next full pass."""
    gc.disable()
    try:
        sheet = Sheet(title="对账单", dated=JANUARY, footer="SHA-256")
        sheet.paragraph("Statement 对账单")
        font = weakref.ref(sheet.fonts[FONT.lower()].ttfont)
        assert sheet.finished().startswith(b"%PDF")
        assert font() is None
    finally:
        gc.enable()


@pytest.fixture
def nothing_set_aside():
    """As in a process that has set aside nothing; tests may have."""
    was_set_aside = gc.get_freeze_count() > 0
    gc.unfreeze()
    yield
    gc.unfreeze()
    if was_set_aside:
        gc.freeze()


@pytest.mark.usefixtures("nothing_set_aside")
def test_what_was_there_before_a_paper_is_set_aside_until_it_is_finished():
    sheet = Sheet(title="对账单", dated=JANUARY, footer="SHA-256")
    assert gc.get_freeze_count() > 0
    other = Sheet(title="Another", dated=JANUARY, footer="SHA-256")
    other.finished()
    assert gc.get_freeze_count() > 0, "the first is not finished"
    sheet.finished()
    assert gc.get_freeze_count() == 0


@pytest.mark.usefixtures("nothing_set_aside")
def test_a_paper_that_is_never_finished_brings_back_what_was_set_aside():
    sheet = Sheet(title="对账单", dated=JANUARY, footer="SHA-256")
    sheet.fonts[FONT.lower()].ttfont.close()  # its file; pytest minds one that the collector closes
    del sheet
    gc.collect()
    assert gc.get_freeze_count() == 0


@pytest.mark.usefixtures("nothing_set_aside")
def test_what_a_process_has_set_aside_stays_so():
    gc.freeze()
    Sheet(title="对账单", dated=JANUARY, footer="SHA-256").finished()
    assert gc.get_freeze_count() > 0
