"""Periods, accruals, statements and the ledger through the API."""

import hashlib
import json
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from alliance.kernel.permissions import Permission, Role
from alliance.kernel.tenancy import organization_scope
from settlements.models import Export
from settlements.services.accrue_conversions import accrue_conversions
from tests.api import Caller, MemberCaller, fields, problem
from tests.cast import full_cast
from tests.jobs import run_all_jobs
from tests.orders import OrderOf, recorded

pytestmark = pytest.mark.django_db
JANUARY = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
FEBRUARY = datetime(2026, 2, 15, 12, 0, tzinfo=UTC)


@pytest.fixture
def cast(db):
    """Host and north, who sold 100.01 in January, refunded 10.00, and sold 50.00 in February."""
    cast = full_cast()
    _sell(cast, OrderOf(10_001, occurred_at=JANUARY), OrderOf(-1_000, occurred_at=JANUARY, kind="refund"))
    _sell(cast, OrderOf(5_000, occurred_at=FEBRUARY))
    return cast


def _sell(cast, *orders):
    ids = recorded(cast.alliance, list(orders), now=orders[0].occurred_at)
    with organization_scope(cast.host.id):
        accrue_conversions(actor=cast.host.system, conversion_ids=ids, now=orders[0].occurred_at)


def read(response, status=200):
    assert response.status_code == status, response.content
    return json.loads(response.content)


def results(caller, path, **query):
    return read(caller.get(f"/api/v1/{path}", query))["results"]


@pytest.fixture
def january(cast):
    [period] = results(Caller(cast.host), "periods", month="2026-01")
    return period


@pytest.fixture
def closed(cast, january):
    response = MemberCaller(cast.host, Role.FINANCE).post(f"/api/v1/periods/{january['id']}/closes")
    run_all_jobs()
    return response


def test_periods_are_seen_by_the_parties(cast, january):
    assert (january["status"], january["month"], january["agreement_id"]) == ("open", "2026-01", str(cast.agreement.id))
    path = f"/api/v1/periods/{january['id']}"
    assert read(Caller(cast.north).get(path)) == january
    assert [p["month"] for p in results(Caller(cast.north), "periods", status="open")] == ["2026-02", "2026-01"]
    for outsider in (cast.south, cast.stranger):
        problem(Caller(outsider).get(path), 404, "not_found")
        assert results(Caller(outsider), "periods") == []
    problem(Caller(cast.host).get("/api/v1/periods", {"month": "2026-13"}), 422, "invalid_input")


def test_closing_is_a_job_with_an_address(cast, january):
    caller = MemberCaller(cast.host, Role.FINANCE)
    path = f"/api/v1/periods/{january['id']}/closes"

    first = caller.post(path)
    job = read(first, 202)
    again = read(caller.post(path), 202)

    assert again["id"] == job["id"]
    assert first["Location"] == job["links"]["self"]
    assert read(caller.get(job["links"]["self"]))["state"] == "queued"
    problem(MemberCaller(cast.north).get(job["links"]["self"]), 404, "not_found")
    run_all_jobs()
    assert read(caller.get(job["links"]["self"]))["state"] == "succeeded"
    assert read(caller.get(job["links"]["period"]))["status"] == "closed"
    assert read(caller.post(path), 200)["status"] == "closed"


def test_closing_has_its_rules(cast, january):
    path = f"/api/v1/periods/{january['id']}/closes"
    [february] = results(Caller(cast.host), "periods", month="2026-02")

    problem(MemberCaller(cast.host, Role.MANAGER).post(path), 403, "not_permitted")
    problem(MemberCaller(cast.north).post(path), 403, "not_permitted")
    problem(MemberCaller(cast.stranger).post(path), 404, "not_found")
    problem(MemberCaller(cast.host).post(f"/api/v1/periods/{uuid4()}/closes"), 404, "not_found")
    problem(MemberCaller(cast.host).post(f"/api/v1/periods/{february['id']}/closes"), 409, "earlier_period_open")
    body = problem(MemberCaller(cast.host).post(path, {"force": True}), 422, "invalid_input")
    assert fields(body) == {"force": "unknown_field"}
    problem(MemberCaller(cast.host).put(path), 405, "method_not_allowed")


