"""Reconciliation through the pages: the queue, the proposal, the second person, and who sees what."""

from datetime import date

import pytest
from django.urls import reverse

from alliance.demo.bank_statements import Movement
from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import organization_scope
from settlements.models import BankEntry, BankMatch
from tests.cast import signed_in
from tests.reconciling import Bank

pytestmark = pytest.mark.django_db

DAY = date(2026, 2, 20)
PAID = Movement(DAY, -4000, "PO-000001-001", "North GmbH", bank_reference="B-1")


@pytest.fixture
def bank(db):
    return Bank()


def person(bank, role):
    """Somebody with a second factor in this session."""
    return signed_in(bank.host.user(role), organization=bank.host, second_factor=True)


def address(name, *arguments):
    return reverse(f"portal:{name}", args=arguments)


def text(response):
    return response.content.decode()


def test_all_that_agree_are_approved_by_one_click_of_another_person(bank):
    [exact, fee] = bank.imports(PAID, Movement(DAY, -250, text="Account fee", is_charge=True))
    finance, owner = person(bank, Role.FINANCE), person(bank, Role.OWNER)
    assert "agree to the cent" not in text(finance.get(address("bank_matches")))
    page = owner.get(address("bank_matches"))
    assert "Approve 1 match that agrees to the cent?" in text(page)
    assert page.context["exact_ids"] == str(exact.pk)
    refused = finance.post(address("bank_matches_approve"), {"matches": str(exact.pk)}, follow=True)
    assert "Somebody else has to approve it" in text(refused)
    answer = owner.post(address("bank_matches_approve"), {"matches": page.context["exact_ids"]}, follow=True)
    assert "1 match is approved" in text(answer)
    assert bank.payout().state == "confirmed"
    shown = text(owner.get(address("bank_statement", exact.entry.statement_id)))
    assert "Payment of a payout" in shown
    assert "Approved" in shown
    one = text(owner.get(address("bank_match", fee.pk)))
    assert address("bank_match_approve", fee.pk) in one
    owner.post(address("bank_match_approve", fee.pk))
    assert "What was posted" in text(owner.get(address("bank_match", fee.pk)))
    assert bank.balance("fees") == 250


def test_the_queue_says_why_and_one_says_what_it_is(bank):
    bank.imports(Movement(DAY, -4000, text="no reference"), Movement(DAY, -9000, "PO-000001-001"))
    finance = person(bank, Role.FINANCE)
    queue = text(finance.get(address("bank_exceptions")))
    assert "Nothing fits" in queue
    assert "differ by more than a fee" in queue
    with organization_scope(bank.host.id):
        entry = BankEntry.objects.get(amount_minor=-4000)
    form = finance.get(address("bank_entry", entry.pk)).context["form"]
    choice = dict(form.fields["payout"].choices)[str(bank.payout().pk)]
    assert "PO-000001-001" in choice
    assert "40.00 EUR" in choice
    wrong = finance.post(address("bank_entry", entry.pk), {"kind": "payout", "payout": "", "note": ""})
    assert wrong.status_code == 422
    assert "Choose the payout" in text(wrong)
    given = {"kind": "payout", "payout": str(bank.payout().pk), "note": "By hand"}
    answer = finance.post(address("bank_entry", entry.pk), given, follow=True)
    assert "Somebody else has to approve it" in text(answer)
    assert "Say what it is" not in text(answer)
    with organization_scope(bank.host.id):
        match = BankMatch.objects.get(entry=entry)
    own = text(finance.get(address("bank_match", match.pk)))
    assert address("bank_match_approve", match.pk) not in own
    taken_back = finance.post(address("bank_match_reject", match.pk), {"note": "No"}, follow=True)
    assert "the entry is open again" in text(taken_back)
    again = finance.post(address("bank_match_reject", match.pk), follow=True)
    assert "was decided already" in text(again)


def test_looking_anew(bank):
    bank.imports(Movement(DAY, -4000, "PO-000002-001"))
    finance = person(bank, Role.FINANCE)
    assert "Nothing new was found." in text(finance.post(address("bank_match_again"), follow=True))
    bank.pays_again()
    assert "1 match is proposed." in text(finance.post(address("bank_match_again"), follow=True))


def test_approving_needs_the_second_factor_and_a_choice(bank):
    [match] = bank.imports(PAID)
    owner = signed_in(bank.host.owner, organization=bank.host)
    refused = owner.post(address("bank_match_approve", match.pk), follow=True)
    assert "second factor" in text(refused)
    strong = person(bank, Role.OWNER)
    for given in ("", "not-an-id"):
        assert "Nothing was chosen." in text(
            strong.post(address("bank_matches_approve"), {"matches": given}, follow=True)
        )
    assert bank.payout().state == "accepted"


def test_the_finance_home_names_what_waits(bank):
    bank.imports(PAID, Movement(DAY, -777, text="What is this"))
    page = text(person(bank, Role.FINANCE).get(address("finance_home")))
    assert "Bank entries to explain" in page
    assert "What is this" in page
    assert "Payment of a payout · PO-000001-001" in page


def test_lists_ask_no_more_for_more_rows(bank, django_assert_max_num_queries):
    bank.imports(
        *(Movement(DAY, -700 - n, text=f"? {n}") for n in range(30)),
        *(Movement(DAY, 700 + n, name="X") for n in range(30)),
    )
    finance = person(bank, Role.FINANCE)
    with organization_scope(bank.host.id):
        statement_id = BankEntry.objects.first().statement_id
    for page in (address("bank_exceptions"), address("bank_matches"), address("bank_statement", statement_id)):
        finance.get(page)
        with django_assert_max_num_queries(20):
            assert finance.get(page).status_code == 200


def test_empty_pages_name_the_next_step(bank):
    finance = person(bank, Role.FINANCE)
    assert "No bank statement has been imported yet" in text(finance.get(address("bank_statements")))
    assert "Every entry is explained" in text(finance.get(address("bank_exceptions")))
    assert "Nothing waits for approval" in text(finance.get(address("bank_matches")))
