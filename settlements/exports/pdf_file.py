"""A statement as PDF/A in both languages: its figures, its lines by section, and the hashes that bind it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from itertools import groupby, islice
from operator import attrgetter
from typing import BinaryIO, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from alliance.kernel.money import format_minor, with_currency
from alliance.kernel.pdf_sheet import Columns, Sheet
from partners.selectors import organization_names
from settlements.changes import estimate_figures
from settlements.exchange.other_currencies import OtherCurrency, told_currencies
from settlements.exports.reading import ExportedLine, lines_of
from settlements.ledger.domain import AccountKind
from settlements.ledger.selectors import accounts, balances
from settlements.models import Section, Statement
from settlements.templatetags.settlements import account_kind, conversion_kind, remainder_policy

MOST_LINES: Final = 5_000  # more is no paper any more; the sums are of all lines, and the other formats have them
_WIDTHS: Final = (10, 27, 41, 48, 24, 24)
_FIGURES: Final = (70, 50)
_RIGHT: Final = frozenset({0, 4, 5})
_SECTIONS: Final = dict(Section.choices)
_OWN: Final = (
    AccountKind.PENDING,
    AccountKind.AVAILABLE,
    AccountKind.RESERVE,
    AccountKind.IN_TRANSIT,
    AccountKind.RECEIVABLE,
)
_MORE: Final = gettext_lazy(
    "Only the first %(shown)s of %(all)s lines are printed. The sums are of all of them; the CSV, XLSX and JSON files have them."
)
_EXPLAINED: Final = gettext_lazy(
    "Keep this paper: the content hash binds every line, the hash of the events everything that happened in the period, and the "
    "head everything that was posted before. With the evidence of the statement and alliance_verify.py anybody can recompute it."
)


def write_pdf(statement: Statement, file: BinaryIO) -> None:
    """Write the statement as PDF/A-3B. The same statement gives the same bytes; every date in it is the statement's own."""
    names = organization_names({statement.organization_id, statement.host_id})
    title = f"{_both(gettext_lazy('Statement'))} {statement.number}"
    footer = f"{statement.number}   ·   SHA-256 {statement.content_sha256}"
    sheet = Sheet(title=title, dated=statement.closed_at, footer=footer)
    sheet.heading(title, size="title")
    sheet.paragraph(f"{names.get(statement.organization_id, '')}  ·  {statement.period_text}")
    sheet.rule()
    _facts(sheet, statement, names.get(statement.host_id, ""))
    _figures(sheet, statement)
    _lines(sheet, statement)
    _proof(sheet, statement)
    file.write(sheet.finished())


def _facts(sheet: Sheet, statement: Statement, host: str) -> None:
    last_day = statement.ends_on - timedelta(days=1)
    closed = statement.closed_at.astimezone(ZoneInfo(statement.time_zone))
    sheet.fact(_both(gettext_lazy("Host")), host)
    days = f"{statement.starts_on.isoformat()} – {last_day.isoformat()} ({statement.time_zone})"
    sheet.fact(_both(gettext_lazy("Period")), days)
    sheet.fact(_both(gettext_lazy("Closed")), f"{closed:%Y-%m-%d %H:%M:%S}")
    sheet.fact(_both(gettext_lazy("Currency")), statement.currency)
    sheet.fact(_both(gettext_lazy("Orders")), f"{statement.order_count:,}")
    sheet.fact(_both(gettext_lazy("Refunds")), f"{statement.refund_count:,}")
    for used in statement.terms:
        version = f"{used['number']} · {_words(remainder_policy, used['remainder'])}"
        sheet.fact(_both(gettext_lazy("Version of the terms")), version)


def _figures(sheet: Sheet, statement: Statement) -> None:
    """From the opening to the closing, and what the closing is made of."""
    sheet.rule()
    sheet.heading(_both(gettext_lazy("Figures")), size="subheading")
    columns = sheet.columns(widths=_FIGURES, right=frozenset({1}), size="text")
    for label, minor in (
        (gettext_lazy("Opening"), statement.opening_minor),
        (_SECTIONS[Section.CURRENT], statement.current_minor),
        (_SECTIONS[Section.PRIOR], statement.prior_minor),
        (_SECTIONS[Section.ADJUSTMENT], statement.adjustments_minor),
        (gettext_lazy("Tax withheld"), -statement.withheld_minor),
        (gettext_lazy("Paid out"), -statement.paid_minor),
        (gettext_lazy("Closing"), statement.closing_minor),
    ):
        columns.row([_both(label), _money(minor, statement)])
    estimate = estimate_figures(statement)
    sheet.heading(_both(gettext_lazy("Estimated and actual")), size="subheading")
    for label, minor in (
        (gettext_lazy("Estimated for the orders"), estimate.estimated_minor),
        (gettext_lazy("Changes to these orders"), estimate.changed_minor),
        (gettext_lazy("Actual when the statement closed"), estimate.actual_minor),
        (gettext_lazy("Changes to earlier orders"), estimate.earlier_minor),
        (gettext_lazy("What names no order"), estimate.other_minor),
    ):
        columns.row([_both(label), _money(minor, statement)])
    held = _held(statement)
    if held:
        sheet.heading(_both(gettext_lazy("What the closing is made of")), size="subheading")
    for kind, minor in held:
        columns.row([_words(account_kind, kind), _money(minor, statement)])
    for other in told_currencies(statement):
        heading = _in_each_language(partial(_in_currency, other.currency))
        sheet.heading(heading, size="subheading")
        for name, minor in _others(other):
            columns.row([_both(name), with_currency(minor, other.currency)])


