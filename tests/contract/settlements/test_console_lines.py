"""A statement in the operator console: each of its lines leads to what it comes of."""

import re

from django.urls import reverse

from alliance.kernel.tenancy import organization_scope
from settlements.models import Statement
from tests.adjustments import adjustment_of
from tests.contract.settlements.market import FEBRUARY, JANUARY, Market
from tests.domain.partners.terms import written
from tests.operators import at_console, operator
from tests.orders import OrderOf

SHARED = written.clause(written.split((written.HOST, "60%"), (written.NORTH, "40%")))


def test_lines_lead_to_their_accruals_and_adjustments(committed):
    market = Market([SHARED])
    market.sell(OrderOf(10000, reference="O-1", occurred_at=JANUARY), now=JANUARY)
    adjustment_of(market.agreement, market.north, -500, now=JANUARY)
    market.close(JANUARY, now=FEBRUARY)
    with organization_scope(market.north.id):
        statement = Statement.objects.get(organization_id=market.north.id)
    console = at_console(operator())

    page = console.get(reverse("admin:settlements_statement_change", args=[statement.pk])).content.decode()

    links = re.findall(r'href="(/admin/settlements/(accrual|adjustment)/[0-9a-f-]{36}/change/)">([^<]+)<', page)
    assert sorted((kind, reference) for _, kind, reference in links) == [("accrual", "O-1"), ("adjustment", "C-1")]
    for link, _, _ in links:
        assert console.get(link).status_code == 200
