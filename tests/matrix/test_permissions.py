"""Every route, walked with every role: the table in `permissions.txt` against the real thing.

A route without a row fails; so does a row whose route is gone. Each request runs in a transaction that is
undone, so writes are tried as well; their bodies are empty, and a 422 means that the door was passed.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from alliance.kernel.http.throttling import RateLimit
from alliance.kernel.permissions import APPLICANT_PERMISSIONS, SECRET_PERMISSIONS, Permission, Role, allows
from alliance.kernel.standing import OrganizationStatus
from partners.permission_table import permission_page
from tests.matrix.world import ROLES, World, body_of, build_world
from tests.operators import looking_as_owner, move

TABLE = Path(__file__).with_name("permissions.txt")
OTHERS = ("anonymous", "partner", "stranger", "key")
COLUMNS = (*(role.value for role in ROLES), *OTHERS)
OPEN = "open"
REFUSED = {"401", "403", "404", "login"}
FREE = "-"  # open to everybody, or decided by the view itself; or a caller that has no business there


@dataclass(frozen=True)
class Row:
    """One line: what each caller gets."""

    method: str
    route: str
    needs: str
    expected: dict[str, str]

    def __str__(self) -> str:
        return f"{self.method} {self.route}"


def read_table() -> list[Row]:
    """The rows of the table; comments and empty lines are skipped."""
    rows = []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        method, route, needs, *cells = line.replace("|", " ").split()
        assert len(cells) == len(COLUMNS), line
        rows.append(Row(method, route, needs, dict(zip(COLUMNS, cells, strict=True))))
    return rows


ROWS = read_table()


@dataclass(frozen=True)
class Route:
    """One pattern of the URLconf."""

    name: str
    pattern: str
    needs: dict[str, str]  # by method; "" for any

    @property
    def names(self) -> frozenset[str]:
        """The names in the address."""
        return frozenset(re.findall(r"<(?:\w+:)?(\w+)>", self.pattern))


@cache
def routes() -> dict[str, Route]:
    """Every named route of the URLconf."""
    return {route.name: route for route in _walk(get_resolver().url_patterns, "", "")}


def _walk(patterns: list[URLPattern | URLResolver], namespace: str, prefix: str) -> Iterator[Route]:
    for entry in patterns:
        text = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _walk(entry.url_patterns, entry.namespace or namespace, text)
            continue
        name = f"{namespace}:{entry.name}" if namespace else str(entry.name)
        yield Route(name, text, _needs(entry.callback))


def _needs(view: object) -> dict[str, str]:
    by_method = getattr(getattr(view, "cls", None), "required_permissions", {})
    needs = {method: str(permission) for method, permission in by_method.items()}
    if (permission := getattr(view, "required_permission", None)) is not None:
        needs[""] = str(permission)
    return needs


def is_console(route: str) -> bool:
    return route.startswith("admin:") or route == "admin"


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    with django_db_blocker.unblock():
        yield build_world()


@pytest.fixture(autouse=True)
def unlimited(monkeypatch):
    monkeypatch.setattr(RateLimit, "parse", classmethod(lambda cls, _rate: cls(10**9, 60)))


@cache
def _names(route: str) -> frozenset[str]:
    return routes()[route].names


def ask(world: World, row: Row, caller: str) -> str:
    """What the caller gets, undone afterwards, cookies and all. A redirect to sign-in reads `login`."""
    client = world.callers[caller]
    cookies = deepcopy(client.cookies)
    address = reverse(row.route, kwargs=world.ids_of(row.route, _names(row.route)))
    arguments = {}
    if row.method in {"POST", "PUT", "PATCH"}:
        body = body_of(row.route, world)
        is_api = row.route.startswith("api:")
        arguments = {"data": json.dumps(body), "content_type": "application/json"} if is_api else {"data": body}
    with ExitStack() as stack:
        for alias in ("default", "operator"):
            stack.enter_context(transaction.atomic(using=alias))
            stack.callback(transaction.set_rollback, True, using=alias)
        response = getattr(client, row.method.lower())(address, **arguments)
        if response.streaming:
            response.close()
    client.cookies = cookies
    return "login" if "/login/" in response.headers.get("Location", "") else str(response.status_code)


def test_every_route_has_its_rows_and_every_row_its_route():
    known = {name: route for name, route in routes().items() if not is_console(name)}
    rows = {row.route for row in ROWS}

    assert {name for name in known if name not in rows} == set(), "routes without a row"
    assert rows - set(known) == set(), "rows without a route"
    assert [row for row, count in Counter(str(row) for row in ROWS).items() if count > 1] == []


def test_every_operation_of_the_api_has_its_row():
    listed = {(row.method, row.route) for row in ROWS}

    offered = {(m, name) for name, r in routes().items() if name.startswith("api:") for m in r.needs}
    assert offered - listed == set()


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_row_agrees_with_the_code_and_the_permission_table(row):
    """`needs` is what the view demands, and exactly the roles without it read 403."""
    needs = routes()[row.route].needs
    demanded = needs.get(row.method, needs.get("", FREE))
    assert row.needs == demanded
    if row.needs != FREE:
        refused = {role for role in ROLES if row.expected[role.value] == "403"}
        assert refused == {role for role in ROLES if not allows(Role(role), Permission(row.needs))}


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_every_caller_gets_what_the_table_says(world, row):
    expected = {caller: status.rstrip("!") for caller, status in row.expected.items() if status != FREE}
    got = {caller: ask(world, row, caller) for caller in expected}

    for caller, status in expected.items():
        if status == OPEN:
            assert got.pop(caller) not in REFUSED, caller
    assert got == {caller: status for caller, status in expected.items() if status != OPEN}


@pytest.mark.parametrize("row", [row for row in ROWS if row.route.startswith("api:") and row.needs != FREE], ids=str)
def test_a_key_without_the_permission_is_refused(world, row):
    assert ask(world, row, "weak_key") == "403"


@pytest.mark.parametrize("row", [row for row in ROWS if row.route.startswith("portal:") and row.needs != FREE], ids=str)
def test_a_key_opens_no_page_and_a_person_without_organization_none(world, row):
    assert ask(world, row, "key") == "login"
    assert ask(world, row, "nobody") == "302"


GUARDED = [row for row in ROWS if row.needs != FREE]
OF_OTHERS = [row for row in GUARDED if row.expected["stranger"] == "404"]
# What a member of the alliance sees although it is no party of the agreement: the alliance, and what is offered to it.
# What only the host may do in an alliance that a member sees answers 403.
SHOWN_TO_NEIGHBOURS = {
    "GET portal:alliance": "200",
    "GET api:alliance": "200",
    "GET portal:item": "200",
    "GET api:item": "200",
    "GET portal:item_picture": "200",
    "GET api:item_picture": "200",
    "GET portal:agreement_propose": "200",
    "POST portal:agreement_propose": "422",
    "GET portal:draft_start": "200",
    "POST portal:draft_start": "422",
}
HOSTS_ONLY = {
    "portal:application_page_edit",
    "portal:application_logo_set",
    "portal:eligibility",
    "portal:partner_found",
    "portal:partner_add",
    "portal:partner_code",
    "api:alliance_page",
    "api:alliance_partners",
    "api:alliance_page_logo",
    "api:eligibility",
}


def test_a_member_of_the_alliance_that_is_no_party_finds_no_more_than_a_stranger(world):
    assert len(OF_OTHERS) > 100
    expected = {str(row): "403" if row.route in HOSTS_ONLY else "404" for row in OF_OTHERS} | SHOWN_TO_NEIGHBOURS
    assert {str(row): ask(world, row, "neighbour") for row in OF_OTHERS} == expected


def test_a_viewer_of_the_partner_reads_what_its_owner_reads_and_writes_nothing(world):
    def expected(row: Row) -> str:
        return row.expected["partner"].rstrip("!") if allows(Role.VIEWER, Permission(row.needs)) else "403"

    assert {str(row): ask(world, row, "partner_viewer") for row in OF_OTHERS} == {
        str(row): expected(row) for row in OF_OTHERS
    }


def test_the_owner_of_a_company_that_still_applies_passes_no_other_door(world):
    closed = [row for row in GUARDED if Permission(row.needs) not in APPLICANT_PERMISSIONS]
    assert len(closed) > 200
    assert {str(row): ask(world, row, "applicant") for row in closed} == {str(row): "403" for row in closed}


def test_and_finds_its_own_application(world):
    found = ("GET portal:application", "GET portal:application_document", "GET api:own_application_by_id")
    rows = [row for row in GUARDED if str(row) in found]
    assert {str(row): ask(world, row, "applicant") for row in rows} == dict.fromkeys(found, "200")


@pytest.fixture
def suspended(world) -> Iterator[None]:
    """The host of the world stands suspended for the length of one test."""
    move(world.cast.host, OrganizationStatus.SUSPENDED)
    yield
    move(world.cast.host, OrganizationStatus.ACTIVE)


WRITES = [row for row in ROWS if row.method != "GET" and row.needs != FREE]


def test_no_write_of_a_suspended_organization_passes_a_door(world, suspended):
    assert len(WRITES) > 20
    assert {str(row): ask(world, row, "owner") for row in WRITES} == {str(row): "403" for row in WRITES}


def test_its_people_still_read_and_its_keys_do_not(world, suspended):
    reads = [row for row in ROWS if row.method == "GET" and row.needs != FREE]
    expected = {str(row): row.expected["owner"] for row in reads if row.expected["owner"] != OPEN}
    assert {str(row): ask(world, row, "owner") for row in reads if str(row) in expected} == expected
    operations = [row for row in ROWS if row.route.startswith("api:") and row.needs != FREE]
    assert {ask(world, row, "key") for row in operations} == {"403"}


@pytest.fixture
def viewing(world) -> Iterator[None]:
    """An operator looks through the eyes of the world's owner, as the caller `viewing`."""
    world.callers["viewing"] = looking_as_owner(world.cast.host)
    yield
    del world.callers["viewing"]


