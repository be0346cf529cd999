"""How long the portal's lists take to their first byte with 100,000 rows behind them (`PORTAL_ROWS`).

Yardstick: the same page with 100 rows. To reach: the middle request below 150 ms; the number of queries does not grow.
Requests run in this process, with every middleware and template, without a network.
"""

import gc
import os
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import organization_scope
from benchmarks.conversions import AFTER, WHEN, a_market, admin_connection, fill_month
from benchmarks.ledger_books import backend_of
from benchmarks.measure import Contender, Limit, interleave, report, timed
from campaigns.models import Order
from settlements.models import Statement
from settlements.services.close_period import close_period
from tests.cast import Party, member_of, signed_in
from tests.items import item_of
from tests.orders import OrderOf, recorded

ROWS, FEW = int(os.environ.get("PORTAL_ROWS", "100000")), 100
ROUNDS, REQUESTS = 7, 3
FIRST_BYTE_MS = 150
_COLUMNS = """
SELECT column_name FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position
"""


@dataclass(frozen=True)
class Desk:
    """The people of one market, signed in, and its closed month."""

    host: Client
    partner: Client
    statement_id: UUID
    own_statement_id: UUID

    def get(self, who: str, page: str) -> None:
        """Ask for one page; it must answer."""
        response = (self.host if who == "host" else self.partner).get(page)
        assert response.status_code == 200, (page, response.status_code)

    def pages(self) -> Mapping[str, tuple[str, str]]:
        """Each list: who asks, and its address."""
        return {
            "orders": ("host", reverse("portal:orders")),
            "conversions": ("host", reverse("portal:conversions")),
            "items": ("host", reverse("portal:items")),
            "periods": ("host", reverse("portal:periods")),
            "accruals": ("host", reverse("portal:accruals")),
            "statement": ("host", reverse("portal:statement", args=[self.statement_id])),
            "audit": ("host", reverse("portal:audit")),
            "partner_conversions": ("partner", reverse("portal:conversions")),
            "partner_accruals": ("partner", reverse("portal:accruals")),
            "partner_statement": ("partner", reverse("portal:statement", args=[self.own_statement_id])),
            "partner_balance": ("partner", reverse("portal:balance")),
        }


def main() -> None:
    """Fill two markets, measure every page of both."""
    many, few = _desk(ROWS), _desk(FEW)
    gc.collect()
    gc.freeze()  # as web processes do
    pages = few.pages()
    for name, (who, address) in many.pages().items():
        _measure(name, (many, who, address), (few, *pages[name]))


def _desk(rows: int) -> Desk:
    market = a_market(1)
    [agreement], host = market.agreements, market.host
    period_id = fill_month(market, agreement, rows)
    with organization_scope(host.id):
        close_period(actor=host.system, period_id=period_id, now=AFTER)
        statements = {s.organization_id: s.id for s in Statement.objects.filter(period_id=period_id)}
    _copy("partners_item", item_of(host, code="ITEM-0"), rows, {"code": "'ITEM-' || n"})
    recorded(market.alliance, [OrderOf(100, "p0", WHEN, reference="first")], now=WHEN)
    with organization_scope(host.id):
        order_id = Order.objects.values_list("id", flat=True).get()
    _copy("campaigns_order", order_id, rows, {"reference": "'copy-' || n"})
    partner = agreement.parties[1]
    return Desk(_finance(host), _finance(partner), statements[host.id], statements[partner.id])


def _finance(party: Party) -> Client:
    return signed_in(
        member_of(party, Role.OWNER), organization=party, client=Client(SERVER_NAME="localhost"), second_factor=True
    )


def _copy(table: str, row_id: UUID, count: int, changes: Mapping[str, str]) -> None:
    """`count` copies of one row under all guards; `changes` are SQL expressions of `n`."""
    with admin_connection() as connection:
        columns = [name for (name,) in connection.execute(_COLUMNS, [table])]
        values = {"id": "gen_random_uuid()", **changes}
        connection.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values.get(name, name) for name in columns)}"
            f" FROM {table} CROSS JOIN generate_series(1, %s) AS n WHERE id = %s".encode(),
            [count, row_id],
        )
        connection.execute(f"ANALYZE {table}".encode())


def _measure(name: str, many: tuple[Desk, str, str], few: tuple[Desk, str, str]) -> None:
    counted = {rows: _queries(*wanted) for rows, wanted in ((ROWS, many), (FEW, few))}

    def contender(rows: int, wanted: tuple[Desk, str, str]) -> Contender:
        desk, who, address = wanted

        def run() -> int:
            for _ in range(REQUESTS):
                desk.get(who, address)
            return REQUESTS

        return Contender(f"{rows} rows", lambda: timed(run, backend_pid=backend_of("default")))

    samples = interleave([contender(FEW, few), contender(ROWS, many)], rounds=ROUNDS)
    report(
        f"portal_{name}",
        samples,
        yardstick=f"{FEW} rows",
        sizes={"rows": ROWS, "queries": counted[ROWS], f"queries with {FEW}": counted[FEW], "rounds": ROUNDS},
        limits=[Limit(f"{ROWS} rows", FIRST_BYTE_MS / 1000)],
    )


def _queries(desk: Desk, who: str, address: str) -> int:
    desk.get(who, address)
    with CaptureQueriesContext(connections["default"]) as captured:
        desk.get(who, address)
    return len(captured)
