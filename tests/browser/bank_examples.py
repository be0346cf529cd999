"""Examples of the bank's pages: a table that waits for its columns, a preview, an import and its statement."""

import io
from datetime import datetime
from uuid import UUID

from django.core.files import File

from alliance.demo.bank_statements import Movement
from alliance.demo.world import HOST, actor_of
from alliance.kernel.inline import work_off
from alliance.kernel.tenancy import organization_scope
from partners.selectors import hosted_alliances
from settlements.banking.services.confirm_bank_import import confirm_bank_import
from settlements.banking.services.preview_bank_import import preview_bank_import
from settlements.banking.services.upload_bank_file import upload_bank_file
from settlements.models import BankEntry, BankMatch, BankStatement
from tests.bank_files import DAY, UNKNOWN, camt

TABLE = "交易日期,借方金额,贷方金额,对方户名,摘要\n2026-03-31,70.00,,北方健身,ST-0001\n"


def bank_examples(now: datetime) -> dict[str, str]:
    """An example for each parameter, made through the services in the host's scope."""
    host = actor_of(HOST)

    def upload(name: str, content: bytes) -> UUID:
        return upload_bank_file(
            actor=host, alliance_id=alliance_id, name=name, content=File(io.BytesIO(content)), now=now
        )

    with organization_scope(HOST.id):
        alliance_id = hosted_alliances()[0].id
        table_id = upload("bank.csv", TABLE.encode("gb18030"))
        waiting = camt(Movement(DAY, -250, text="Account fee", is_charge=True), UNKNOWN, reference="S-2")
        preview_id = preview_bank_import(actor=host, file_id=upload("waiting.xml", waiting), now=now)
        done = preview_bank_import(
            actor=host, file_id=upload("done.xml", camt(UNKNOWN, Movement(DAY, -777, text="What is this"))), now=now
        )
        import_id = confirm_bank_import(actor=host, preview_id=done, now=now)
    work_off(HOST.id)
    with organization_scope(HOST.id):
        statement_id = BankStatement.objects.get(bank_import_id=import_id).pk
        entry_id = BankEntry.objects.get(statement_id=statement_id, amount_minor=-777).pk
        match_id = BankMatch.objects.get(entry__statement_id=statement_id).pk
    found = {
        "bank_file_id": table_id,
        "bank_preview_id": preview_id,
        "bank_import_id": import_id,
        "bank_statement_id": statement_id,
        "entry_id": entry_id,
        "match_id": match_id,
    }
    return {name: str(value) for name, value in found.items()}
