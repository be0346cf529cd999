"""Numbers of invoices under real concurrency: no gap, no number twice, whoever fails or repeats."""

import pytest
from django.db import transaction

from alliance.kernel.tenancy import organization_scope
from settlements.invoices.services.issue_invoice import issue_invoice
from settlements.models import Invoice, Statement
from tests.contract.settlements.invoices.test_invoices import HOST_TAXES, NORTH_TAXES, says_its_taxes
from tests.contract.settlements.market import Market
from tests.contract.settlements.test_closing_terms import at, sale
from tests.domain.partners.terms import written
from tests.races.together import together

pytestmark = pytest.mark.usefixtures("committed")


class FailedError(Exception):
    """What a test fails with after the number was taken."""


def _market():
    everybody = (written.NORTH, written.SOUTH, written.EAST)
    shares = written.split((written.HOST, "1/4"), *((party, "1/4") for party in everybody))
    rules = [
        {"party": str(party), "treatment": "standard", "rate": "20%", "invoice": "self_billing"} for party in everybody
    ]
    market = Market([written.clause(shares)], more_partners=("South", "East"), value_added_tax=rules)
    for party in (market.north, *market.others):
        says_its_taxes(party, NORTH_TAXES)
    says_its_taxes(market.host, HOST_TAXES)
    market.sell(sale(10000), sale(10000, 2), now=at(2))
    market.close(at(1), now=at(3))
    market.close(at(2), now=at(3))
    return market


def test_numbers_have_no_gap_though_some_fail_and_some_come_twice():
    market = _market()
    with organization_scope(market.host.id):
        statements = list(Statement.objects.exclude(organization_id=market.host.id).values_list("pk", flat=True))

    def issue(statement_id, *, fails=False):
        with organization_scope(market.host.id), transaction.atomic():
            issued = issue_invoice(actor=market.host.system, statement_id=statement_id, now=at(4))
            if fails:
                raise FailedError
            return issued

    acts = [lambda s=s: issue(s) for s in statements]
    acts += [lambda s=s: issue(s) for s in statements[:2]]
    acts += [lambda s=s: issue(s, fails=True) for s in statements[2:4]]
    results = together(*acts)
    assert not [result for result in results if isinstance(result, Exception) and not isinstance(result, FailedError)]
    with organization_scope(market.host.id):
        sequences = sorted(Invoice.objects.values_list("sequence", flat=True))
        assert sequences == list(range(1, len(statements) + 1))
        assert Invoice.objects.values("statement_id").distinct().count() == len(statements) == 6
