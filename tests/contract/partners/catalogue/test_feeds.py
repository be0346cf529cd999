"""Feeds: fetched by the clock, imported when they have changed, paused when they are hopeless, and no way into our network."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core import mail
from django.core.files.storage import default_storage
from django.db import IntegrityError
from django.urls import reverse

from alliance.kernel.clock import utc_now
from alliance.kernel.http.outgoing import addresses
from alliance.kernel.models import AuditEvent
from alliance.kernel.permissions import Role
from alliance.kernel.standing import OrganizationStatus
from alliance.kernel.tenancy import atomic, organization_scope
from partners.catalogue.domain.mapping import ItemMapping
from partners.catalogue.feeds.domain import MOST_FAILURES
from partners.catalogue.feeds.models import ItemFeed, ItemFeedFetch
from partners.catalogue.feeds.services.add_feed import WantedFeed, add_feed
from partners.catalogue.feeds.services.change_feed import FeedChange, change_feed
from partners.catalogue.feeds.services.forget_feed_fetches import forget_feed_fetches
from partners.catalogue.feeds.services.queue_due_feeds import queue_due_feeds
from partners.catalogue.feeds.services.queue_feed_fetch import queue_feed_fetch
from partners.catalogue.models import Item, ItemFile, ItemImport
from tests.api import Caller, problem
from tests.cast import full_cast, member_of, partner_organization, signed_in
from tests.contract.kernel.outgoing.conftest import loopback
from tests.contract.kernel.outgoing.servers import serving
from tests.items import item_of
from tests.jobs import run_all_jobs
from tests.operators import move
from tests.outbox import deliver_all
from tests.spreadsheets import csv_bytes

__all__ = ["loopback"]
HEADER = ("code", "kind", "title_en", "price")
MAPPING = ItemMapping(
    columns={name: name for name in HEADER}, default_currency="EUR", new_status="published", archive_missing=True
)


def rows(count, *, price=1):
    return csv_bytes([(f"F{n:03}", "course", f"Lesson {n}", f"{price}.00") for n in range(count)], header=HEADER)


def http(content=b"", *, status="200 OK", **headers):
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status}\r\n{lines}Content-Length: {len(content)}\r\n\r\n".encode() + content


class Shop:
    """A partner's server with one file."""

    def __init__(self, server) -> None:
        self.server, self.answer = server, http(rows(3), ETag='"one"', Last_Modified="Thu, 01 Jan 2026 00:00:00 GMT")

    @property
    def url(self):
        return self.server.url(host="127.0.0.1", path="/items.csv")

    def last_request(self):
        return self.server.requests[-1].decode()


@contextmanager
def opened(loopback):
    holder = []
    with serving(lambda line: line.sendall(holder[0].answer)) as server:
        loopback(server.port)
        holder.append(Shop(server))
        yield holder[0]


@pytest.fixture
def shop(loopback):
    with opened(loopback) as found:
        yield found


@pytest.fixture
def cast(db):
    return full_cast()


@pytest.fixture
def north(cast):
    return cast.north


def feed_of(party, shop, *, mapping=MAPPING, name="Shop", url=""):
    now = utc_now()
    with organization_scope(party.id):
        wanted = WantedFeed(name=name, url=url or shop.url, every_hours=6)
        feed_id = add_feed(actor=party.system, wanted=wanted, now=now)
        if mapping:
            change_feed(actor=party.system, feed_id=feed_id, change=FeedChange(mapping=mapping), now=now)
    return feed_id


def fetch_again(party, feed_id, *, is_forced=False):
    """Queue, fetch and import; the log's newest row."""
    with organization_scope(party.id):
        queue_feed_fetch(actor=party.system, feed_id=feed_id, is_forced=is_forced, now=utc_now())
    return work(party, feed_id)


def work(party, feed_id):
    for _ in range(2):
        run_all_jobs()
    with organization_scope(party.id):
        return ItemFeedFetch.objects.filter(feed_id=feed_id).order_by("-id").first()


def the_feed(party, feed_id):
    with organization_scope(party.id):
        return ItemFeed.objects.get(pk=feed_id)


def stock(party):
    with organization_scope(party.id):
        return dict(Item.objects.values_list("code", "status"))


