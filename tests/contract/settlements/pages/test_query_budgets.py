"""The number of queries of each page does not grow with its rows, and is small."""

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alliance.kernel.tenancy import organization_scope
from settlements.models import Account
from tests.cast import signed_in
from tests.contract.settlements.pages.sales import DECEMBER, JANUARY, close, period_of, sell, statement_of
from tests.orders import OrderOf

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
BUDGET = 16
HOME_BUDGET = 22  # the dashboard sums six lists
MANY = 1_500


def addresses(cast):
    """Each page as north's finance sees it."""
    with organization_scope(cast.north.id):
        account = Account.objects.get(kind="pending").id
    with_ids = [
        reverse("portal:period", args=[period_of(cast, JANUARY)]),
        reverse("portal:statement", args=[statement_of(cast.north).id]),
        reverse("portal:account", args=[account]),
    ]
    lists = [reverse(f"portal:{name}") for name in ("home", "accruals", "periods", "statements", "ledger", "exports")]
    return [*lists, *with_ids]


def asked(client, address):
    """How many queries on the runtime connection the second visit makes (the first warms caches up)."""
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(connections["default"]) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def too_many(counts):
    """The pages above their budget."""
    return {a: n for a, n in counts.items() if n > (HOME_BUDGET if a == reverse("portal:home") else BUDGET)}


def test_pages_ask_as_much_for_many_rows_as_for_few(cast):
    sell(cast, OrderOf(1000, occurred_at=DECEMBER), OrderOf(1000, occurred_at=JANUARY), now=JANUARY)
    close(cast, DECEMBER)
    client = signed_in(cast.north.finance)
    few = {address: asked(client, address) for address in addresses(cast)}
    sell(cast, *(OrderOf(100 + n, occurred_at=JANUARY) for n in range(MANY)), now=JANUARY)
    close(cast, JANUARY)
    many = {address: asked(client, address) for address in addresses(cast)}
    assert too_many(few) == too_many(many) == {}
    grown = {a: (few[a], many[a]) for a in few.keys() & many.keys() if many[a] > few[a] + 1}
    assert grown == {}


def test_the_hosts_pages_too(cast):
    sell(cast, OrderOf(1000, occurred_at=JANUARY), OrderOf(5, "nobody", JANUARY))
    client = signed_in(cast.host.finance)
    lists = [reverse(f"portal:{name}") for name in ("home", "accruals", "suspense", "ledger", "periods")]
    few = {address: asked(client, address) for address in lists}
    sell(cast, *(OrderOf(1 + n, ("north", "nobody", "south")[n % 3], JANUARY) for n in range(300)))
    many = {address: asked(client, address) for address in lists}
    assert too_many(many) == {}
    assert {a: (few[a], many[a]) for a in few if many[a] > few[a] + 1} == {}
