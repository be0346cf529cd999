"""The job behind previews and imports of bank files."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q
from stdnum import iban

from alliance.kernel.actor import system_actor
from alliance.kernel.jobs import JobContext
from alliance.kernel.spreadsheets.working import problems_noted
from alliance.kernel.tenancy import on_commit
from partners.onboarding.bank_numbers import number_fingerprints
from settlements.banking.domain.findings import Findings, StatementFinding
from settlements.banking.domain.found import FoundEntry, FoundStatement, entry_keys
from settlements.banking.models import BankEntry, BankFile, BankImport, BankStatement
from settlements.banking.readers.problems import BankFileError, BankFileProblem
from settlements.banking.readers.reading import read_statements
from settlements.banking.readers.table import TableErrorsError
from settlements.banking.services.lock_bank import lock_bank
from settlements.banking.services.match_entries import match_entries

_SAMPLE: Final = 15
_AT_ONCE: Final = 1_000


def read_bank_file(job_id: UUID, context: JobContext, /) -> None:
    """Look through the file; an import also keeps what is not there yet and proposes what it is.

    Each statement is a transaction. Killed at any moment it begins anew, and the end is the same: statements and entries are kept once, whatever file they
    come in. Raises `BankFileError` for what is wrong with the file, after noting it in the row.
    """
    with context.transaction():
        bank_import = BankImport.objects.select_related("bank_file").get(pk=job_id)
    with problems_noted(context):
        try:
            found = read_statements(bank_import)
        except TableErrorsError as error:
            with context.transaction():
                rows = [row._asdict() for row in error.errors]
                BankImport.objects.filter(pk=job_id).update(tally=Findings(errors=rows).to_json())
            raise
        _take(bank_import, found, context)


def _take(bank_import: BankImport, found: Sequence[FoundStatement], context: JobContext) -> None:
    """Statement by statement: compare, keep when this is an import, report."""
    total, done = sum(len(statement.entries) for statement in found) or 1, 0
    findings = Findings()
    for statement in sorted(found, key=lambda s: (s.number, s.starts_on, s.reference)):
        with context.transaction():
            lock_bank(bank_import.alliance_id)  # the same file may be imported by two at once
            finding, new = _compare(statement)
            findings.statements.append(finding)
            if bank_import.preview_id is not None:
                _keep(bank_import, statement, new, context.now)
            done += len(statement.entries)
            BankImport.objects.filter(pk=bank_import.pk).update(tally=findings.to_json())
            context.report(done, total)
    if bank_import.preview_id is not None:
        with context.transaction():
            match_entries(
                actor=system_actor(context.organization_id, label="bank import"),
                alliance_id=bank_import.alliance_id,
                prepared_by_id=bank_import.created_by_id,
                prepared_by=bank_import.created_by,
                now=context.now,
            )
            _forget(bank_import.bank_file)


def _compare(statement: FoundStatement) -> tuple[StatementFinding, list[tuple[str, FoundEntry]]]:
    """What of the statement is not there yet. Raises `BankFileError` when it is there and says something else."""
    same_account = BankStatement.objects.filter(number=statement.number, currency=statement.currency)
    present = same_account.filter(reference=statement.reference).first()
    if present is not None and present.content_sha256 != statement.content_sha256():
        raise BankFileError(BankFileProblem.STATEMENT_CHANGED, statement.reference)
    keyed = list(zip(entry_keys(statement.account, statement.entries), statement.entries, strict=True))
    known = set(_known([key for key, _ in keyed]))
    new = [(key, entry) for key, entry in keyed if key not in known]
    finding = StatementFinding(
        reference=statement.reference,
        masked=f"•••• {statement.number[-4:]}",
        currency=statement.currency,
        starts_on=statement.starts_on.isoformat(),
        ends_on=statement.ends_on.isoformat(),
        opening_minor=statement.opening_minor,
        closing_minor=statement.closing_minor,
        entries=len(statement.entries),
        new=len(new),
        in_minor=sum(max(entry.amount_minor, 0) for entry in statement.entries),
        out_minor=sum(min(entry.amount_minor, 0) for entry in statement.entries),
        skipped=statement.skipped,
        is_known=present is not None or (statement.closing_minor is None and not new),
        has_gap=_has_gap(statement),
        sample=[_shown(entry) for _, entry in (new or keyed)[:_SAMPLE]],
    )
    return finding, new


def _known(keys: Sequence[str]) -> Iterator[str]:
    for start in range(0, len(keys), _AT_ONCE):
        yield from BankEntry.objects.filter(key__in=keys[start : start + _AT_ONCE]).values_list("key", flat=True)


def _has_gap(statement: FoundStatement) -> bool:
    """Whether the account's last balance before is not this statement's first: one in between may be missing."""
    before = BankStatement.objects.filter(
        ~Q(reference=statement.reference),
        number=statement.number,
        currency=statement.currency,
        closing_minor__isnull=False,
        ends_on__lt=statement.starts_on,
    )
    last = before.order_by("-ends_on", "-id").values_list("closing_minor", flat=True).first()
    return last is not None and statement.opening_minor is not None and last != statement.opening_minor


def _shown(entry: FoundEntry) -> dict[str, object]:
    return {
        "line": entry.line,
        "booked_on": entry.booked_on.isoformat(),
        "amount_minor": entry.amount_minor,
        "name": entry.name,
        "reference": entry.end_to_end_id or entry.bank_reference,
        "text": entry.text[:140],
    }


def _keep(
    bank_import: BankImport, statement: FoundStatement, new: Sequence[tuple[str, FoundEntry]], now: datetime
) -> None:
    """The statement and those of its entries that are new. A table that brings nothing new leaves no trace."""
    is_empty_table = statement.closing_minor is None and not new
    if (
        is_empty_table
        or BankStatement.objects.filter(
            number=statement.number, currency=statement.currency, reference=statement.reference
        ).exists()
    ):
        return
    owner = {"organization_id": bank_import.organization_id, "alliance_id": bank_import.alliance_id}
    row = BankStatement.objects.create(
        **owner,
        bank_import=bank_import,
        reference=statement.reference,
        number=statement.number,
        currency=statement.currency,
        starts_on=statement.starts_on,
        ends_on=statement.ends_on,
        opening_minor=statement.opening_minor,
        closing_minor=statement.closing_minor,
        entry_count=len(statement.entries),
        known_count=len(statement.entries) - len(new),
        content_sha256=statement.content_sha256(),
        imported_at=now,
        imported_by=bank_import.created_by,
    )
    BankEntry.objects.bulk_create(
        [BankEntry(**owner, statement=row, key=key, **_columns(entry)) for key, entry in new],
        batch_size=_AT_ONCE,
    )


def _columns(entry: FoundEntry) -> dict[str, object]:
    country = entry.number[:2] if iban.is_valid(entry.number) else "CN"
    return {
        "line": entry.line,
        "booked_on": entry.booked_on,
        "valued_on": entry.valued_on,
        "currency": entry.currency,
        "amount_minor": entry.amount_minor,
        "bank_reference": entry.bank_reference,
        "end_to_end_id": entry.end_to_end_id,
        "name": entry.name,
        "masked": f"•••• {entry.number[-4:]}" if entry.number else "",
        "fingerprints": number_fingerprints(entry.number, country=country) if entry.number else [],
        "text": entry.text,
        "return_reason": entry.return_reason,
        "is_return": entry.is_return,
        "is_charge": entry.is_charge,
    }


def _forget(bank_file: BankFile) -> None:
    """What it said is kept in rows now; the account numbers in the file are nobody's any more."""
    from django.core.files.storage import default_storage

    stored_as = bank_file.stored_as
    BankFile.objects.filter(pk=bank_file.pk).update(stored_as="")
    on_commit(lambda: default_storage.delete(stored_as))
