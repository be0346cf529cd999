"""The whole book as Beancount and hledger, judged by the real tools."""

import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from alliance.kernel.errors import NotFoundError
from alliance.kernel.tenancy import organization_scope
from settlements.ledger.domain import AccountKind, AccountSpec, JournalDraft, Leg
from settlements.ledger.exports.beancount import beancount_lines
from settlements.ledger.exports.hledger import hledger_lines
from settlements.ledger.exports.reading import Directory
from settlements.ledger.selectors import trial_balance
from settlements.ledger.services.open_accounts import open_accounts
from tests.cast import host_organization
from tests.contract.settlements.ledger.books import NOON, BookOf, a_book

BEAN_CHECK = Path(sys.executable).parent / "bean-check"
needs_hledger = pytest.mark.skipif(
    shutil.which("hledger") is None, reason="hledger is missing; install the package hledger of your system"
)


def filled(book: BookOf) -> BookOf:
    """Journals with everything that could upset a parser: quotes, commas, Chinese, no decimals, three decimals."""
    book.post(book.sale(10_003))
    book.post(book.draft(("clearing", 7), ("pending", -7), key='a "quoted" \\ key; with, marks | and\nlines'))
    book.post(book.draft(("clearing", -50), ("pending", 50), kind="refund", key="退款 订单 7"))
    book.post(book.draft(("clearing", 100), ("pending", -100), ("dollar_clearing", 9), ("dollars", -9)))
    with organization_scope(book.host.id):
        specs = [
            AccountSpec(book.host.id, None, currency, kind)
            for currency in ("JPY", "KWD")
            for kind in (AccountKind.FX_CLEARING, AccountKind.IN_TRANSIT)
        ]
        opened = open_accounts(book_id=book.id, specs=specs)
    for currency in ("JPY", "KWD"):
        legs = (
            Leg(opened[AccountSpec(book.host.id, None, currency, AccountKind.FX_CLEARING)], 12_345),
            Leg(opened[AccountSpec(book.host.id, None, currency, AccountKind.IN_TRANSIT)], -12_345),
        )
        book.post(JournalDraft(f"exchange {currency}", "exchange", None, date(2025, 1, 1), NOON, legs))
    return book


@pytest.fixture
def book(db) -> BookOf:
    return filled(a_book())


def written(path: Path, lines) -> Path:
    path.write_text("".join(lines), encoding="utf-8")
    return path


def run(*command: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(c) for c in command], capture_output=True, text=True, check=False, timeout=120)


def off_by_a_cent(path: Path) -> Path:
    text = path.read_text(encoding="utf-8")
    assert "100.03 EUR" in text
    return written(path.with_name("off" + path.suffix), [text.replace("100.03 EUR", "100.04 EUR", 1)])


def test_bean_check_accepts_the_book_and_not_one_that_is_a_cent_off(book, tmp_path):
    with organization_scope(book.host.id):
        path = written(tmp_path / "book.beancount", beancount_lines(book.id))
    accepted = run(BEAN_CHECK, path)
    assert (accepted.returncode, accepted.stdout + accepted.stderr) == (0, "")
    assert "does not balance" in run(BEAN_CHECK, off_by_a_cent(path)).stderr


@needs_hledger
def test_hledger_accepts_the_book_and_not_one_that_is_a_cent_off(book, tmp_path):
    with organization_scope(book.host.id):
        path = written(tmp_path / "book.journal", hledger_lines(book.id))
    accepted = run("hledger", "-f", path, "check", "--strict")
    assert (accepted.returncode, accepted.stdout + accepted.stderr) == (0, "")
    assert run("hledger", "-f", off_by_a_cent(path), "check", "--strict").returncode != 0


@needs_hledger
def test_hledger_reads_the_same_balances(book, tmp_path):
    with organization_scope(book.host.id):
        path = written(tmp_path / "book.journal", hledger_lines(book.id))
        ours = {str(line.account.id): line.balance_minor for line in trial_balance(book.id).lines}
        names = {each.name: str(each.account.id) for each in Directory(book.id).refresh()}
    listed = run("hledger", "-f", path, "balance", "--flat", "-N", "-E", "-O", "csv").stdout.splitlines()[1:]
    theirs = {}
    for line in listed:
        name, amount = line.strip('"').split('","')
        theirs[names[name]] = int(amount.split()[0].replace(".", ""))
    assert theirs == {account: amount for account, amount in ours.items() if amount or account in theirs}


def test_the_same_book_gives_the_same_bytes(book):
    with organization_scope(book.host.id):
        assert list(beancount_lines(book.id)) == list(beancount_lines(book.id))
        assert list(hledger_lines(book.id)) == list(hledger_lines(book.id))


def test_an_empty_book_exports_too(db, tmp_path):
    book = a_book()
    with organization_scope(book.host.id):
        path = written(tmp_path / "empty.beancount", beancount_lines(book.id))
    assert run(BEAN_CHECK, path).returncode == 0


def test_a_stranger_exports_nothing(book):
    for stranger in (host_organization(), book.north):
        with organization_scope(stranger.id), pytest.raises(NotFoundError):
            list(beancount_lines(book.id))
        with organization_scope(stranger.id), pytest.raises(NotFoundError):
            list(hledger_lines(book.id))


def test_the_command_writes_the_file(committed, tmp_path, capsys):
    book = filled(a_book())
    for name, check in (("beancount", [BEAN_CHECK]), ("hledger", ["hledger", "check", "--strict", "-f"])):
        out = tmp_path / f"book.{name}"
        call_command("export_ledger", alliance=book.alliance_id, format=name, out=out)
        assert str(out) in capsys.readouterr().out
        if shutil.which(str(check[0])):
            assert run(*check, out).returncode == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["book.beancount", "book.hledger"]


def test_the_command_says_what_is_wrong(committed, tmp_path):
    with pytest.raises(CommandError, match="has no book"):
        call_command("export_ledger", alliance=uuid4(), format="hledger", out=tmp_path / "x")
    with pytest.raises(CommandError, match="no folder"):
        call_command("export_ledger", alliance=uuid4(), format="hledger", out=tmp_path / "nowhere" / "x")
