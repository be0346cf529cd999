"""Files of statements: right decimals, no formulas, the same bytes each time; and the whole book for the host."""

import csv
import io
import json
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from uuid import UUID

import openpyxl
import pytest
from django.core.files.storage import default_storage
from django.urls import reverse

from alliance.kernel.errors import NotFoundError, NotPermittedError
from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import organization_scope
from settlements.domain.statement_content import LineContent, StatementContent, TermsUsed, root_of
from settlements.exports.reading import COLUMNS
from settlements.models import Export, Period, Statement
from settlements.proof import alliance_verify
from settlements.proof.alliance_verify import verify
from settlements.services.accrue_conversions import accrue_conversions
from settlements.services.close_period import close_period
from settlements.services.create_export import (
    NotProvableError,
    NotSealedYetError,
    WrongExportFormatError,
    create_export,
)
from settlements.services.expire_exports import expire_exports
from tests.cast import (
    alliance_of,
    full_cast,
    host_organization,
    join,
    partner_organization,
    signed_agreement,
    signed_in,
)
from tests.contract.settlements.proof.evidence import seal
from tests.contract.settlements.proof.tampering import tamper
from tests.jobs import run_all_jobs
from tests.orders import OrderOf, recorded

JANUARY = datetime(2026, 1, 15, 12, 30, 45, tzinfo=UTC)
NOW = datetime(2026, 3, 15, 12, 0, tzinfo=UTC)
FORMULAS = ['=HYPERLINK("http://x")', "+1", "@a", "-2+3", "\tx", "plain", '=1+cmd|" /C calc"!A0', "中文，引号“”"]


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}},
    }


@pytest.fixture
def cast(db):
    return full_cast()


def closed(alliance, orders, now=NOW):
    """Orders of January, accrued, closed."""
    host = alliance.host
    ids = recorded(alliance, orders, now=JANUARY)
    with organization_scope(host.id):
        accrue_conversions(actor=host.system, conversion_ids=ids, now=JANUARY)
        close_period(actor=host.system, period_id=Period.objects.get().id, now=now)


def statement_of(party):
    with organization_scope(party.id):
        return Statement.objects.get(organization_id=party.id)


def exported(party, file_format, *, statement_id=None, alliance_id=None, actor=None):
    """The export as the job left it, and its bytes."""
    with organization_scope(party.id):
        export_id = create_export(
            actor=actor or party.actor(),
            file_format=file_format,
            statement_id=statement_id,
            alliance_id=alliance_id,
            now=NOW,
        )
    run_all_jobs(party.id)
    with organization_scope(party.id):
        export = Export.objects.get(pk=export_id)
    assert export.state == "succeeded", export.error_detail
    with default_storage.open(export.stored_as) as file:
        return export, file.read()


def rows_of(content):
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def sheet_of(content):
    return openpyxl.load_workbook(io.BytesIO(content), read_only=False).worksheets[0]


def test_csv(cast):
    closed(cast.alliance, [OrderOf(10000, occurred_at=JANUARY), OrderOf(-999, kind="refund", occurred_at=JANUARY)])
    statement = statement_of(cast.north)
    export, content = exported(cast.north, "csv", statement_id=statement.id)
    rows = rows_of(content)
    assert [row["row"] for row in rows] == ["opening", "line", "line", "withheld", "paid", "closing", "total"]
    assert [row["share"] for row in rows] == ["0.00", "40.00", "-4.00", "0.00", "0.00", "36.00", "36.00"]
    assert rows[1]["occurred_at"] == "2026-01-15T12:30:45Z"
    assert rows[1]["effective_on"] == "2026-01-15"
    assert (rows[-1]["line"], rows[-1]["amount"]) == ("2", "90.01")
    assert export.file_name == f"{statement.number}.csv"
    assert export.size_bytes == len(content)


def test_xlsx_has_numbers_as_numbers_and_text_as_text(cast):
    closed(cast.alliance, [OrderOf(10000, reference="00042", occurred_at=JANUARY)])
    _, content = exported(cast.north, "xlsx", statement_id=statement_of(cast.north).id)
    rows = list(sheet_of(content).iter_rows())
    line = dict(zip([cell.value for cell in rows[0]], rows[2], strict=True))
    assert (line["reference"].value, line["reference"].data_type) == ("00042", "s")
    assert (line["share"].value, line["share"].data_type, line["share"].number_format) == (40, "n", "0.00")
    assert [row[0].value for row in rows] == ["row", "opening", "line", "withheld", "paid", "closing", "total"]


