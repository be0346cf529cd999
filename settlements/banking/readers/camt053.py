"""Bank statements in ISO 20022 CAMT.053, versions 02 and 08."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import BinaryIO, Final

from alliance.kernel.money import AmountError, parse_amount
from alliance.kernel.money.currencies import UnknownCurrencyError
from settlements.banking.domain.found import (
    LONGEST_NUMBER,
    LONGEST_REFERENCE,
    MOST_ENTRIES,
    FoundEntry,
    FoundStatement,
    days_of,
)
from settlements.banking.readers.problems import BankFileError, BankFileProblem
from settlements.banking.readers.xml_nodes import Node, read_nodes

_NAMESPACES: Final = frozenset({f"urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}" for version in ("02", "08")})
_STATEMENT_DEPTH: Final = 2
_CHARGES: Final = frozenset({"CHRG", "COMM", "FEES", "CHAR"})
_OPENING: Final = ("OPBD", "PRCD")
_CLOSING: Final = ("CLBD",)


def read_camt053(file: BinaryIO) -> list[FoundStatement]:
    """Every statement of the file, in its order. Entries that are not booked are counted and left out.

    An entry for a batch is taken apart when the file tells each payment's amount. Raises `BankFileError`, which names the
    line of what is wrong; nothing of such a file is taken.
    """
    reader = _Reader()
    read_nodes(file, reader.take, namespaces=_NAMESPACES)
    if not reader.statements:
        raise BankFileError(BankFileProblem.NO_STATEMENT)
    return reader.statements


class _Reader:
    """Turns each entry into values as soon as it has ended, so that memory holds values and never the tree."""

    def __init__(self) -> None:
        self.statements: list[FoundStatement] = []
        self._entries: list[FoundEntry] = []
        self._skipped = 0
        self._taken = 0

    def take(self, node: Node, depth: int) -> bool:
        """Whether the node stays part of the one around it."""
        if node.name == "Ntry" and depth == _STATEMENT_DEPTH + 1:
            self._take_entry(node)
            return False
        if node.name == "Stmt" and depth == _STATEMENT_DEPTH:
            self._end_statement(node)
            return False
        return True

    def _take_entry(self, node: Node) -> None:
        if node.said("Sts/Cd", "Sts") != "BOOK":
            self._skipped += 1
            return
        self._entries += [entry.tidied() for entry in _entries_of(node) if entry.amount_minor]
        self._taken += 1
        if len(self._entries) > MOST_ENTRIES or self._taken > MOST_ENTRIES:
            raise BankFileError(BankFileProblem.TOO_MANY_ENTRIES, str(node.line))

    def _end_statement(self, node: Node) -> None:
        entries, self._entries = tuple(self._entries), []
        skipped, self._skipped = self._skipped, 0
        self.statements.append(_statement(node, entries, skipped))


def _statement(node: Node, entries: tuple[FoundEntry, ...], skipped: int) -> FoundStatement:
    balances = list(_balances(node))
    opening = next((minor for kind, minor, _, _ in balances if kind in _OPENING), None)
    closing = next((minor for kind, minor, _, _ in balances if kind in _CLOSING), None)
    currency = node.said("Acct/Ccy") or next((found for _, _, found, _ in balances), "")
    currency = currency or (entries[0].currency if entries else "")
    stray = next((entry for entry in entries if entry.currency != currency), None)
    if stray is not None:
        raise BankFileError(BankFileProblem.CURRENCY_MIXED, str(stray.line))
    found = FoundStatement(
        line=node.line,
        reference=_needed(node, "Id")[:LONGEST_REFERENCE],
        number=_needed(node, "Acct/Id/IBAN", "Acct/Id/Othr/Id").replace(" ", "")[:LONGEST_NUMBER],
        currency=currency,
        **_days(node, entries, [day for _, _, _, day in balances]),
        opening_minor=None if _is_page(node) else opening,
        closing_minor=closing,
        entries=entries,
        skipped=skipped,
    )
    if not found.adds_up:
        raise BankFileError(BankFileProblem.DOES_NOT_ADD_UP, str(node.line))
    return found


def _is_page(node: Node) -> bool:
    """Whether this is one page of several, whose entries are not all there are between the balances."""
    page = node.find("StmtPgntn")
    return page is not None and (page.said("PgNb") != "1" or page.said("LastPgInd") not in {"true", "1"})


def _days(node: Node, entries: tuple[FoundEntry, ...], balance_days: list[date]) -> dict[str, date]:
    """The statement's first and last day: as it says, else by its balances, else by its entries."""
    first, last = node.find("FrToDt/FrDtTm"), node.find("FrToDt/ToDtTm")
    if first is not None and last is not None:
        return {"starts_on": _date(first), "ends_on": _date(last)}
    known = [*balance_days, *(days_of(entries) if entries else ())]
    if not known:
        created = node.find("CreDtTm")
        if created is None:
            raise BankFileError(BankFileProblem.PART_MISSING, f"{node.line}: FrToDt")
        known = [_date(created)]
    return {"starts_on": min(known), "ends_on": max(known)}


