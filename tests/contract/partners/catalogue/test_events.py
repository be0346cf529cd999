"""What the catalogue tells: the recommender by events with hashes before and after, partners by webhooks."""

import pytest

from alliance.kernel.models import OutboxMessage
from alliance.kernel.tenancy import organization_scope
from partners.catalogue.domain.items import ItemStatus
from partners.catalogue.domain.visibility import PRIVATE
from partners.catalogue.models import Item
from partners.catalogue.services.change_item import ItemChange, change_item
from partners.catalogue.services.send_items import OneSent, send_items
from tests.cast import NOW, full_cast
from tests.items import AGREEMENTS, ALLIANCES, draft, item_of
from tests.outbox import deliver_all
from tests.webhooks import endpoint_of


@pytest.fixture
def cast(db):
    return full_cast()


def change(party, item, **changes):
    with organization_scope(party.id):
        change_item(actor=party.system, item_id=item, change=ItemChange(**changes), version=None, now=NOW)


def last_event(party):
    with organization_scope(party.id):
        rows = OutboxMessage.objects.filter(topic="partners.catalogue.ItemsChanged").order_by("-id")
        return rows.values_list("payload", flat=True)[0]


def the_item(party, item):
    with organization_scope(party.id):
        return Item.objects.get(pk=item)


def test_a_change_says_what_the_item_said_before_and_says_now(cast):
    item = item_of(cast.north, code="KIT", title_en="Old")
    first = the_item(cast.north, item)
    event = last_event(cast.north)
    assert (event["change"], event["before_sha256"], event["after_sha256"]) == ("created", [""], [first.content_sha256])
    assert (event["shown_before"], event["shown_after"]) == ("", str(first.visibility_id))
    change(cast.north, item, draft=draft(code="KIT", title_en="New"))
    event = last_event(cast.north)
    assert event["change"] == "changed"
    assert event["before_sha256"] == [first.content_sha256]
    assert event["after_sha256"] == [the_item(cast.north, item).content_sha256] != event["before_sha256"]
    change(cast.north, item, status=ItemStatus.ARCHIVED)
    event = last_event(cast.north)
    assert (event["change"], event["shown_after"]) == ("archived", "")
    assert event["before_sha256"] == event["after_sha256"]


def test_a_batch_says_the_same_as_one_by_one(cast):
    item = item_of(cast.north, code="KIT", title_en="Old")
    before = the_item(cast.north, item).content_sha256
    with organization_scope(cast.north.id):
        sent = [OneSent(draft=draft(code=code, title_en="New")) for code in ("KIT", "OTHER")]
        done = send_items(actor=cast.north.system, items=sent, now=NOW)
        rows = OutboxMessage.objects.filter(topic="partners.catalogue.ItemsChanged").order_by("id")
        events = {row.payload["change"]: row.payload for row in rows}
        hashes = {str(row.id): Item.objects.get(pk=row.id).content_sha256 for row in done}
    for name, old in (("changed", before), ("created", "")):
        [pk] = events[name]["item_ids"][-1:]
        assert (events[name]["before_sha256"][-1], events[name]["after_sha256"][-1]) == (old, hashes[pk])


def test_whoever_is_offered_an_item_hears_of_it_and_of_its_end(cast):
    ears = {party.name: endpoint_of(party, types=("item.changed",)) for party in (cast.host, cast.north, cast.stranger)}
    item = item_of(cast.north, visibility=PRIVATE, code="KIT")
    change(cast.north, item, visibility=AGREEMENTS)
    change(cast.north, item, draft=draft(code="KIT", title_en="New"))
    change(cast.north, item, visibility=ALLIANCES)
    change(cast.north, item, status=ItemStatus.ARCHIVED)
    deliver_all(cast.north.id)
    heard = {
        name: [(body["data"]["change"], body["data"]["item_ids"]) for body in ear.bodies()]
        for name, ear in ears.items()
    }
    assert [change for change, _ in heard[cast.host.name]] == ["offered", "changed", "changed", "withdrawn"]
    assert [change for change, _ in heard[cast.north.name]] == ["created", "changed", "changed", "changed", "archived"]
    assert heard[cast.stranger.name] == []
    assert {tuple(ids) for _, ids in heard[cast.host.name]} == {(str(item),)}