def test_json_can_be_recomputed_to_its_hash(cast):
    closed(cast.alliance, [OrderOf(100 + n, occurred_at=JANUARY) for n in range(12)])
    statement = statement_of(cast.north)
    _, content = exported(cast.north, "json", statement_id=statement.id)
    told = json.loads(content)
    head = told["statement"]
    lines = [
        LineContent(
            line["line"],
            line["section"],
            line["kind"],
            datetime.fromisoformat(line["occurred_at"]),
            date.fromisoformat(line["effective_on"]),
            line["terms_version"],
            line["currency"],
            line["amount_minor"],
            line["share_minor"],
            line["reference"],
        )
        for line in told["lines"]
    ]
    content = StatementContent(
        number=head["number"],
        organization_id=UUID(head["organization_id"]),
        agreement_id=UUID(head["agreement_id"]),
        starts_on=date.fromisoformat(head["period"]["starts_on"]),
        ends_on=date.fromisoformat(head["period"]["ends_on"]),
        time_zone=head["period"]["time_zone"],
        currency=head["currency"],
        opening_minor=head["opening_minor"],
        current_minor=head["current_minor"],
        prior_minor=head["prior_minor"],
        adjustments_minor=head["adjustments_minor"],
        withheld_minor=head["withheld_minor"],
        paid_minor=head["paid_minor"],
        closing_minor=head["closing_minor"],
        base_minor=head["amount_minor"],
        order_count=head["orders"],
        refund_count=head["refunds"],
        line_count=head["lines"],
        terms=tuple(TermsUsed(t["number"], t["sha256"], t["remainder"]) for t in head["terms"]),
        engine_version=head["engine_version"],
        lines_root=root_of(lines),
        previous_sha256=head["previous_sha256"],
        event_count=head["event_count"],
        events_sha256=head["events_sha256"],
        adjustments_sha256=head["adjustments_sha256"],
        carried=head["carried"],
        chain_number=head["chain_number"],
        chain_head=head["chain_head"],
    )
    assert content.sha256() == head["content_sha256"] == statement.content_sha256
    assert told["control"]["share_minor"] == sum(line.share_minor for line in lines)


@pytest.mark.parametrize("file_format", ["csv", "xlsx", "json"])
def test_s50_g12_the_same_statement_gives_the_same_bytes(cast, file_format):
    closed(cast.alliance, [OrderOf(100 + n, occurred_at=JANUARY) for n in range(30)])
    statement = statement_of(cast.north)
    first, content = exported(cast.north, file_format, statement_id=statement.id)
    again, same = exported(cast.host, file_format, statement_id=statement.id)
    assert content == same
    assert first.sha256 == again.sha256
    assert first.id != again.id


