"""Exchange rates: files, corrections, who may, the pages, the API."""

import json
from datetime import UTC, date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError
from django.urls import reverse

from alliance.kernel.errors import NotPermittedError
from alliance.kernel.permissions import Permission, Role
from alliance.kernel.tenancy import atomic, organization_scope
from settlements.models import ExchangeRate, RateImport
from settlements.rates.selectors import rate_for
from settlements.rates.services.discard_rates import discard_rates
from settlements.rates.services.read_rate_file import (
    RateFileRefusedError,
    RateFileTooLargeError,
    RateSourceMissingError,
    read_rate_file,
)
from settlements.rates.services.record_rate_import import RatesDifferError
from settlements.rates.services.record_rates import RateImportDecidedError, record_rates
from tests.api import Caller, fields, problem
from tests.cast import host_organization, partner_organization, signed_in
from tests.domain.settlements.rates.test_rates import ECB

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
MONDAY = date(2026, 11, 2)
CSV = b"date,base,quote,rate\n2026-11-02,USD,EUR,0.9213\n"


@pytest.fixture
def host(db):
    return host_organization()


def upload(host, body=CSV, *, source="Bank", role=Role.FINANCE):
    with organization_scope(host.id):
        file = SimpleUploadedFile("rates.csv", body)
        return read_rate_file(actor=host.actor(role), source=source, name=file.name, content=file, now=NOW)


def recorded(host, body=CSV, *, corrects=False, **more):
    import_id = upload(host, body, **more)
    with organization_scope(host.id):
        return record_rates(actor=host.actor(Role.FINANCE), import_id=import_id, corrects=corrects, now=NOW)


def stored(host):
    with organization_scope(host.id):
        rows = ExchangeRate.objects.order_by("valid_on", "base", "quote", "revision")
        return [(row.source, row.base, row.quote, str(row.rate.normalize()), row.revision) for row in rows]


def test_what_a_file_says_counts_once_it_is_recorded(host):
    import_id = upload(host)
    assert stored(host) == []
    with organization_scope(host.id):
        record_rates(actor=host.actor(Role.FINANCE), import_id=import_id, now=NOW)
        chosen = rate_for(base="USD", quote="EUR", on=MONDAY)
    assert stored(host) == [("Bank", "USD", "EUR", "0.9213", 1)]
    assert (chosen.source, chosen.text, chosen.valid_on) == ("Bank", "0.9213", MONDAY)
    assert len(chosen.rows) == 1


def test_the_file_of_the_central_bank_needs_no_source(host):
    recorded(host, ECB, source="")
    assert {row[0] for row in stored(host)} == {"ECB"}
    with organization_scope(host.id):
        assert rate_for(base="USD", quote="CNY", on=MONDAY).way == "cross"


def test_the_same_file_again_adds_nothing(host):
    recorded(host, ECB, source="")
    before = stored(host)
    again = recorded(host, ECB, source="")
    assert (again.added, again.corrected, again.same_count) == ((), (), 3)
    assert stored(host) == before


def test_another_rate_for_the_same_day_is_a_correction_that_somebody_means(host):
    recorded(host)
    other = CSV.replace(b"0.9213", b"0.9300")
    with pytest.raises(RatesDifferError):
        recorded(host, other)
    assert len(stored(host)) == 1
    recorded(host, other, corrects=True)
    assert [row[3:] for row in stored(host)] == [("0.9213", 1), ("0.93", 2)]
    with organization_scope(host.id):
        assert rate_for(base="USD", quote="EUR", on=MONDAY).text == "0.93"


def test_rows_are_never_changed_or_removed(host):
    recorded(host)
    with organization_scope(host.id):
        rows = ExchangeRate.objects.all()
        for change in (lambda: rows.update(rate=2), rows.delete):
            with pytest.raises(DatabaseError), atomic():
                change()


def test_a_file_with_a_fault_leaves_nothing_behind(host):
    with pytest.raises(RateFileRefusedError) as refused:
        upload(host, CSV + b"2026-11-02,USD,GBP,zero\n")
    assert "3" in str(refused.value)
    with pytest.raises(RateSourceMissingError):
        upload(host, source=" ")
    with pytest.raises(RateFileTooLargeError):
        upload(host, b"x" * (4 * 1024 * 1024 + 1))
    with organization_scope(host.id):
        assert not RateImport.objects.exists()


def test_an_import_is_decided_once(host):
    import_id = upload(host)
    with organization_scope(host.id):
        discard_rates(actor=host.actor(Role.FINANCE), import_id=import_id, now=NOW)
        with pytest.raises(RateImportDecidedError):
            record_rates(actor=host.actor(Role.FINANCE), import_id=import_id, now=NOW)
    assert stored(host) == []


@pytest.mark.parametrize("role", [Role.MANAGER, Role.VIEWER])
def test_others_import_nothing(host, role):
    with pytest.raises(NotPermittedError):
        upload(host, role=role)


