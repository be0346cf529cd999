"""`manage.py import_orders` does what the portal does."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from alliance.kernel.tenancy import organization_scope
from campaigns.domain.mapping import ROLES
from campaigns.models import ImportMapping, Order
from tests.cast import full_cast
from tests.contract.campaigns import sheets
from tests.contract.campaigns.sheets import csv_bytes, mapping_values


@pytest.fixture
def cast(committed):
    return full_cast()


@pytest.fixture
def spec(cast):
    values = mapping_values(cast)
    names = (*ROLES, "time_format", "time_zone", "currency")
    return {name: values[name] for name in names if name in values} | {
        "refund_prefixes": ["C"],
        "adjustment_prefixes": ["A"],
    }


@pytest.fixture
def mapping_file(tmp_path, spec):
    path = tmp_path / "mapping.json"
    path.write_text(json.dumps(spec))
    return str(path)


@pytest.fixture
def order_file(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_bytes(csv_bytes(sheets.EVERYTHING))
    return str(path)


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("import_orders", *arguments, stdout=out)
    return out.getvalue()


def test_it_imports_and_says_what_it_did(cast, order_file, mapping_file):
    said = run(order_file, "--alliance", str(cast.alliance.id), "--mapping", mapping_file)
    assert "6 of 6 rows" in said
    assert "orders new 5, already there 0" in said
    assert "sum 24.01 EUR, of 0.00: 1" in said
    again = run(order_file, "--alliance", str(cast.alliance.id), "--mapping", mapping_file)
    assert "orders new 0, already there 5" in again
    with organization_scope(cast.host.id):
        assert Order.objects.count() == 5


def test_a_saved_mapping_and_names_will_do(cast, spec, order_file):
    with organization_scope(cast.host.id):
        ImportMapping.objects.create(organization_id=cast.host.id, name="Till", spec={"schema": 1} | spec)
    arguments = ["--alliance", cast.alliance.id, "--mapping", "Till", "--organization", cast.host.id]
    assert "orders new 5" in run(order_file, *map(str, arguments))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"--alliance": "nowhere"}, "0 alliances fit"),
        ({"--mapping": "nothing"}, "neither a saved mapping nor a file"),
        ({"file": "/nowhere.csv"}, "There is no file"),
    ],
)
def test_what_is_wrong_is_said(cast, order_file, mapping_file, change, sentence):
    options = {"--alliance": str(cast.alliance.id), "--mapping": mapping_file} | change
    file = options.pop("file", order_file)
    with pytest.raises(CommandError, match=sentence):
        run(file, *(word for option in options.items() for word in option))


def test_a_broken_mapping_or_file_is_refused(cast, tmp_path, order_file, mapping_file):
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    with pytest.raises(CommandError, match="can't be used"):
        run(order_file, "--alliance", str(cast.alliance.id), "--mapping", str(broken))
    empty = tmp_path / "empty.csv"
    empty.write_bytes(b"")
    with pytest.raises(CommandError, match="The file is empty"):
        run(str(empty), "--alliance", str(cast.alliance.id), "--mapping", mapping_file)