def test_a_feed_is_imported_asks_for_news_only_and_takes_them(north, shop):
    feed_id = feed_of(north, shop)
    first = work(north, feed_id)
    assert (first.outcome, first.status, first.error) == ("imported", 200, "")
    assert stock(north) == {"F000": "published", "F001": "published", "F002": "published"}
    shop.answer = http(status="304 Not Modified")
    assert fetch_again(north, feed_id).outcome == "unchanged"
    request = shop.last_request()
    assert 'If-None-Match: "one"' in request
    assert "If-Modified-Since: Thu, 01 Jan 2026 00:00:00 GMT" in request
    shop.answer = http(rows(2, price=5), ETag='"two"')
    assert fetch_again(north, feed_id).outcome == "imported"
    assert stock(north) == {"F000": "published", "F001": "published", "F002": "archived"}
    shop.answer = http(rows(2, price=5), ETag='"three"')
    assert fetch_again(north, feed_id).outcome == "unchanged"
    with organization_scope(north.id):
        assert ItemFile.objects.count() == 2
    assert the_feed(north, feed_id).etag == '"two"'


def test_nothing_is_imported_before_somebody_said_how_to_read_it(north, shop):
    feed_id = feed_of(north, shop, mapping=None)
    assert work(north, feed_id).outcome == "stored"
    assert stock(north) == {}
    client = signed_in(north.owner)
    address = reverse("portal:item_feed", args=[feed_id])
    assert "nothing is imported yet" in client.get(address).content.decode()
    mapping = reverse("portal:item_feed_mapping", args=[feed_id])
    form = client.get(mapping).context["form"]
    values = {name: form[name].value() or "" for name in form.fields if name != "archive_missing"}
    response = client.post(mapping, values | {"default_currency": "EUR"})
    assert response.status_code == 302, response.context["form"].errors
    run_all_jobs()
    assert len(stock(north)) == 3


def test_a_feed_puts_away_only_what_it_brought(north, shop):
    item_of(north, code="BY-HAND")
    other_file = http(csv_bytes([("G1", "course", "Other", "1.00")], header=HEADER))
    first = feed_of(north, shop)
    work(north, first)
    second = feed_of(north, shop, name="Other", url=shop.url + "?b")
    shop.answer = other_file
    fetch_again(north, second)
    with organization_scope(north.id):
        Item.objects.filter(code="F000").update(item_import=None)  # changed by hand since
    shop.answer = http(csv_bytes([("F009", "course", "New", "1.00"), ("F008", "course", "New", "1.00")], header=HEADER))
    fetch_again(north, first)
    assert stock(north) == {
        "BY-HAND": "published",
        "G1": "published",
        "F000": "published",
        "F001": "archived",
        "F002": "archived",
        "F008": "published",
        "F009": "published",
    }


def test_a_file_that_lost_most_of_its_rows_waits_for_a_member(north, shop):
    shop.answer = http(rows(10))
    feed_id = feed_of(north, shop)
    work(north, feed_id)
    shop.answer = http(rows(4))
    shrunk = fetch_again(north, feed_id)
    assert (shrunk.outcome, shrunk.error) == ("failed", "shrunk")
    assert set(stock(north).values()) == {"published"}
    assert fetch_again(north, feed_id, is_forced=True).outcome == "imported"
    assert list(stock(north).values()).count("archived") == 6


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (http(b"no", status="500 Oops"), "http_status"),
        (http(b"gone", status="404 Not Found"), "http_status"),
        (http(b""), "empty"),
        (http(csv_bytes([("A", "course", "x")], header=("code", "kind", "title_en"))), "columns_missing"),
        (http(csv_bytes([], header=HEADER)), "no_rows"),
        (http(b"\x89PNG\r\n\x1a\n\x00\x00"), "nul_bytes"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\ncode", "response_malformed"),
        (http(status="302 Found", Location="http://127.0.0.2/items.csv"), "address_refused"),
        (http(status="302 Found", Location="http://169.254.169.254/latest/"), "address_refused"),
        (http(status="302 Found", Location="file:///etc/passwd"), "url_malformed"),
    ],
)
def test_what_goes_wrong_is_in_the_log_and_changes_nothing(north, shop, answer, error):
    feed_id = feed_of(north, shop)
    shop.answer = answer
    found = work(north, feed_id)
    assert (found.outcome, found.error) == ("failed", error)
    assert stock(north) == {}
    with organization_scope(north.id):
        assert not ItemFile.objects.exists()
    text = signed_in(north.owner).get(reverse("portal:item_feed", args=[feed_id])).content.decode()
    assert "1 failure in a row" in text


