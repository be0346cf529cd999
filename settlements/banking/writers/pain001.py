"""ISO 20022 customer credit transfers (pain.001), versions 03, 09 and 11."""

from datetime import UTC
from typing import Final
from xml.etree import ElementTree as ET  # only written with here

from alliance.kernel.money import format_minor
from settlements.banking.domain.bank_text import bank_text
from settlements.banking.domain.payment_orders import PaymentAccount, PaymentFormat, PaymentInstruction, PaymentOrder

_NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd:"


def pain001(order: PaymentOrder, version: PaymentFormat) -> bytes:
    """The order as XML; the same order gives the same bytes. It must have passed `payment_problems`.

    Names and texts are transliterated; ids and account numbers stand as they are. The count and the control sum are in
    the group header and in the one payment block.
    """
    document = ET.Element("Document", {"xmlns": f"{_NAMESPACE}{version}"})
    root = ET.SubElement(document, "CstmrCdtTrfInitn")
    header = ET.SubElement(root, "GrpHdr")
    _text(header, "MsgId", order.message_id)
    _text(header, "CreDtTm", order.created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    _totals(header, order)
    _text(ET.SubElement(header, "InitgPty"), "Nm", bank_text(order.payer.name))
    _payment_block(root, order, version)
    ET.indent(document, space=" ")
    return bytes(ET.tostring(document, encoding="utf-8", xml_declaration=True)) + b"\n"


def _payment_block(root: ET.Element, order: PaymentOrder, version: PaymentFormat) -> None:
    block = ET.SubElement(root, "PmtInf")
    _text(block, "PmtInfId", order.message_id)
    _text(block, "PmtMtd", "TRF")
    _text(block, "BtchBookg", "false")
    _totals(block, order)
    if order.is_sepa:
        _text(ET.SubElement(ET.SubElement(block, "PmtTpInf"), "SvcLvl"), "Cd", "SEPA")
    day = ET.SubElement(block, "ReqdExctnDt")
    (day if version is PaymentFormat.PAIN_03 else ET.SubElement(day, "Dt")).text = order.execute_on.isoformat()
    _text(ET.SubElement(block, "Dbtr"), "Nm", bank_text(order.payer.name))
    account = _account(block, "DbtrAcct", order.payer)
    _text(account, "Ccy", order.currency)
    _agent(block, "DbtrAgt", order.payer, version)
    _text(block, "ChrgBr", "SLEV" if order.is_sepa else "SHAR")
    for instruction in order.instructions:
        _transfer(block, instruction, version)


def _transfer(block: ET.Element, instruction: PaymentInstruction, version: PaymentFormat) -> None:
    transfer, payee = ET.SubElement(block, "CdtTrfTxInf"), instruction.payee
    _text(ET.SubElement(transfer, "PmtId"), "EndToEndId", instruction.end_to_end_id)
    amount = ET.SubElement(ET.SubElement(transfer, "Amt"), "InstdAmt", {"Ccy": instruction.currency})
    amount.text = format_minor(instruction.amount_minor, instruction.currency)
    if payee.bic or payee.cnaps:
        _agent(transfer, "CdtrAgt", payee, version)
    _text(ET.SubElement(transfer, "Cdtr"), "Nm", bank_text(payee.name))
    _account(transfer, "CdtrAcct", payee)
    if text := bank_text(instruction.text):
        _text(ET.SubElement(transfer, "RmtInf"), "Ustrd", text)


def _account(parent: ET.Element, tag: str, account: PaymentAccount) -> ET.Element:
    element = ET.SubElement(parent, tag)
    id_ = ET.SubElement(element, "Id")
    _text(id_ if account.is_iban else ET.SubElement(id_, "Othr"), "IBAN" if account.is_iban else "Id", account.number)
    return element


def _agent(parent: ET.Element, tag: str, account: PaymentAccount, version: PaymentFormat) -> None:
    """The bank: by BIC, by its number in the Chinese clearing system, or left to be found from the IBAN."""
    bank = ET.SubElement(ET.SubElement(parent, tag), "FinInstnId")
    if account.bic:
        _text(bank, "BIC" if version is PaymentFormat.PAIN_03 else "BICFI", account.bic)
    if account.cnaps:
        member = ET.SubElement(bank, "ClrSysMmbId")
        _text(ET.SubElement(member, "ClrSysId"), "Cd", "CNAPS")
        _text(member, "MmbId", account.cnaps)
    if not account.bic and not account.cnaps:
        _text(ET.SubElement(bank, "Othr"), "Id", "NOTPROVIDED")


def _totals(parent: ET.Element, order: PaymentOrder) -> None:
    _text(parent, "NbOfTxs", str(len(order.instructions)))
    _text(parent, "CtrlSum", format_minor(order.total_minor, order.currency))


def _text(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, tag).text = text
