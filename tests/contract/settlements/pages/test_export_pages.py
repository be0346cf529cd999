"""Files: asked for on a page, made by a worker, downloaded with the hash that was shown."""

import hashlib
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import organization_scope
from settlements.models import Export
from tests.cast import member_of, signed_in
from tests.contract.settlements.pages.sales import JANUARY, MARCH, close, get, listed, sell, shows, statement_of
from tests.contract.settlements.proof.evidence import seal
from tests.jobs import run_all_jobs
from tests.orders import OrderOf

pytestmark = pytest.mark.django_db
HX = {"HX-Request": "true"}


@pytest.fixture
def closed(cast):
    sell(cast, OrderOf(10001, occurred_at=JANUARY), OrderOf(-501, occurred_at=JANUARY, kind="refund"))
    close(cast, JANUARY)
    return cast


def ask(party, file_format="csv", *, role=Role.FINANCE, statement=None):
    address = reverse("portal:export_create", args=[statement or statement_of(party).id])
    return signed_in(party.user(role)).post(address, {"file_format": file_format}, follow=True)


def ask_for_book(party, alliance, file_format):
    address = reverse("portal:book_export_create", args=[alliance.id])
    return signed_in(party.finance).post(address, {"file_format": file_format}, follow=True)


def exports(party):
    with organization_scope(party.id):
        return list(Export.objects.order_by("queued_at", "id"))


def downloaded(party, export):
    answer = signed_in(party.finance).get(reverse("portal:export_file", args=[export.id]))
    assert answer.status_code == 200
    return answer, b"".join(answer.streaming_content)


@pytest.mark.parametrize("file_format", ["csv", "xlsx", "json"])
@pytest.mark.parametrize("who", ["host", "north"])
def test_the_bytes_have_the_hash_that_is_shown(closed, who, file_format):
    party = getattr(closed, who)
    assert shows(ask(party, file_format), "The file is being made.", "hx-get")
    run_all_jobs()
    [export] = exports(party)
    page = get(signed_in(party.finance), "export", export.id)
    answer, content = downloaded(party, export)
    assert shows(page, hashlib.sha256(content).hexdigest(), reverse("portal:export_file", args=[export.id]))
    assert answer["Content-Disposition"] == f'attachment; filename="{export.file_name}"'
    assert answer["Cache-Control"] == "private, no-store"
    assert len(content) == export.size_bytes


def test_evidence_is_refused_until_it_is_sealed_and_the_page_says_so(closed):
    assert shows(ask(closed.north, "evidence"), "being sealed", "Check this statement yourself")
    assert exports(closed.north) == []
    seal(closed)
    assert shows(ask(closed.north, "evidence"), "The file is being made.")


def test_the_page_says_how_to_check_a_statement(closed):
    page = get(signed_in(closed.north.viewer), "verify_statement")
    assert shows(page, "alliance_verify.py", reverse("portal:verifier"))


@pytest.mark.parametrize("file_format", ["beancount", "hledger"])
def test_the_host_takes_its_whole_book(closed, file_format):
    assert shows(ask_for_book(closed.host, closed.alliance, file_format), "The file is being made.")
    run_all_jobs()
    [export] = exports(closed.host)
    _, content = downloaded(closed.host, export)
    assert export.sha256 == hashlib.sha256(content).hexdigest()


def test_asking_again_makes_another_file_with_the_same_bytes(closed):
    for _ in range(2):
        ask(closed.north)
    run_all_jobs()
    first, second = exports(closed.north)
    assert first.sha256 == second.sha256
    assert len(listed(get(signed_in(closed.north.finance), "exports"), "id")) == 2


def test_the_page_asks_how_far_it_is_and_reloads_at_the_end(closed):
    ask(closed.north)
    [export] = exports(closed.north)
    client = signed_in(closed.north.finance)
    address = reverse("portal:export", args=[export.id])
    waiting = client.get(address, headers=HX)
    assert shows(waiting, "hx-get", "<progress")
    assert "HX-Refresh" not in waiting
    run_all_jobs()
    assert client.get(address, headers=HX)["HX-Refresh"] == "true"