def test_an_answer_larger_than_an_upload_is_refused(north, shop, settings):
    settings.IMPORT_MAX_BYTES = 100
    shop.answer = http(rows(50))
    assert work(north, feed_of(north, shop)).error == "response_too_large"


def test_the_name_is_looked_up_again_each_time_and_never_leads_inside(north, shop, monkeypatch):
    """DNS rebinding: public when the feed was added, inside when it is fetched."""
    answers = iter([["127.0.0.1"]])
    monkeypatch.setattr(addresses, "resolve_name", lambda _name, _port: next(answers, ["127.0.0.2"]))
    feed_id = feed_of(north, shop, url=shop.server.url(host="shop.test", path="/items.csv"))
    assert work(north, feed_id).error == "address_refused"
    assert shop.server.requests == []


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1/", "https://10.0.0.1/a.csv", "ftp://example.org/", "https://u:p@example.org/"]
)
def test_an_address_that_is_not_public_is_refused_beside_its_field(north, url):
    response = signed_in(north.owner).post(
        reverse("portal:item_feed_new"), {"name": "Bad", "url": url, "every_hours": "6"}
    )
    assert response.status_code == 422
    assert response.context["form"].errors["url"]


def test_a_failing_feed_is_told_once_comes_sooner_and_is_paused(north, shop):
    feed_id = feed_of(north, shop)
    shop.answer = http(status="500 Oops")
    work(north, feed_id)
    assert the_feed(north, feed_id).next_fetch_at - utc_now() < timedelta(minutes=16)
    for _ in range(MOST_FAILURES - 2):
        fetch_again(north, feed_id)
    deliver_all(north.id)
    assert {message.subject for message in mail.outbox} == {"The feed “Shop” could not be fetched"}
    told = len(mail.outbox)
    fetch_again(north, feed_id)
    deliver_all(north.id)
    feed = the_feed(north, feed_id)
    assert (feed.is_active, feed.paused_because, feed.failures) == (False, "failing", MOST_FAILURES)
    assert {message.subject for message in mail.outbox[told:]} == {"The feed “Shop” was paused"}
    with organization_scope(north.id):
        assert AuditEvent.objects.filter(action="item_feed.paused").count() == 1
    client = signed_in(north.owner)
    assert client.post(reverse("portal:item_feed_switch", args=[feed_id]), {"is_active": "yes"}).status_code == 302
    shop.answer = http(rows(3))
    assert fetch_again(north, feed_id).outcome == "imported"
    assert (the_feed(north, feed_id).failures, the_feed(north, feed_id).is_active) == (0, True)


def test_gone_for_good_is_believed_at_once(north, shop):
    feed_id = feed_of(north, shop)
    shop.answer = http(status="410 Gone")
    work(north, feed_id)
    assert the_feed(north, feed_id).paused_because == "gone"


def test_after_a_failed_import_the_whole_file_is_asked_for(north, shop):
    feed_id = feed_of(north, shop)
    work(north, feed_id)
    with organization_scope(north.id):
        ItemImport.objects.update(state="failed")
        Item.objects.update(price_minor=7, content_sha256="")
    assert fetch_again(north, feed_id).outcome == "imported"
    assert "If-None-Match" not in shop.last_request()
    with organization_scope(north.id):
        assert set(Item.objects.values_list("price_minor", flat=True)) == {100}


def test_an_organization_has_one_fetch_at_a_time(north, shop):
    first, second = feed_of(north, shop), feed_of(north, shop, name="Other", url=shop.url + "?b")
    with organization_scope(north.id):
        assert list(ItemFeedFetch.objects.values_list("feed_id", flat=True)) == [first]
        live = ItemFeedFetch.objects.get()
        assert queue_feed_fetch(actor=north.system, feed_id=first, is_forced=True, now=utc_now()) == live.pk
        assert queue_feed_fetch(actor=north.system, feed_id=second, is_forced=True, now=utc_now()) is None
        with pytest.raises(IntegrityError), atomic():
            ItemFeedFetch.objects.create(organization_id=north.id, feed_id=second)
    work(north, first)
    assert the_feed(north, second).is_forced_next
    with organization_scope(north.id):
        queue_feed_fetch(actor=north.system, feed_id=second, is_forced=False, now=utc_now())
        assert ItemFeedFetch.objects.get(feed_id=second).is_forced