def test_a_person_uploads_looks_and_records(host):
    client = signed_in(host.finance)
    response = client.post(
        reverse("portal:rate_import_new"), {"file": SimpleUploadedFile("rates.csv", CSV), "source": "Bank"}
    )
    page = client.get(response.url)
    assert b"0.9213" in page.content
    assert client.post(f"{response.url}record/").status_code == 302
    assert len(stored(host)) == 1
    asked = client.get(reverse("portal:rates"), {"of": "EUR", "into": "USD", "on": "2026-11-05"})
    assert asked.context["answer"].rounded_text == "1.08542277"
    assert asked.context["table"].page.paginator.count == 1
    nothing = client.get(reverse("portal:rates"), {"of": "EUR", "into": "USD", "on": "2026-12-05"})
    assert nothing.context["answer"] is None


def test_a_bad_file_is_refused_beside_its_field(host):
    file = SimpleUploadedFile("rates.csv", CSV.replace(b"USD", b"USX"))
    response = signed_in(host.finance).post(reverse("portal:rate_import_new"), {"file": file, "source": "Bank"})
    assert response.status_code == 422
    assert response.context["form"].errors["file"]


def test_a_correction_asks_and_says_what_it_corrects(host):
    recorded(host)
    import_id = upload(host, CSV.replace(b"0.9213", b"0.93"))
    client = signed_in(host.finance)
    page = client.get(reverse("portal:rate_import", args=[import_id]))
    assert [(str(row.recorded.normalize()), row.is_correction) for row in page.context["compared"]] == [
        ("0.9213", True)
    ]
    client.post(reverse("portal:rate_import_record", args=[import_id]))
    assert len(stored(host)) == 1
    client.post(reverse("portal:rate_import_record", args=[import_id]), {"corrects": "yes"})
    assert len(stored(host)) == 2


def test_rates_are_the_hosts_own(host):
    recorded(host)
    import_id = upload(host, ECB, source="")
    partner = signed_in(partner_organization().finance)
    assert partner.get(reverse("portal:rates")).status_code == 404
    other = signed_in(host_organization(name="Other").finance)
    assert other.get(reverse("portal:rate_import", args=[import_id])).status_code == 404
    assert other.get(reverse("portal:rates")).context["is_empty"]


class TestApi:
    path = "/api/v1/exchange-rates"

    def send(self, host, *rates, **more):
        body = {
            "source": "Bank",
            "rates": [dict(zip(("base", "quote", "rate", "valid_on"), r, strict=True)) for r in rates],
        }
        return Caller(host).post(self.path, {**body, **more})

    def test_programs_record_and_ask(self, host):
        answer = json.loads(self.send(host, ("USD", "EUR", "0.9213", "2026-11-02")).content)
        assert (answer["added"], answer["corrected"], answer["same"]) == (1, 0, 0)
        again = json.loads(self.send(host, ("USD", "EUR", "0.92130", "2026-11-02")).content)
        assert (again["added"], again["same"]) == (0, 1)
        [row] = json.loads(Caller(host).get(self.path, {"base": "USD"}).content)["results"]
        assert (row["rate"], row["revision"]) == ("0.9213", 1)
        asked = {"base": "EUR", "quote": "USD", "on": "2026-11-04"}
        found = json.loads(Caller(host).get(f"{self.path}/in-force", asked).content)
        assert (found["rate"], found["way"], found["rates"][0]["id"]) == ("10000/9213", "inverse", row["id"])
        problem(Caller(host).get(f"{self.path}/in-force", {**asked, "on": "2026-12-04"}), 404, "not_found")

    def test_what_differs_is_refused_until_it_is_called_a_correction(self, host):
        self.send(host, ("USD", "EUR", "0.9213", "2026-11-02"))
        problem(
            self.send(host, ("USD", "EUR", "0.95", "2026-11-02"), ("USD", "GBP", "0.8", "2026-11-02")),
            409,
            "rates_differ",
        )
        assert len(stored(host)) == 1
        answer = json.loads(self.send(host, ("USD", "EUR", "0.95", "2026-11-02"), corrects=True).content)
        assert answer["corrected"] == 1

    def test_every_bad_rate_is_named(self, host):
        body = problem(
            self.send(
                host,
                ("USD", "EUR", "0", "2026-11-02"),
                ("USD", "EUR", "1", "2026-11-02"),
                ("USX", "EUR", "1", "2026-11-02"),
            ),
            422,
            "invalid_input",
        )
        assert fields(body) == {"rates.0": "not_a_rate", "rates.2": "unknown_currency"}
        assert stored(host) == []

    def test_it_needs_the_permission_and_stays_at_home(self, host):
        refused = Caller(host, [Permission.STATEMENT_READ]).post(self.path, {"source": "B", "rates": []})
        problem(refused, 403, "not_permitted")
        self.send(host, ("USD", "EUR", "0.9213", "2026-11-02"))
        stranger = Caller(host_organization(name="Other"))
        assert json.loads(stranger.get(self.path).content)["results"] == []