def test_an_operator_who_looks_as_the_owner_reads_what_the_owner_reads_and_no_secret(world, viewing):
    reads = [row for row in ROWS if row.method == "GET" and row.needs != FREE and row.expected["owner"] != OPEN]
    expected = {str(row): "403" if row.needs in SECRET_PERMISSIONS else row.expected["owner"] for row in reads}
    assert {str(row): ask(world, row, "viewing") for row in reads} == expected


def test_and_writes_nothing(world, viewing):
    writes = [row for row in ROWS if row.method != "GET" and row.needs != FREE]
    assert {str(row): ask(world, row, "viewing") for row in writes} == {str(row): "403" for row in writes}


def console_addresses() -> list[str]:
    """An address for every route of the console; ids are made up, for nobody gets as far as looking them up."""
    patterns = [route.pattern for name, route in routes().items() if is_console(name)]
    return ["/" + re.sub(r"<[^>]*>|\(\?P.*\)|[\^$\\]", "x", pattern) for pattern in patterns]


def ends_outside(world: World, caller: str, address: str) -> bool:
    """Whether the caller ends at the account pages, or is told that there is no such thing."""
    response = world.callers[caller].get(address, follow=True)
    return response.status_code == 404 or response.request["PATH_INFO"].startswith("/accounts/")


def test_the_whole_operator_console_is_closed_to_owners(world):
    assert [address for address in console_addresses() if not ends_outside(world, "owner", address)] == []


@pytest.mark.parametrize("caller", ["viewer", *OTHERS, "nobody"])
def test_the_operator_console_is_closed_to_everybody_else(world, caller):
    for address in ("/admin/", "/admin/partners/user/", "/admin/settlements/journal/", "/admin/kernel/auditevent/"):
        assert ends_outside(world, caller, address), address


def test_the_documented_table_is_up_to_date(settings):
    page = Path(settings.BASE_DIR) / "docs" / "permissions.md"

    assert page.read_text(encoding="utf-8") == permission_page(), "Run manage.py document_permissions."