def test_s51_no_cell_is_a_formula(cast):
    closed(cast.alliance, [OrderOf(100, reference=text, occurred_at=JANUARY) for text in FORMULAS])
    statement = statement_of(cast.north)
    _, content = exported(cast.north, "csv", statement_id=statement.id)
    references = {row["reference"] for row in rows_of(content)} - {""}
    assert references == {text if text in {"plain", FORMULAS[-1]} else f"'{text}" for text in FORMULAS}
    _, content = exported(cast.north, "xlsx", statement_id=statement.id)
    cells = [cell for row in sheet_of(content).iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert set(FORMULAS) <= {cell.value for cell in cells}


@pytest.mark.parametrize(
    ("currency", "shares", "amount", "csv_share", "number_format"),
    [("JPY", ("3/5", "2/5"), 101, "40", "0"), ("KWD", ("333/1000", "667/1000"), 12345, "8.234", "0.000")],
)
def test_currencies_keep_their_decimals(db, currency, shares, amount, csv_share, number_format):
    host, partner = host_organization(), partner_organization()
    alliance = alliance_of(host)
    join(alliance, partner, code="p")
    signed_agreement(alliance, [(host, Fraction(shares[0])), (partner, Fraction(shares[1]))], currency=currency)
    closed(alliance, [OrderOf(amount, "p", JANUARY, currency=currency)])
    statement = statement_of(partner)
    _, content = exported(partner, "csv", statement_id=statement.id)
    shares = {row["row"]: row["share"] for row in rows_of(content)}
    assert [shares[row] for row in ("line", "closing", "total")] == [csv_share] * 3
    _, content = exported(partner, "json", statement_id=statement.id)
    assert json.loads(content)["lines"][0]["share"] == csv_share
    _, content = exported(partner, "xlsx", statement_id=statement.id)
    cell = list(sheet_of(content).iter_rows())[2][COLUMNS.index("share")]
    assert (Decimal(str(cell.value)), cell.number_format) == (Decimal(csv_share), number_format)


@pytest.mark.parametrize("file_format", ["beancount", "hledger"])
def test_the_host_gets_its_whole_book(cast, file_format, tmp_path):
    closed(cast.alliance, [OrderOf(100 + n, occurred_at=JANUARY) for n in range(5)])
    export, content = exported(cast.host, file_format, alliance_id=cast.alliance.id)
    path = tmp_path / export.file_name
    path.write_bytes(content)
    checker = (
        [str(Path(sys.executable).with_name("bean-check")), str(path)]
        if file_format == "beancount"
        else [shutil.which("hledger"), "check", "--strict", "-f", str(path)]
    )
    if checker[0] is None:
        pytest.skip("hledger is not installed")
    assert subprocess.run(checker, capture_output=True, check=False).returncode == 0


def test_who_may_have_what(cast):
    closed(cast.alliance, [OrderOf(100, occurred_at=JANUARY)])
    statement = statement_of(cast.north)
    exported(cast.host, "csv", statement_id=statement.id)
    for party, error, target in (
        (cast.south, NotFoundError, {"statement_id": statement.id, "file_format": "csv"}),
        (cast.north, NotFoundError, {"statement_id": statement_of(cast.host).id, "file_format": "csv"}),
        (cast.north, NotFoundError, {"alliance_id": cast.alliance.id, "file_format": "beancount"}),
        (cast.host, WrongExportFormatError, {"alliance_id": cast.alliance.id, "file_format": "csv"}),
        (cast.host, WrongExportFormatError, {"statement_id": statement.id, "file_format": "beancount"}),
        (cast.host, WrongExportFormatError, {"file_format": "csv"}),
    ):
        with organization_scope(party.id), pytest.raises(error):
            create_export(actor=party.actor(), now=NOW, **target)
    with organization_scope(cast.north.id), pytest.raises(NotPermittedError):
        create_export(actor=cast.north.actor(Role.VIEWER), file_format="csv", statement_id=statement.id, now=NOW)


def test_files_are_forgotten_after_their_time(committed):
    cast = full_cast()
    closed(cast.alliance, [OrderOf(100, occurred_at=JANUARY)])
    export, _ = exported(cast.north, "csv", statement_id=statement_of(cast.north).id)
    expire_exports(now=export.expires_at - timedelta(seconds=1))
    assert default_storage.exists(export.stored_as)
    expire_exports(now=export.expires_at)
    assert not default_storage.exists(export.stored_as)
    with organization_scope(cast.north.id):
        assert not Export.objects.get(pk=export.pk).is_ready


def test_evidence_waits_for_the_seal_and_then_holds(cast):
    closed(cast.alliance, [OrderOf(10000, occurred_at=JANUARY), OrderOf(999, occurred_at=JANUARY)])
    statement = statement_of(cast.north)
    with pytest.raises(NotSealedYetError):
        exported(cast.north, "evidence", statement_id=statement.id)
    seal(cast)
    export, content = exported(cast.north, "evidence", statement_id=statement.id)
    assert export.file_name == f"{statement.number}.evidence.json"
    assert verify(json.loads(content)).verdict == "same"
    assert exported(cast.north, "evidence", statement_id=statement.id)[1] == content


def test_a_statement_without_events_has_no_evidence(committed):
    cast = full_cast()
    closed(cast.alliance, [OrderOf(10000, occurred_at=JANUARY)])
    statement = statement_of(cast.north)
    old = "UPDATE settlements_statement SET content_version = 2 WHERE id = %(id)s"
    tamper(old, {"id": statement.id}, "settlements_statement")
    with pytest.raises(NotProvableError):
        exported(cast.north, "evidence", statement_id=statement.id)


def test_the_verifier_is_a_file_to_save(cast):
    response = signed_in(cast.north.viewer).get(reverse("portal:verifier"))
    assert response["Content-Disposition"] == 'attachment; filename="alliance_verify.py"'
    assert response.content == Path(alliance_verify.__file__).read_bytes()
