"""Imports of the same rates at the same moment, on real connections."""

import pytest

from alliance.kernel.tenancy import organization_scope
from settlements.models import ExchangeRate
from settlements.rates.services.record_rates import record_rates
from tests.cast import host_organization
from tests.contract.settlements.rates.test_rates import NOW, upload
from tests.races.together import together

pytestmark = pytest.mark.usefixtures("committed")


def test_the_same_file_recorded_five_times_at_once_counts_once():
    host = host_organization()
    imports = [upload(host) for _ in range(5)]

    def act(import_id):
        with organization_scope(host.id):
            return record_rates(actor=host.system, import_id=import_id, now=NOW)

    done = together(*(lambda import_id=import_id: act(import_id) for import_id in imports))
    assert sorted(len(changes.added) for changes in done) == [0, 0, 0, 0, 1]
    with organization_scope(host.id):
        assert ExchangeRate.objects.count() == 1