def test_accruals_explain_themselves(cast):
    caller = Caller(cast.north)

    accruals = results(caller, "accruals")

    assert [(a["kind"], a["base_minor"]) for a in accruals] == [("sale", 5_000), ("refund", -1_000), ("sale", 10_001)]
    detail = read(caller.get(f"/api/v1/accruals/{accruals[-1]['id']}"))
    assert [share["share_minor"] for share in detail["shares"]] == [4_000]
    [split] = detail["explanation"]["evaluation"]["because"][0]["because"]
    assert split["base_minor"] == 10_001
    assert sum(step.get("amount_minor", 0) for step in split["because"]) == 10_001
    assert len(read(Caller(cast.host).get(f"/api/v1/accruals/{accruals[0]['id']}"))["shares"]) == 2
    path = f"/api/v1/accruals/{accruals[-1]['id']}"
    english, chinese = (
        read(caller.get(path, **{"Accept-Language": language}))["told"] for language in ("en", "zh-hans")
    )
    assert english["because"]
    assert english["text"] != chinese["text"]
    for outsider in (cast.south, cast.stranger):
        problem(Caller(outsider).get(f"/api/v1/accruals/{accruals[0]['id']}"), 404, "not_found")
        assert results(Caller(outsider), "accruals") == []
    assert len(results(caller, "accruals", conversion_id=accruals[0]["conversion_id"])) == 1


@pytest.mark.usefixtures("closed")
def test_statements_add_up_line_by_line(cast):
    caller = Caller(cast.north)

    [statement] = results(caller, "statements")
    lines = results(caller, f"statements/{statement['id']}/lines", page_size=1)
    everything = results(caller, f"statements/{statement['id']}/lines")

    assert len(lines) == 1
    assert [line["line_number"] for line in everything] == [1, 2]
    assert sum(line["share_minor"] for line in everything) == statement["current_minor"] == 3_600
    assert (statement["opening_minor"], statement["closing_minor"]) == (0, 3_600)
    assert statement["month"] == "2026-01"
    assert read(caller.get(f"/api/v1/statements/{statement['id']}")) == statement


@pytest.mark.usefixtures("closed")
def test_lines_are_paged_to_their_end(cast):
    caller = Caller(cast.north)
    [statement] = results(caller, "statements")

    first = read(caller.get(f"/api/v1/statements/{statement['id']}/lines", {"page_size": 1}))
    second = read(caller.get(first["next"]))

    assert [line["line_number"] for line in first["results"] + second["results"]] == [1, 2]
    assert second["next"] is None
    foreign = read(caller.get("/api/v1/accruals", {"page_size": 1}))["next"].split("cursor=")[1].split("&")[0]
    address = f"/api/v1/statements/{statement['id']}/lines?cursor={foreign}"
    assert fields(problem(caller.get(address), 422, "invalid_input")) == {"cursor": "invalid_cursor"}


@pytest.mark.usefixtures("closed")
def test_statements_are_seen_by_their_party_and_the_host(cast):
    own = results(Caller(cast.north), "statements")
    both = results(Caller(cast.host), "statements")

    assert {s["organization_id"] for s in own} == {str(cast.north.id)}
    assert {s["organization_id"] for s in both} == {str(cast.north.id), str(cast.host.id)}
    assert len(results(Caller(cast.host), "statements", organization_id=str(cast.north.id), month="2026-01")) == 1
    path = f"/api/v1/statements/{own[0]['id']}"
    for outsider in (cast.south, cast.stranger):
        problem(Caller(outsider).get(path), 404, "not_found")
        problem(Caller(outsider).get(f"{path}/lines"), 404, "not_found")
        assert results(Caller(outsider), "statements") == []
    problem(Caller(cast.north, [Permission.HOME_READ]).get(path), 403, "not_permitted")


def test_the_ledger_shows_each_its_own_accounts_and_the_host_its_book(cast):
    north = results(Caller(cast.north), "ledger/accounts")
    host = results(Caller(cast.host), "ledger/accounts")

    assert {a["organization_id"] for a in north} == {str(cast.north.id)}
    assert {a["organization_id"] for a in host} == {str(cast.host.id), str(cast.north.id)}
    balances = read(Caller(cast.host).get("/api/v1/ledger/balances"))
    assert balances["totals_minor"] == {"EUR": 0}
    mine = read(Caller(cast.north).get("/api/v1/ledger/balances", {"kind": "pending"}))
    assert sum(row["balance_minor"] for row in mine["balances"]) == -(4_000 - 400 + 2_000)
    before = read(Caller(cast.host).get("/api/v1/ledger/balances", {"at": "2020-01-01T00:00:00Z"}))
    assert {row["balance_minor"] for row in before["balances"]} == {0}
    assert results(Caller(cast.stranger), "ledger/accounts") == []
    problem(Caller(cast.host).get("/api/v1/ledger/balances", {"at": "2020-01-01"}), 422, "invalid_input")


