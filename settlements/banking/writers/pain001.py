"""ISO 20022 customer credit transfers (pain.001), versions 03, 09 and 11."""

from datetime import UTC
from typing import Final
from xml.etree import ElementTree as ET  # only written with here

from alliance.kernel.money import format_minor
from settlements.banking.domain.bank_text import bank_text
from settlements.banking.domain.transfers import Transfer, TransferAccount, TransferFormat, TransferList

_NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd:"


def pain001(order: TransferList, version: TransferFormat) -> bytes:
    """The order as XML; the same order gives the same bytes. It must have passed `transfer_problems`.

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


def _payment_block(root: ET.Element, order: TransferList, version: TransferFormat) -> None:
    block = ET.SubElement(root, "PmtInf")
    _text(block, "PmtInfId", order.message_id)
    _text(block, "PmtMtd", "TRF")
    _text(block, "BtchBookg", "false")
    _totals(block, order)
    if order.is_sepa:
        _text(ET.SubElement(ET.SubElement(block, "PmtTpInf"), "SvcLvl"), "Cd", "SEPA")
    day = ET.SubElement(block, "ReqdExctnDt")
    (day if version is TransferFormat.PAIN_03 else ET.SubElement(day, "Dt")).text = order.execute_on.isoformat()
    _text(ET.SubElement(block, "Dbtr"), "Nm", bank_text(order.payer.name))
    account = _account(block, "DbtrAcct", order.payer)
    _text(account, "Ccy", order.currency)
    _agent(block, "DbtrAgt", order.payer, version)
    _text(block, "ChrgBr", "SLEV" if order.is_sepa else "SHAR")
    for transfer in order.transfers:
        _transfer(block, transfer, version)


def _transfer(block: ET.Element, transfer: Transfer, version: TransferFormat) -> None:
    element, payee = ET.SubElement(block, "CdtTrfTxInf"), transfer.payee
    _text(ET.SubElement(element, "PmtId"), "EndToEndId", transfer.end_to_end_id)
    amount = ET.SubElement(ET.SubElement(element, "Amt"), "InstdAmt", {"Ccy": transfer.currency})
    amount.text = format_minor(transfer.amount_minor, transfer.currency)
    if payee.bic or payee.cnaps:
        _agent(element, "CdtrAgt", payee, version)
    _text(ET.SubElement(element, "Cdtr"), "Nm", bank_text(payee.name))
    _account(element, "CdtrAcct", payee)
    if text := bank_text(transfer.text):
        _text(ET.SubElement(element, "RmtInf"), "Ustrd", text)


def _account(parent: ET.Element, tag: str, account: TransferAccount) -> ET.Element:
    element = ET.SubElement(parent, tag)
    id_ = ET.SubElement(element, "Id")
    _text(id_ if account.is_iban else ET.SubElement(id_, "Othr"), "IBAN" if account.is_iban else "Id", account.number)
    return element


def _agent(parent: ET.Element, tag: str, account: TransferAccount, version: TransferFormat) -> None:
    """The bank: by BIC, by its number in the Chinese clearing system, or left to be found from the IBAN."""
    bank = ET.SubElement(ET.SubElement(parent, tag), "FinInstnId")
    if account.bic:
        _text(bank, "BIC" if version is TransferFormat.PAIN_03 else "BICFI", account.bic)
    if account.cnaps:
        member = ET.SubElement(bank, "ClrSysMmbId")
        _text(ET.SubElement(member, "ClrSysId"), "Cd", "CNAPS")
        _text(member, "MmbId", account.cnaps)
    if not account.bic and not account.cnaps:
        _text(ET.SubElement(bank, "Othr"), "Id", "NOTPROVIDED")


def _totals(parent: ET.Element, order: TransferList) -> None:
    _text(parent, "NbOfTxs", str(len(order.transfers)))
    _text(parent, "CtrlSum", format_minor(order.total_minor, order.currency))


def _text(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, tag).text = text
