"""Bank statements through the API: upload, preview, import, matches; a person approves elsewhere."""

import json
from datetime import date
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from alliance.demo.bank_statements import Movement
from alliance.kernel.permissions import Permission
from tests.api import Caller, problem
from tests.bank_files import camt
from tests.jobs import run_all_jobs
from tests.reconciling import Bank

pytestmark = pytest.mark.django_db

DAY = date(2026, 2, 20)
PAID = Movement(DAY, -4000, "PO-000001-001", "North GmbH", "NL91ABNA0417164300", bank_reference="B-1")
ODD = Movement(DAY, -777, text="What is this")


@pytest.fixture
def bank(db):
    return Bank()


def read(response, status=200):
    assert response.status_code == status, response.content
    return json.loads(response.content)


def uploaded(bank, content, caller=None, alliance_id=None, **more):
    data = {
        "alliance_id": str(alliance_id or bank.market.alliance.id),
        "file": SimpleUploadedFile("bank.xml", content),
        **{name: json.dumps(value) for name, value in more.items()},
    }
    return (caller or Caller(bank.host)).send("POST", "/api/v1/bank/files", data)


def test_from_a_file_to_a_proposal(bank):
    caller = Caller(bank.host)
    preview = read(uploaded(bank, camt(PAID, ODD)), 202)
    assert preview["state"] == "succeeded"
    [found] = preview["statements"]
    assert (found["reference"], found["entries"], found["new"], found["masked"]) == ("S-1", 2, 2, "•••• 3000")
    confirmed = read(caller.post("/api/v1/bank/imports", {"preview_id": preview["id"]}), 202)
    assert read(caller.post("/api/v1/bank/imports", {"preview_id": preview["id"]}), 202)["id"] == confirmed["id"]
    run_all_jobs()
    assert read(caller.get(f"/api/v1/bank/imports/{confirmed['id']}"))["preview_id"] == preview["id"]
    [statement] = read(caller.get("/api/v1/bank/statements"))["results"]
    assert read(caller.get(f"/api/v1/bank/statements/{statement['id']}")) == statement
    entries = read(caller.get("/api/v1/bank/entries", {"statement_id": statement["id"]}))["results"]
    assert {entry["amount_minor"] for entry in entries} == {-4000, -777}
    assert "NL91" not in json.dumps([statement, entries])
    [left] = read(caller.get("/api/v1/bank/entries", {"is_open": "true"}))["results"]
    [match] = read(caller.get("/api/v1/bank/matches", {"state": "waiting"}))["results"]
    assert (match["kind"], match["basis"], match["payout_id"]) == ("payout", "reference", str(bank.payout().id))
    proposed = read(caller.post("/api/v1/bank/matches", {"entry_id": left["id"], "kind": "fee"}), 201)
    assert read(caller.get(f"/api/v1/bank/matches/{proposed['id']}"))["state"] == "waiting"
    problem(caller.post("/api/v1/bank/matches", {"entry_id": left["id"], "kind": "fee"}), 409, "entry_taken")
    assert bank.balance("fees") == 0


TABLE = 'Day,Sum,Who,Ref\n20.02.2026,"-40,00",North GmbH,PO-000001-001\n21.02.2026,"12,50",南方公司,X-1\n'.encode()
READING = {
    "number_own": "DE02370400440532013000",
    "currency": "EUR",
    "day_format": "%d.%m.%Y",
    "decimal_mark": ",",
    "booked_on": "Day",
    "amount": "Sum",
    "name": "Who",
    "end_to_end_id": "Ref",
}


def test_a_table_is_read_as_its_reading_says(bank):
    caller = Caller(bank.host)
    preview = read(uploaded(bank, TABLE, reading=READING), 202)
    assert preview["state"] == "succeeded", preview
    [found] = preview["statements"]
    assert (found["entries"], found["currency"], found["masked"]) == (2, "EUR", "•••• 3000")
    read(caller.post("/api/v1/bank/imports", {"preview_id": preview["id"]}), 202)
    run_all_jobs()
    entries = read(caller.get("/api/v1/bank/entries"))["results"]
    assert {(entry["amount_minor"], entry["name"]) for entry in entries} == {(-4000, "North GmbH"), (1250, "南方公司")}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"booked_on": "Date"}, "file_refused"),
        ({"currency": "XXQ"}, "reading_refused"),
        ({"money_out": "Sum"}, "reading_refused"),
        ({"colour": "red"}, "invalid_input"),
    ],
)
def test_a_table_that_cannot_be_read_so_is_refused(bank, change, code):
    problem(uploaded(bank, TABLE, reading=READING | change), 422, code)
    assert read(Caller(bank.host).get("/api/v1/bank/imports"))["results"] == []


def test_what_is_refused(bank):
    caller = Caller(bank.host)
    problem(uploaded(bank, b"Date,Amount\n2026-01-01,1\n"), 422, "file_refused")
    problem(uploaded(bank, camt(PAID), alliance_id=uuid4()), 404, "not_found")
    problem(uploaded(bank, camt(PAID), Caller(bank.market.north)), 404, "not_found")
    broken = read(uploaded(bank, camt(PAID).replace(b">40.00<", b">40.01<", 1)), 202)
    assert (broken["state"], broken["problem"]) == ("failed", "does_not_add_up")
    problem(caller.post("/api/v1/bank/imports", {"preview_id": broken["id"]}), 409, "preview_unfinished")
    problem(caller.post("/api/v1/bank/matches", {"entry_id": str(uuid4()), "kind": "fee"}), 404, "not_found")
    weak = Caller(bank.host, [Permission.STATEMENT_READ])
    problem(weak.get("/api/v1/bank/entries"), 403, "not_permitted")
    assert read(Caller(bank.market.north).get("/api/v1/bank/entries"))["results"] == []