def test_the_clock_queues_what_is_due_once_and_not_for_the_suspended(committed, loopback, settings):
    settings.ITEM_FEED_FETCHERS = 1000
    with opened(loopback) as shop:
        party, closed = partner_organization(), partner_organization()
        due, later = feed_of(party, shop), feed_of(closed, shop)
        for one in (party, closed):
            work(one, due if one is party else later)
        move(closed, OrganizationStatus.SUSPENDED)
        then = utc_now() + timedelta(hours=7)
        assert queue_due_feeds(now=then) >= 1
        with organization_scope(party.id):
            assert ItemFeedFetch.objects.filter(feed_id=due, state="queued").count() == 1
        queue_due_feeds(now=then)
        for one, feed_id, count in ((party, due, 2), (closed, later, 1)):
            with organization_scope(one.id):
                assert ItemFeedFetch.objects.filter(feed_id=feed_id).count() == count
        run_all_jobs(party.id)
        settings.ITEM_FEED_FETCHERS = 0
        assert queue_due_feeds(now=then + timedelta(hours=7)) == 0


def test_old_files_and_rows_are_forgotten_but_the_newest_file(committed, loopback):
    with opened(loopback) as shop:
        party = partner_organization()
        feed_id = feed_of(party, shop)
        run_all_jobs(party.id)
        for price in (2, 3):
            shop.answer = http(rows(3, price=price))
            with organization_scope(party.id):
                queue_feed_fetch(actor=party.system, feed_id=feed_id, is_forced=True, now=utc_now())
            run_all_jobs(party.id)
    with organization_scope(party.id):
        names = list(ItemFile.objects.order_by("id").values_list("stored_as", flat=True))
    assert len(names) == 3
    forget_feed_fetches(now=utc_now() + timedelta(days=29))
    assert [default_storage.exists(name) for name in names] == [True] * 3
    forget_feed_fetches(now=utc_now() + timedelta(days=31))
    assert [default_storage.exists(name) for name in names] == [False, False, True]


def test_feeds_by_api(cast, shop):
    north, south = Caller(cast.north), Caller(cast.south)
    response = north.post("/api/v1/item-feeds", {"name": "Shop", "url": shop.url, "every_hours": 6})
    assert response.status_code == 201, response.content
    address = response["Location"]
    assert response.json()["mapping"] is None
    run_all_jobs()
    given = {"columns": {name: name for name in HEADER}, "default_currency": "EUR", "reach": "alliances"}
    changed = north.patch(address, {"mapping": given})
    assert (changed.status_code, changed.json()["mapping"]["reach"]) == (200, "alliances")
    run_all_jobs()
    assert len(stock(cast.north)) == 3
    log = north.get(f"{address}/fetches").json()["results"]
    assert [row["outcome"] for row in log] == ["stored"]
    assert north.post(f"{address}/fetches").status_code == 202
    assert north.patch(address, {"is_active": False}).json()["paused_because"] == "member"
    problem(north.patch(address, {"mapping": given | {"columns": {"code": "code"}}}), 422, "invalid_input")
    problem(north.post("/api/v1/item-feeds", {"name": "Twice", "url": shop.url}), 409, "feed_url_taken")
    for refused in (
        south.get(address),
        south.patch(address, {}),
        south.delete(address),
        south.post(f"{address}/fetches"),
    ):
        problem(refused, 404, "not_found")
    assert north.delete(address).status_code == 204
    problem(north.get(address), 404, "not_found")


def test_who_may(cast, shop):
    feed_id = feed_of(cast.north, shop)
    work(cast.north, feed_id)
    analyst, foreign = signed_in(member_of(cast.north, Role.ANALYST)), signed_in(cast.south.owner)
    assert analyst.get(reverse("portal:item_feed", args=[feed_id])).status_code == 200
    assert foreign.get(reverse("portal:item_feed", args=[feed_id])).status_code == 404
    for name in ("edit", "mapping"):
        address = reverse(f"portal:item_feed_{name}", args=[feed_id])
        assert (analyst.get(address).status_code, foreign.get(address).status_code) == (403, 404)
    for name in ("fetch", "switch", "remove"):
        address = reverse(f"portal:item_feed_{name}", args=[feed_id])
        assert (analyst.post(address).status_code, foreign.post(address).status_code) == (403, 404)
    assert signed_in(cast.north.owner).post(reverse("portal:item_feed_remove", args=[feed_id])).status_code == 302
    assert the_feed(cast.north, feed_id).removed_at is not None