def test_journals_balance_for_the_host_and_show_a_partner_its_own_legs(cast):
    host, north = Caller(cast.host), Caller(cast.north)

    journals = results(host, "ledger/journals")

    assert len(journals) == 3
    for journal in journals:
        assert sum(entry["amount_minor"] for entry in journal["entries"]) == 0
    seen = read(north.get(f"/api/v1/ledger/journals/{journals[0]['id']}"))
    [account] = {entry["account_id"] for entry in seen["entries"]}
    assert account in {a["id"] for a in results(north, "ledger/accounts")}
    assert len(results(north, "ledger/journals", account_id=account)) == 3
    problem(north.get("/api/v1/ledger/journals", {"account_id": str(uuid4())}), 404, "not_found")
    for outsider in (cast.south, cast.stranger):
        problem(Caller(outsider).get(f"/api/v1/ledger/journals/{journals[0]['id']}"), 404, "not_found")
        assert results(Caller(outsider), "ledger/journals") == []


def test_nothing_writes_to_the_ledger_through_the_api(cast):
    caller = Caller(cast.host)

    for path in ("ledger/accounts", "ledger/journals", "ledger/balances", "statements", "accruals"):
        problem(caller.post(f"/api/v1/{path}"), 405, "method_not_allowed")
        problem(caller.put(f"/api/v1/{path}"), 405, "method_not_allowed")


@pytest.mark.usefixtures("closed")
@pytest.mark.parametrize("file_format", ["csv", "xlsx", "json"])
def test_a_statement_is_exported_as_a_job_and_downloaded(cast, file_format):
    caller = Caller(cast.north)
    [statement] = results(caller, "statements")

    response = caller.post(f"/api/v1/statements/{statement['id']}/exports", {"file_format": file_format})

    export = read(response, 202)
    assert response["Location"] == export["links"]["self"]
    assert "file" not in export["links"]
    problem(caller.get(f"{export['links']['self']}/file"), 409, "export_not_ready")
    run_all_jobs()
    ready = read(caller.get(export["links"]["self"]))
    file = caller.get(ready["links"]["file"], Accept="text/csv")
    content = b"".join(file.streaming_content)
    assert hashlib.sha256(content).hexdigest() == ready["sha256"]
    assert (len(content), file["ETag"]) == (ready["size_bytes"], f'"{ready["sha256"]}"')
    assert file["Content-Disposition"].endswith(f'filename="{ready["file_name"]}"')
    assert "no-store" in file["Cache-Control"]
    assert [row["id"] for row in results(caller, "exports")] == [export["id"]]
    for other in (cast.host, cast.south, cast.stranger):
        problem(Caller(other).get(export["links"]["self"]), 404, "not_found")
        problem(Caller(other).get(ready["links"]["file"]), 404, "not_found")
    with organization_scope(cast.north.id):
        Export.objects.update(expires_at=JANUARY)
    problem(caller.get(ready["links"]["file"]), 410, "export_expired")


@pytest.mark.usefixtures("closed")
def test_exports_have_their_rules(cast):
    [statement] = results(Caller(cast.north), "statements")
    path = f"/api/v1/statements/{statement['id']}/exports"

    problem(Caller(cast.north, [Permission.STATEMENT_READ]).post(path, {"file_format": "csv"}), 403, "not_permitted")
    for outsider in (cast.south, cast.stranger):
        problem(Caller(outsider).post(path, {"file_format": "csv"}), 404, "not_found")
    body = problem(Caller(cast.north).post(path, {"file_format": "doc"}), 422, "invalid_input")
    assert fields(body) == {"file_format": "invalid_choice"}
    problem(Caller(cast.north).put(path), 405, "method_not_allowed")


def test_the_host_exports_its_book(cast):
    caller = Caller(cast.host)
    book = {"alliance_id": str(cast.alliance.id), "file_format": "beancount"}

    first = caller.post("/api/v1/ledger/exports", book, key="book-1")
    again = caller.post("/api/v1/ledger/exports", book, key="book-1")

    assert read(first, 202) == read(again, 202)
    assert again["Idempotent-Replayed"] == "true"
    run_all_jobs()
    links = read(caller.get(read(first, 202)["links"]["self"]))["links"]
    assert b"".join(caller.get(links["file"]).streaming_content).count(b" * ") >= 3
    for other in (cast.north, cast.stranger):
        assert Caller(other).post("/api/v1/ledger/exports", book).status_code in {403, 404}
    wrong = {**book, "file_format": "csv"}
    problem(caller.post("/api/v1/ledger/exports", wrong), 422, "invalid_input")


@pytest.mark.parametrize(
    "path",
    [
        "accruals",
        "agreements",
        "alliances",
        "conversions",
        "exports",
        "imports",
        "ledger/accounts",
        "ledger/balances",
        "ledger/journals",
        "periods",
        "statements",
    ],
)
def test_a_list_takes_as_many_queries_for_ten_rows_as_for_one(cast, path, django_assert_max_num_queries):
    caller = Caller(cast.host)
    _sell(cast, *(OrderOf(1_000 + n, occurred_at=FEBRUARY) for n in range(10)))

    with django_assert_max_num_queries(16):
        assert caller.get(f"/api/v1/{path}").status_code == 200
