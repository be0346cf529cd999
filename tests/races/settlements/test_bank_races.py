"""Two people approve the same match, two workers import the same file: at the same moment, on connections of their own."""

import io
from datetime import date

from django.core.files import File
from django.db import DatabaseError

from alliance.demo.bank_statements import AccountStatement, Movement, camt053
from alliance.kernel.jobs import run_job
from alliance.kernel.jobs.registry import registered_job
from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import organization_scope
from settlements.banking.services import approve_matches as approving
from settlements.banking.services import hold_matches as holding
from settlements.banking.services.confirm_bank_import import confirm_bank_import
from settlements.banking.services.preview_bank_import import preview_bank_import
from settlements.banking.services.upload_bank_file import upload_bank_file
from settlements.models import BankEntry, BankMatch, BankStatement
from tests.bank_files import IBAN
from tests.cast import member_of
from tests.contract.settlements.market import FEBRUARY
from tests.payouts import acting
from tests.races.together import together
from tests.reconciling import Bank

DAY = date(2026, 2, 20)
PAID = Movement(DAY, -3990, "PO-000001-001", bank_reference="B-1")


def approvals(bank, match):
    """The owner and a second finance person, both at once."""
    people = (bank.owner, acting(bank.host, member_of(bank.host, Role.FINANCE), Role.FINANCE))

    def approve(actor):
        with organization_scope(bank.host.id):
            return approving.approve_matches(actor=actor, match_ids=[match.pk], now=FEBRUARY)

    return together(*(lambda actor=actor: approve(actor) for actor in people))


def is_in_the_books_once(bank, match):
    with organization_scope(bank.host.id):
        assert BankMatch.objects.get(pk=match.pk).state == "approved"
    assert bank.payout().state == "confirmed"
    assert (bank.balance("bank"), bank.balance("fees")) == (-3990, -10)
    bank.holds()


def test_two_approvals_at_once_post_once(committed):
    bank = Bank()
    [match] = bank.imports(PAID)
    answers = approvals(bank, match)
    assert answers.count(1) == 1
    assert [type(answer) for answer in answers if answer != 1] == [holding.MatchDecidedError]
    is_in_the_books_once(bank, match)


def test_without_the_lock_the_database_still_refuses_the_second(committed, monkeypatch):
    """The control: both believe that they decide, and only the table's own rule stops one of them."""

    def unlocked(match_ids):
        return list(BankMatch.objects.select_related("entry").filter(pk__in=match_ids, state="waiting"))

    monkeypatch.setattr(approving, "hold_matches", unlocked)
    refusals = set()
    for number in range(4):
        bank = Bank()
        [match] = bank.imports(PAID)
        answers = approvals(bank, match)
        assert answers.count(1) >= 1, number
        refusals |= {type(answer) for answer in answers if answer != 1}
        is_in_the_books_once(bank, match)
    assert any(issubclass(refusal, DatabaseError) for refusal in refusals)
    assert holding.MatchDecidedError not in refusals


def test_two_imports_of_one_file_at_once_keep_each_entry_once(committed):
    bank = Bank()
    days = (date(2026, 2, 1), date(2026, 2, 28))
    movements = [PAID, *(Movement(DAY, -100 - n, text=f"? {n}") for n in range(50))]
    content = camt053(AccountStatement("S-1", IBAN, "EUR", 0, movements, *days))
    jobs = []
    with organization_scope(bank.host.id):
        for _ in range(2):
            file_id = upload_bank_file(
                actor=bank.finance,
                alliance_id=bank.market.alliance.id,
                name="bank.xml",
                content=File(io.BytesIO(content)),
                now=FEBRUARY,
            )
            preview_id = preview_bank_import(actor=bank.finance, file_id=file_id, now=FEBRUARY)
            jobs.append(confirm_bank_import(actor=bank.finance, preview_id=preview_id, now=FEBRUARY))
    job = registered_job("settlements.bankimport")
    done = together(*(lambda id_=id_: run_job(job, id_, organization_id=bank.host.id) for id_ in jobs))
    assert done == [True, True]
    with organization_scope(bank.host.id):
        assert BankStatement.objects.count() == 1
        assert BankEntry.objects.count() == 51
        assert BankMatch.objects.count() == 1
