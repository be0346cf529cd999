"""The ledger's pages: accounts with balances, entries that sum to them, and journals."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from alliance.kernel.tenancy import organization_scope
from settlements.ledger.selectors import balances
from settlements.models import Journal
from tests.cast import signed_in
from tests.contract.settlements.pages.sales import DECEMBER, JANUARY, close, get, listed, sell, shows, total
from tests.orders import OrderOf

pytestmark = pytest.mark.django_db


@pytest.fixture
def posted(cast):
    sell(
        cast,
        OrderOf(10001, occurred_at=DECEMBER, reference="D-1"),
        OrderOf(-501, occurred_at=DECEMBER, kind="refund", reference="C-D-1"),
        OrderOf(2000, occurred_at=JANUARY, reference="J-1"),
        OrderOf(70, "nobody", JANUARY, reference="N-1"),
    )
    close(cast, DECEMBER)
    return cast


def accounts_of(party):
    """(kind, owner) → the row on the party's ledger page."""
    page = get(signed_in(party.viewer), "ledger")
    return {(row.record.kind, row.record.owner_name): row.record for row in page.context["table"].page.object_list}


def test_the_host_sees_its_book_and_a_partner_its_own_accounts(posted):
    kinds = {kind for kind, _ in accounts_of(posted.host)}
    assert kinds == {"clearing", "revenue", "pending", "available", "suspense"}
    assert set(accounts_of(posted.north)) == {("pending", "North Fitness"), ("available", "North Fitness")}


@pytest.mark.parametrize("who", ["host", "north"])
def test_each_balance_equals_its_entries(posted, who):
    party = getattr(posted, who)
    client = signed_in(party.viewer)
    for row in accounts_of(party).values():
        page = get(client, "account", row.id)
        entries = sum(listed(page, "amount_minor"))
        sides = page.context["sides"]
        assert entries == sides["debits"] - sides["credits"]
        assert abs(entries) == abs(row.balance_minor)
        assert page.context["balance_minor"] == row.balance_minor
        with organization_scope(party.id):
            assert balances(account_ids=[row.id])[row.id] == entries


def test_each_sum_opens_the_accounts_that_it_sums(posted):
    client = signed_in(posted.host.viewer)
    for entry in get(client, "ledger").context["totals"]:
        page = get(client, "ledger", kind=entry["kind"], currency=entry["currency"])
        assert total(page, "amount_minor") == sum(listed(page, "balance_minor")) == entry["amount_minor"]
        assert set(listed(page, "kind")) == {entry["kind"]}


def test_the_owner_filter_is_the_hosts(posted):
    page = get(signed_in(posted.host.viewer), "ledger", owner=posted.north.id)
    assert set(listed(page, "owner_name")) == {"North Fitness"}
    assert "owner" not in get(signed_in(posted.north.viewer), "ledger").context["form"].fields


def test_bad_input_is_named_and_filters_nothing(posted):
    page = get(signed_in(posted.host.viewer), "ledger", kind="gold", currency="???", owner="me")
    assert set(page.context["form"].errors) == {"kind", "currency", "owner"}
    assert len(listed(page, "kind")) == len(accounts_of(posted.host)) + 1  # two clearing accounts of the host


def test_entries_name_what_they_are_about(posted):
    row = accounts_of(posted.north)["pending", "North Fitness"]
    page = get(signed_in(posted.north.viewer), "account", row.id)
    assert shows(page, "Shares of a conversion", "Shares of a refund", "Close of a period", "D-1", "C-D-1", "J-1")


def journal(posted, prefix):
    with organization_scope(posted.host.id):
        return Journal.objects.filter(key__startswith=prefix).order_by("id")[0]


def test_a_journal_leads_to_its_conversion_or_month(posted):
    client = signed_in(posted.host.viewer)
    for prefix, name in (("accrual:", "accrual"), ("suspense:", "accrual"), ("release:", "period")):
        found = journal(posted, prefix)
        address = reverse(f"portal:{name}", args=[found.key.split(":")[1]])
        assert shows(get(client, "journal", found.id), address)
        assert client.get(address).status_code == 200


def test_the_host_sees_a_journal_whole_and_a_partner_its_part(posted):
    found = journal(posted, "accrual:")
    whole = get(signed_in(posted.host.viewer), "journal", found.id)
    assert sum(entry.amount_minor for entry in whole.context["entries"]) == 0
    assert shows(whole, "Debits and credits are equal.")
    part = get(signed_in(posted.north.viewer), "journal", found.id)
    assert [entry.amount_minor for entry in part.context["entries"]] == [-4000]
    assert shows(part, "These are your entries.")


def test_nothing_posted_yet(cast):
    assert shows(get(signed_in(cast.south.viewer), "ledger"), "No account has been opened yet")


@pytest.mark.parametrize("who", ["north", "south", "stranger"])
def test_foreign_accounts_and_journals_do_not_exist(posted, who):
    client = signed_in(getattr(posted, who).owner)
    revenue = accounts_of(posted.host)["revenue", "Lectern"].id
    held = journal(posted, "suspense:").id
    for name, argument in (("account", revenue), ("account", uuid4()), ("journal", held), ("journal", uuid4())):
        assert client.get(reverse(f"portal:{name}", args=[argument])).status_code == 404


def test_only_reading(posted):
    row = next(iter(accounts_of(posted.north).values()))
    addresses = [
        reverse("portal:ledger"),
        reverse("portal:account", args=[row.id]),
        reverse("portal:journal", args=[journal(posted, "accrual:").id]),
    ]
    client = signed_in(posted.north.owner)
    for address in addresses:
        assert client.post(address).status_code == 405
        assert Client().get(address).url.startswith("/accounts/login/")