def test_before_it_is_made_there_is_nothing_to_download(closed):
    ask(closed.north)
    [export] = exports(closed.north)
    answer = signed_in(closed.north.finance).get(reverse("portal:export_file", args=[export.id]), follow=True)
    assert shows(answer, "no longer kept")


def test_an_old_file_is_gone_and_says_so(closed):
    ask(closed.north)
    run_all_jobs()
    [export] = exports(closed.north)
    with organization_scope(closed.north.id):
        Export.objects.update(expires_at=MARCH - timedelta(days=1))
    client = signed_in(closed.north.finance)
    assert client.get(reverse("portal:export_file", args=[export.id])).status_code == 302
    page = get(client, "export", export.id)
    assert shows(page, "This file is no longer kept.")
    assert not shows(page, reverse("portal:export_file", args=[export.id]))


def test_a_failed_one_is_said_plainly(closed):
    ask(closed.north)
    with organization_scope(closed.north.id):
        Export.objects.update(state="failed", error_code="gave_up", error_detail="Traceback: secret detail")
    [export] = exports(closed.north)
    page = get(signed_in(closed.north.finance), "export", export.id)
    assert shows(page, "because of an error of ours", "gave_up")
    assert not shows(page, "secret detail")


@pytest.mark.parametrize("file_format", ["", "docx", "beancount", "../../etc/passwd"])
def test_a_format_that_is_not_offered(closed, file_format):
    assert shows(ask(closed.north, file_format), "Choose one of the formats offered.")
    assert exports(closed.north) == []


def test_a_statement_format_is_not_offered_for_a_book(closed):
    assert shows(ask_for_book(closed.host, closed.alliance, "csv"), "Choose one of the formats offered.")
    assert exports(closed.host) == []


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MARKETER, Role.DEVELOPER])
def test_roles_without_exports(closed, role):
    client = signed_in(member_of(closed.north, role))
    statement = statement_of(closed.north).id
    assert client.get(reverse("portal:exports")).status_code == 403
    posted = client.post(reverse("portal:export_create", args=[statement]), {"file_format": "csv"})
    assert posted.status_code == 403
    assert exports(closed.north) == []


@pytest.mark.parametrize("who", ["north", "south", "stranger"])
def test_foreign_things_do_not_exist(closed, who):
    party = getattr(closed, who)
    ask(closed.host)
    run_all_jobs()
    [export] = exports(closed.host)
    client = signed_in(party.finance)
    for name, argument in (("export", export.id), ("export_file", export.id), ("export", uuid4())):
        assert client.get(reverse(f"portal:{name}", args=[argument])).status_code == 404
    assert ask(party, statement=statement_of(closed.host).id).status_code == 404
    assert ask_for_book(party, closed.alliance, "beancount").status_code == 404
    assert exports(party) == []


def test_the_book_is_offered_to_its_host_alone(closed):
    address = reverse("portal:book_export_create", args=[closed.alliance.id])
    assert shows(get(signed_in(closed.host.finance), "exports"), address)
    assert not shows(get(signed_in(closed.north.finance), "exports"), address)


def test_no_file_yet(cast):
    assert shows(get(signed_in(cast.north.finance), "exports"), "No file yet")


def test_wrong_methods(closed):
    ask(closed.north)
    [export] = exports(closed.north)
    client = signed_in(closed.north.finance)
    for name in ("export", "export_file"):
        assert client.post(reverse(f"portal:{name}", args=[export.id])).status_code == 405
    create = reverse("portal:export_create", args=[statement_of(closed.north).id])
    assert client.get(create).status_code == 405
    assert Client().post(create).url.startswith("/accounts/login/")
    strict = signed_in(closed.north.finance, client=Client(enforce_csrf_checks=True))
    assert strict.post(create, {"file_format": "csv"}).status_code == 403