def _balances(node: Node) -> Iterator[tuple[str, int, str, date]]:
    for balance in node.all("Bal"):
        kind = balance.said("Tp/CdOrPrtry/Cd")
        if kind in {*_OPENING, *_CLOSING}:
            minor, currency = _signed(balance)
            yield kind, minor, currency, _date(_part(balance, "Dt"))


def _entries_of(node: Node) -> Iterator[FoundEntry]:
    """The entry, or each payment in it when their amounts are told and add up to it."""
    details = node.all("NtryDtls/TxDtls")
    whole = _entry(node, details[0] if len(details) == 1 else None)
    parts = [_detail_minor(detail, whole) for detail in details]
    if len(details) > 1 and None not in parts and sum(p for p in parts if p is not None) == whole.amount_minor:
        for detail, minor in zip(details, parts, strict=True):
            assert minor is not None
            yield replace(_entry(node, detail), amount_minor=minor, line=detail.line)
    else:
        yield whole


def _entry(node: Node, detail: Node | None) -> FoundEntry:
    minor, currency = _signed(node)
    booked_on = _date(_part(node, "BookgDt"))
    valued = node.find("ValDt")
    told = detail or Node("TxDtls", node.line)
    other = "Dbtr" if minor > 0 else "Cdtr"
    reason = told.said("RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry")
    return FoundEntry(
        line=node.line,
        booked_on=booked_on,
        valued_on=_date(valued) if valued is not None else booked_on,
        currency=currency,
        amount_minor=minor,
        bank_reference=told.said("Refs/AcctSvcrRef", "Refs/TxId") or node.said("AcctSvcrRef", "NtryRef"),
        end_to_end_id=told.said("Refs/EndToEndId"),
        name=_name(told, other),
        number=_number(told, other),
        text=" ".join([*(n.text.strip() for n in told.all("RmtInf/Ustrd")), told.said("AddtlTxInf")]).strip()
        or node.said("AddtlNtryInf"),
        return_reason=reason[:8],
        is_return=bool(reason) or told.find("RtrInf") is not None or node.said("RvslInd") in {"true", "1"},
        is_charge=_is_charge(node) or (detail is not None and _is_charge(detail)),
    )


def _name(told: Node, other: str) -> str:
    """The other side's; of money that came back, the one whom it was meant for."""
    sides = [other, "Cdtr" if other == "Dbtr" else "Dbtr"] if told.find("RtrInf") is not None else [other]
    paths = [f"RltdPties/{side}/{path}" for side in sides for path in ("Nm", "Pty/Nm")]
    return told.said(*paths)


def _number(told: Node, other: str) -> str:
    sides = [other, "Cdtr" if other == "Dbtr" else "Dbtr"] if told.find("RtrInf") is not None else [other]
    return told.said(*[f"RltdPties/{side}Acct/Id/{path}" for side in sides for path in ("IBAN", "Othr/Id")])


def _is_charge(node: Node) -> bool:
    return node.said("BkTxCd/Domn/Fmly/SubFmlyCd") in _CHARGES


def _detail_minor(detail: Node, whole: FoundEntry) -> int | None:
    """A payment's own amount with its sign; None when the file does not tell it in the entry's currency."""
    for path in ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt"):
        amount = detail.find(path)
        if amount is not None and amount.attributes.get("Ccy") == whole.currency:
            minor = _minor(amount)
            direction = detail.said("CdtDbtInd")
            is_credit = direction == "CRDT" if direction else whole.amount_minor > 0
            return minor if is_credit else -minor
    return None


def _signed(node: Node) -> tuple[int, str]:
    """The amount of an entry or a balance: credit positive, as the account's owner sees it."""
    amount, direction = _part(node, "Amt"), _needed(node, "CdtDbtInd")
    if direction not in {"CRDT", "DBIT"}:
        raise BankFileError(BankFileProblem.PART_MISSING, f"{node.line}: CdtDbtInd")
    minor = _minor(amount)
    return (minor if direction == "CRDT" else -minor), amount.attributes["Ccy"]


def _minor(amount: Node) -> int:
    try:
        minor = parse_amount(amount.text, amount.attributes["Ccy"])
    except (AmountError, UnknownCurrencyError, KeyError) as error:
        raise BankFileError(BankFileProblem.AMOUNT_UNREADABLE, str(amount.line)) from error
    if minor < 0:
        raise BankFileError(BankFileProblem.AMOUNT_UNREADABLE, str(amount.line))
    return minor


def _date(node: Node) -> date:
    """A day, or the day of an instant as the bank wrote it."""
    told = node.find("Dt") or node.find("DtTm") or node
    try:
        return date.fromisoformat(told.text.strip()[:10])
    except ValueError as error:
        raise BankFileError(BankFileProblem.DATE_UNREADABLE, str(told.line)) from error


def _part(node: Node, path: str) -> Node:
    found = node.find(path)
    if found is None:
        raise BankFileError(BankFileProblem.PART_MISSING, f"{node.line}: {path}")
    return found


def _needed(node: Node, *paths: str) -> str:
    text = node.said(*paths)
    if not text:
        raise BankFileError(BankFileProblem.PART_MISSING, f"{node.line}: {paths[0]}")
    return text