def _in_currency(currency: str) -> str:
    return gettext("This period in %(currency)s") % {"currency": currency}


def _others(other: OtherCurrency) -> Iterator[tuple[Promise, int]]:
    """From the opening to the closing in a currency into which the balance was exchanged."""
    yield gettext_lazy("Opening"), other.opening_minor
    yield gettext_lazy("Exchanged"), other.exchanged_minor
    yield gettext_lazy("Withheld tax reversed"), other.tax_reversed_minor
    yield gettext_lazy("Tax withheld"), -other.withheld_minor
    yield gettext_lazy("Paid out"), -other.paid_minor
    yield gettext_lazy("Closing"), other.closing_minor


def _held(statement: Statement) -> list[tuple[str, int]]:
    """The party's accounts at the end of the period; a host's money is not kept in such accounts."""
    own = [
        account
        for account in accounts()
        if account.agreement_id == statement.agreement_id
        and account.organization_id == statement.organization_id
        and account.currency == statement.currency
        and account.kind in _OWN
    ]
    if not own or statement.organization_id == statement.host_id:
        return []
    amounts = balances(account_ids=[account.id for account in own], before=statement.ends_on)
    by_kind = {account.kind: -amounts.get(account.id, 0) for account in own}
    return [(kind.value, by_kind[kind]) for kind in _OWN if by_kind.get(kind)]


def _lines(sheet: Sheet, statement: Statement) -> None:
    shown = islice(lines_of(statement), MOST_LINES)
    for section, lines in groupby(shown, attrgetter("section")):
        sheet.heading(_both(_SECTIONS[Section(section)]), size="subheading")
        columns = sheet.columns(widths=_WIDTHS, right=_RIGHT)
        columns.head([_both(name) for name in _heads()])
        _write(columns, lines, statement)
    if statement.line_count > MOST_LINES:
        for code, _name in settings.LANGUAGES:
            with translation.override(code):
                counts = {"shown": f"{MOST_LINES:,}", "all": f"{statement.line_count:,}"}
                sheet.paragraph(str(_MORE) % counts)


def _heads() -> Iterator[Promise | str]:
    yield "#"
    yield gettext_lazy("Time")
    yield gettext_lazy("Reference")
    yield gettext_lazy("Kind")
    yield gettext_lazy("Amount")
    yield gettext_lazy("Share")


def _write(columns: Columns, lines: Iterator[ExportedLine], statement: Statement) -> None:
    zone = ZoneInfo(statement.time_zone)
    kinds: dict[str, str] = {}
    for line in lines:
        if line.kind not in kinds:
            kinds[line.kind] = _words(conversion_kind, line.kind)
        columns.row(
            [
                str(line.line_number),
                f"{line.occurred_at.astimezone(zone):%Y-%m-%d %H:%M}",
                line.reference,
                kinds[line.kind],
                format_minor(line.base_minor, statement.currency),
                format_minor(line.share_minor, statement.currency),
            ]
        )


def _proof(sheet: Sheet, statement: Statement) -> None:
    sheet.rule()
    sheet.heading(_both(gettext_lazy("Proof")), size="subheading")
    sheet.fact(_both(gettext_lazy("Content hash")), statement.content_sha256, size="small")
    sheet.fact(_both(gettext_lazy("Hash of the lines")), statement.lines_root, size="small")
    if statement.events_sha256:
        sheet.fact(
            _both(gettext_lazy("Hash of the events")),
            f"{statement.event_count:,} · {statement.events_sha256}",
            size="small",
        )
        head = f"{statement.chain_number}:{statement.chain_head}" if statement.chain_head else "–"
        sheet.fact(_both(gettext_lazy("Head of the chain")), head, size="small")
    for used in statement.terms:
        sheet.fact(f"{_both(gettext_lazy('Terms'))} {used['number']}", used["sha256"], size="small")
    sheet.fact(_both(gettext_lazy("Version of the engine")), statement.engine_version, size="small")
    if statement.previous is not None:
        sheet.fact(_both(gettext_lazy("Statement before")), statement.previous.content_sha256, size="small")
    if statement.events_sha256:
        for code, _name in settings.LANGUAGES:
            with translation.override(code):
                sheet.paragraph(str(_EXPLAINED), size="small")


def _money(minor: int, statement: Statement) -> str:
    return with_currency(minor, statement.currency)


def _both(words: Promise | str) -> str:
    """Words in every language of the installation, once where they are the same."""
    return _in_each_language(lambda: str(words))


def _words(word: Callable[[str], str], code: str) -> str:
    """The word for a code in every language."""
    return _in_each_language(lambda: word(code))


def _in_each_language(say: Callable[[], str]) -> str:
    found = []
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found.append(say())
    return " · ".join(dict.fromkeys(found))
