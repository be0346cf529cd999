"""Bank statements as a bank would send them (CAMT.053), about movements that a demo or a test names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from xml.etree import ElementTree as ET  # only written with here

from alliance.kernel.money import format_minor

_NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd:camt.053.001."


@dataclass(frozen=True, slots=True)
class Movement:
    """One entry: money that came in is positive. `parts` are the payments of a batch: (end-to-end id, amount)."""

    booked_on: date
    amount_minor: int
    end_to_end_id: str = ""
    name: str = ""
    number: str = ""
    text: str = ""
    bank_reference: str = ""
    return_reason: str = ""
    is_charge: bool = False
    is_booked: bool = True
    parts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class AccountStatement:
    """One statement of an account."""

    reference: str
    number: str
    currency: str
    opening_minor: int
    movements: Sequence[Movement]
    first_day: date
    last_day: date

    @property
    def closing_minor(self) -> int:
        """The balance at its end."""
        return self.opening_minor + sum(m.amount_minor for m in self.movements if m.is_booked)


def camt053(*statements: AccountStatement, version: str = "08") -> bytes:
    """The statements in one file, version 02 or 08; the same statements give the same bytes."""
    document = ET.Element("Document", {"xmlns": f"{_NAMESPACE}{version}"})
    root = ET.SubElement(document, "BkToCstmrStmt")
    header = ET.SubElement(root, "GrpHdr")
    _text(header, "MsgId", f"MSG-{statements[0].reference}"[:35])
    _text(header, "CreDtTm", f"{statements[0].last_day}T20:00:00+00:00")
    for statement in statements:
        _statement(root, statement, version)
    ET.indent(document)
    return bytes(ET.tostring(document, encoding="utf-8", xml_declaration=True)) + b"\n"


def _statement(root: ET.Element, statement: AccountStatement, version: str) -> None:
    element = ET.SubElement(root, "Stmt")
    _text(element, "Id", statement.reference)
    _text(element, "CreDtTm", f"{statement.last_day}T20:00:00+00:00")
    span = ET.SubElement(element, "FrToDt")
    _text(span, "FrDtTm", f"{statement.first_day}T00:00:00")
    _text(span, "ToDtTm", f"{statement.last_day}T23:59:59")
    account = ET.SubElement(element, "Acct")
    _number(account, statement.number)
    _text(account, "Ccy", statement.currency)
    for kind, minor, day in (
        ("OPBD", statement.opening_minor, statement.first_day),
        ("CLBD", statement.closing_minor, statement.last_day),
    ):
        balance = ET.SubElement(element, "Bal")
        _text(ET.SubElement(ET.SubElement(balance, "Tp"), "CdOrPrtry"), "Cd", kind)
        _amount(balance, minor, statement.currency)
        _text(ET.SubElement(balance, "Dt"), "Dt", day.isoformat())
    for movement in statement.movements:
        _entry(element, movement, statement.currency, version)


def _entry(parent: ET.Element, movement: Movement, currency: str, version: str) -> None:
    entry = ET.SubElement(parent, "Ntry")
    _amount(entry, movement.amount_minor, currency)
    state = "BOOK" if movement.is_booked else "PDNG"
    if version == "02":
        _text(entry, "Sts", state)
    else:
        _text(ET.SubElement(entry, "Sts"), "Cd", state)
    for tag in ("BookgDt", "ValDt"):
        _text(ET.SubElement(entry, tag), "Dt", movement.booked_on.isoformat())
    if movement.bank_reference:
        _text(entry, "AcctSvcrRef", movement.bank_reference)
    _transaction_code(entry, movement)
    details = ET.SubElement(entry, "NtryDtls")
    for end_to_end_id, minor in movement.parts or ((movement.end_to_end_id, movement.amount_minor),):
        _details(details, movement, (end_to_end_id, minor), currency, version)


def _transaction_code(entry: ET.Element, movement: Movement) -> None:
    domain = ET.SubElement(ET.SubElement(entry, "BkTxCd"), "Domn")
    _text(domain, "Cd", "PMNT")
    family = ET.SubElement(domain, "Fmly")
    _text(family, "Cd", "RCDT" if movement.amount_minor > 0 else "ICDT")
    _text(family, "SubFmlyCd", "CHRG" if movement.is_charge else "ESCT")


def _details(details: ET.Element, movement: Movement, part: tuple[str, int], currency: str, version: str) -> None:
    detail = ET.SubElement(details, "TxDtls")
    _text(ET.SubElement(detail, "Refs"), "EndToEndId", part[0] or "NOTPROVIDED")
    if version == "02":
        amount = ET.SubElement(ET.SubElement(detail, "AmtDtls"), "TxAmt")
        _text(amount, "Amt", format_minor(abs(part[1]), currency), Ccy=currency)
    else:
        _amount(detail, part[1], currency)
    # The payer of the money that came in, the payee of what went out; what came back names whom it was meant for.
    side = "Cdtr" if movement.amount_minor < 0 or movement.return_reason else "Dbtr"
    if movement.name:
        parties = ET.SubElement(detail, "RltdPties")
        party = ET.SubElement(parties, side)
        _text(party if version == "02" else ET.SubElement(party, "Pty"), "Nm", movement.name)
        if movement.number:
            _number(ET.SubElement(parties, f"{side}Acct"), movement.number)
    if movement.text:
        _text(ET.SubElement(detail, "RmtInf"), "Ustrd", movement.text)
    if movement.return_reason:
        _text(ET.SubElement(ET.SubElement(detail, "RtrInf"), "Rsn"), "Cd", movement.return_reason)


def _number(account: ET.Element, number: str) -> None:
    """An IBAN begins with its country; other numbers are the bank's own."""
    id_ = ET.SubElement(account, "Id")
    if number[:2].isalpha():
        _text(id_, "IBAN", number)
    else:
        _text(ET.SubElement(id_, "Othr"), "Id", number)


def _amount(parent: ET.Element, minor: int, currency: str) -> None:
    _text(parent, "Amt", format_minor(abs(minor), currency), Ccy=currency)
    _text(parent, "CdtDbtInd", "CRDT" if minor >= 0 else "DBIT")


def _text(parent: ET.Element, tag: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, tag, attributes).text = text
