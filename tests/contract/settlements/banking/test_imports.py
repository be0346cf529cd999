"""Bank statements come in by preview and confirmation, once whatever is repeated, whole or not at all."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import DatabaseError
from django.urls import resolve, reverse

from alliance.demo.bank_statements import Movement
from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import atomic, organization_scope
from settlements.banking.services.forget_bank_files import forget_bank_files
from settlements.models import BankEntry, BankFile, BankImport, BankStatement
from tests.bank_files import DAY, camt, imported, previewed, uploaded
from tests.cast import full_cast, signed_in
from tests.jobs import run_all_jobs

PAID = Movement(DAY, -7000, "ST-0001", "North", "NL91ABNA0417164300", "Statement ST-0001", "B-1")
FEE = Movement(DAY, -250, text="Account fee", is_charge=True)
TABLE = "Date,Debit,Credit,Name,Text\n2026-03-31,70.00,,North,ST-0001\n2026-03-31,,12.00,Somebody,\n"
READING = {
    "number_own": "DE89 3704 0044 0532 0130 00",
    "currency": "eur",
    "day_format": "%Y-%m-%d",
    "decimal_mark": ".",
    "booked_on": "Date",
    "money_out": "Debit",
    "money_in": "Credit",
    "name": "Name",
    "text": "Text",
}


@pytest.fixture
def finance(cast):
    return signed_in(cast.host.finance, organization=cast.host)


def entries(cast):
    with organization_scope(cast.host.id):
        return list(BankEntry.objects.order_by("line").values_list("amount_minor", flat=True))


def test_from_a_file_to_entries(cast, finance):
    preview_id = previewed(finance, cast.alliance.id, camt(PAID, FEE, opening_minor=10000))
    page = finance.get(reverse("portal:bank_preview", args=[preview_id])).content.decode()
    assert "2 new of 2" in page
    assert "-€70.00" in page
    assert entries(cast) == []
    response = finance.post(reverse("portal:bank_confirm", args=[preview_id]))
    assert entries(cast) == []
    run_all_jobs()
    assert entries(cast) == [-7000, -250]
    assert finance.post(reverse("portal:bank_confirm", args=[preview_id])).url == response.url
    with organization_scope(cast.host.id):
        found = BankStatement.objects.get()
        assert (found.opening_minor, found.closing_minor, found.entry_count) == (10000, 2750, 2)
        first = BankEntry.objects.get(amount_minor=-7000)
        assert (first.masked, len(first.fingerprints)) == ("•••• 4300", 1)
        assert (BankFile.objects.get().stored_as, "0417164300" in str(vars(first))) == ("", False)
    assert b"See S-1" in finance.get(response.url).content
    listed = finance.get(reverse("portal:bank_statements")).content.decode()
    shown = reverse("portal:bank_statement", args=[found.pk])
    assert shown in listed
    assert "ST-0001" in finance.get(shown).content.decode()


def test_the_same_statement_in_any_file_changes_nothing(cast, finance):
    content = camt(PAID, FEE)
    imported(finance, cast.alliance.id, content)
    for again in (content, camt(PAID, FEE, version="02")):
        preview_id = previewed(finance, cast.alliance.id, again)
        assert "nothing to import" in finance.get(reverse("portal:bank_preview", args=[preview_id])).content.decode()
        finance.post(reverse("portal:bank_confirm", args=[preview_id]))
        run_all_jobs()
    assert entries(cast) == [-7000, -250]


def test_entries_that_came_before_are_kept_once(cast, finance):
    imported(finance, cast.alliance.id, camt(PAID))
    import_id = imported(finance, cast.alliance.id, camt(PAID, FEE, reference="S-2"))
    assert sorted(entries(cast)) == [-7000, -250]
    with organization_scope(cast.host.id):
        second = BankStatement.objects.get(bank_import_id=import_id)
        assert (second.entry_count, second.known_count) == (2, 1)


def test_a_statement_that_says_something_else_is_refused(cast, finance):
    imported(finance, cast.alliance.id, camt(PAID))
    preview_id = previewed(finance, cast.alliance.id, camt(PAID, FEE))
    page = finance.get(reverse("portal:bank_preview", args=[preview_id])).content.decode()
    assert "says something else" in page
    response = finance.post(reverse("portal:bank_confirm", args=[preview_id]), follow=True)
    assert "can&#x27;t be taken" in response.content.decode()
    assert entries(cast) == [-7000]


def test_a_missing_statement_in_between_is_noticed(cast, finance):
    imported(finance, cast.alliance.id, camt(PAID, opening_minor=10000))
    later = camt(FEE, reference="S-2", opening_minor=5000).replace(b"2026-03-", b"2026-05-")
    page = finance.get(reverse("portal:bank_preview", args=[previewed(finance, cast.alliance.id, later)]))
    assert "may be missing" in page.content.decode()


def test_a_file_that_is_wrong_is_refused_with_its_line(cast, finance):
    preview_id = previewed(finance, cast.alliance.id, camt(PAID).replace(b">70.00<", b">70.01<", 1))
    page = finance.get(reverse("portal:bank_preview", args=[preview_id])).content.decode()
    assert "lead from the opening to the closing balance. (8)" in page


def test_a_table_asks_how_to_read_it(cast, finance):
    response = uploaded(finance, cast.alliance.id, TABLE.encode(), "bank.csv")
    assert resolve(response.url).url_name == "bank_table"
    form = finance.get(response.url).context["form"]
    assert (form.initial["booked_on"], form.initial["money_out"]) == ("Date", "Debit")
    preview = finance.post(response.url, READING)
    assert preview.status_code == 302, preview.content.decode()
    run_all_jobs()
    preview_id = resolve(preview.url).kwargs["bank_preview_id"]
    finance.post(reverse("portal:bank_confirm", args=[preview_id]))
    run_all_jobs()
    assert entries(cast) == [-7000, 1200]
    second = uploaded(finance, cast.alliance.id, (TABLE + "2026-04-01,1.00,,,\n").encode(), "bank.csv")
    form = finance.get(second.url).context["form"]
    assert form.initial["number_own"] == READING["number_own"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"booked_on": ""}, "Choose the column."),
        ({"amount": "Debit"}, "not both"),
        ({"currency": "XXQ"}, "not a currency"),
        ({"number_own": ""}, "required"),
        ({"day_format": "%c"}, "valid choice"),
        ({"name": "Other"}, "valid choice"),
    ],
)
def test_a_table_that_can_not_be_read_so(cast, finance, changes, said):
    response = uploaded(finance, cast.alliance.id, TABLE.encode(), "bank.csv")
    refused = finance.post(response.url, READING | changes)
    assert refused.status_code == 422
    assert said in refused.content.decode()


def test_wrong_rows_are_shown_and_nothing_is_imported(cast, finance):
    response = uploaded(finance, cast.alliance.id, (TABLE + "2026-02-31,1.00,,,\n").encode(), "bank.csv")
    preview = finance.post(response.url, READING)
    run_all_jobs()
    page = finance.get(preview.url).content.decode()
    assert "The day is not written in the chosen format" in page
    finance.post(reverse("portal:bank_confirm", args=[resolve(preview.url).kwargs["bank_preview_id"]]))
    run_all_jobs()
    assert entries(cast) == []


@pytest.mark.parametrize(("content", "said"), [(b"", "empty"), (b"\0\0\0\0", "zero bytes")])
def test_files_that_are_none(cast, finance, content, said):
    response = uploaded(finance, cast.alliance.id, content, "bank.csv")
    assert response.status_code == 422
    assert said in response.content.decode()


def test_who_may(cast):
    for role in (Role.MANAGER, Role.VIEWER):
        client = signed_in(cast.host.user(role), organization=cast.host)
        assert uploaded(client, cast.alliance.id, camt(PAID)).status_code == 403
    partner = signed_in(cast.north.owner, organization=cast.north)
    assert uploaded(partner, cast.alliance.id, camt(PAID)).status_code == 404
    with organization_scope(cast.host.id):
        assert not BankFile.objects.exists()


def test_nobody_else_finds_it(cast, finance):
    import_id = imported(finance, cast.alliance.id, camt(PAID))
    with organization_scope(cast.host.id):
        statement_id = BankStatement.objects.get(bank_import_id=import_id).pk
    for other in (cast.north, cast.stranger):
        client = signed_in(other.owner, organization=other)
        assert client.get(reverse("portal:bank_import", args=[import_id])).status_code == 404
        assert client.get(reverse("portal:bank_statement", args=[statement_id])).status_code == 404
        with organization_scope(other.id):
            assert not BankImport.objects.exists()
            assert not BankEntry.objects.exists()


def test_what_the_bank_said_can_not_be_changed(cast, finance):
    imported(finance, cast.alliance.id, camt(PAID))
    with organization_scope(cast.host.id):
        for model in (BankStatement, BankEntry):
            for change in (lambda rows: rows.update(currency="USD"), lambda rows: rows.delete()):
                with pytest.raises(DatabaseError), atomic():
                    change(model.objects.all())


def test_a_file_that_nobody_imports_is_forgotten_after_a_week(committed):
    cast = full_cast()
    finance = signed_in(cast.host.finance, organization=cast.host)
    preview_id = previewed(finance, cast.alliance.id, camt(PAID))
    with organization_scope(cast.host.id):
        file = BankFile.objects.get()
    forget_bank_files(now=file.uploaded_at + timedelta(days=6))
    assert default_storage.exists(file.stored_as)
    forget_bank_files(now=file.uploaded_at + timedelta(days=7))
    assert not default_storage.exists(file.stored_as)
    finance.post(reverse("portal:bank_confirm", args=[preview_id]))
    run_all_jobs(cast.host.id)
    assert entries(cast) == []
    with organization_scope(cast.host.id):
        assert BankImport.objects.get(preview_id=preview_id).problem == "file_gone"


def test_the_file_is_gone_once_it_is_imported(cast, finance):
    preview_id = previewed(finance, cast.alliance.id, camt(PAID))
    with organization_scope(cast.host.id):
        stored_as = BankFile.objects.get().stored_as
    assert default_storage.exists(stored_as)
    finance.post(reverse("portal:bank_confirm", args=[preview_id]))
    run_all_jobs()
    with organization_scope(cast.host.id):
        assert BankFile.objects.get().stored_as == ""
