"""Who sees an item: exactly those its visibility lets in, at once when somebody joins, signs or is suspended."""

import pytest
from django.db import DatabaseError, IntegrityError, connections

from alliance.kernel.ids import new_id
from alliance.kernel.standing import OrganizationStatus
from alliance.kernel.tenancy import atomic, organization_scope
from partners.catalogue.domain.items import ItemStatus
from partners.catalogue.domain.visibility import PRIVATE, Reach, Visibility
from partners.catalogue.listing import offered_items, own_items, searched
from partners.catalogue.models import Item, ItemViewer, ItemVisibility
from partners.catalogue.services.change_item import ItemChange, change_item
from partners.catalogue.services.create_item import create_item
from partners.catalogue.services.ensure_visibility import NotYourAllianceError
from tests.cast import NOW, accept, alliance_of, full_cast, host_organization, join, proposed_agreement
from tests.items import AGREEMENTS, ALLIANCES, draft, item_of
from tests.operators import move


@pytest.fixture
def cast(db):
    return full_cast()


def seen_by(party, item_id):
    with organization_scope(party.id):
        return Item.objects.filter(pk=item_id).exists()


def seers(cast, item_id):
    named = {"host": cast.host, "north": cast.north, "south": cast.south, "stranger": cast.stranger}
    return {name for name, party in named.items() if seen_by(party, item_id)}


@pytest.mark.parametrize(
    ("visibility", "expected"),
    [
        (PRIVATE, {"north"}),
        (AGREEMENTS, {"north", "host"}),
        (ALLIANCES, {"north", "host", "south"}),
    ],
)
def test_a_published_item_is_seen_by_whom_it_is_shown_to(cast, visibility, expected):
    assert seers(cast, item_of(cast.north, visibility=visibility)) == expected


@pytest.mark.parametrize("status", [ItemStatus.DRAFT, ItemStatus.ARCHIVED])
def test_what_is_not_published_is_seen_by_its_owner_alone(cast, status):
    assert seers(cast, item_of(cast.north, status=status)) == {"north"}


def test_an_item_can_be_offered_in_some_alliances_only(cast):
    other_host = host_organization(name="Other host")
    other = alliance_of(other_host)
    join(other, cast.north)
    here = item_of(cast.north, visibility=Visibility(Reach.ALLIANCES, (cast.alliance.id,)))
    there = item_of(cast.north, visibility=Visibility(Reach.ALLIANCES, (other.id,)))
    both = item_of(cast.north)
    assert [seen_by(other_host, item) for item in (here, there, both)] == [False, True, True]
    assert [seen_by(cast.south, item) for item in (here, there, both)] == [True, False, True]


def test_nobody_offers_in_an_alliance_they_are_not_in(cast):
    other = alliance_of(host_organization(name="Other host"))
    with organization_scope(cast.north.id), pytest.raises(NotYourAllianceError):
        create_item(
            actor=cast.north.actor(),
            draft=draft(),
            visibility=Visibility(Reach.ALLIANCES, (other.id,)),
            now=NOW,
        )


def test_whoever_joins_sees_what_was_there_before_and_shows_what_it_had(cast):
    of_north, of_stranger = item_of(cast.north), item_of(cast.stranger)
    assert not seen_by(cast.stranger, of_north)
    assert not seen_by(cast.north, of_stranger)
    join(cast.alliance, cast.stranger)
    assert seen_by(cast.stranger, of_north)
    assert seen_by(cast.north, of_stranger)


def test_a_signature_shows_the_item_and_a_proposal_does_not(cast):
    item = item_of(cast.south, visibility=AGREEMENTS)
    parties = (cast.host, cast.south, cast.north)
    agreement = proposed_agreement(cast.alliance, [(party, "1/3") for party in parties])
    accept(agreement, cast.host)
    accept(agreement, cast.south)
    assert seers(cast, item) == {"south"}
    accept(agreement, cast.north)
    assert seers(cast, item) == {"south", "north", "host"}


def test_a_new_visibility_shows_the_item_to_others_at_once(cast):
    item = item_of(cast.north, visibility=PRIVATE)
    with organization_scope(cast.north.id):
        change_item(actor=cast.north.actor(), item_id=item, change=ItemChange(visibility=ALLIANCES), version=1, now=NOW)
    assert seers(cast, item) == {"north", "host", "south"}


def test_lists_and_search_show_the_same(cast):
    published = item_of(cast.north, title_zh="力量训练入门", title_en="Strength training")
    item_of(cast.north, title_zh="力量训练草稿", status=ItemStatus.DRAFT)
    item_of(cast.north, title_zh="力量训练私藏", visibility=PRIVATE)

    def found(party, text):
        with organization_scope(party.id):
            offered = searched(offered_items(), text, owner_ids=[cast.north.id])
            return set(offered.values_list("pk", flat=True))

    for text in ("力量", "训练入门", "stren", "Strength TRAIN", ""):
        assert found(cast.south, text) == {published}, text
        assert found(cast.stranger, text) == set()
    assert found(cast.south, "量力") == set()
    with organization_scope(cast.north.id):
        assert searched(own_items(), "力量", owner_ids=[cast.north.id]).count() == 3
        assert offered_items().count() == 0


def test_rows_of_others_can_not_be_written(cast):
    item = item_of(cast.north)
    with organization_scope(cast.south.id):
        assert Item.objects.filter(pk=item).update(title_en="Mine now") == 0
        place = ItemVisibility.objects.get(organization_id=cast.north.id)
        with pytest.raises(DatabaseError), atomic():
            ItemVisibility.objects.filter(pk=place.pk).update(reach="private")
        with pytest.raises(DatabaseError), atomic():
            ItemViewer.objects.create(organization_id=cast.south.id, visibility_id=place.pk)
        with pytest.raises(DatabaseError), atomic():
            Item.objects.bulk_create([_copy(item, organization_id=cast.north.id, visibility_id=place.pk)])


def test_an_item_can_not_hang_on_a_visibility_of_somebody_else(cast):
    item = item_of(cast.north)
    with organization_scope(cast.south.id):
        place = ItemVisibility.objects.get(organization_id=cast.north.id)
        row = _copy(item, organization_id=cast.south.id, visibility_id=place.pk)
        with pytest.raises(IntegrityError), atomic():
            _written_for_good(row)


def _written_for_good(row):
    Item.objects.bulk_create([row])
    with connections["default"].cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # as at the commit


def _copy(item_id, **changes):
    row = Item.objects.get(pk=item_id)
    row.pk, row.code = new_id(), "copied"
    for name, value in changes.items():
        setattr(row, name, value)
    return row


@pytest.mark.parametrize(
    "changes",
    [
        {"image_urls": ["http://example.org/a.png"]},
        {"image_urls": ["https://example.org/a.png", "javascript:alert(1)"]},
        {"page_url": "http://example.org/"},
        {"kind": "financial_product"},
        {"title_en": ""},
        {"price_minor": 5},
        {"price_minor": -5, "currency": "EUR"},
        {"status": "lost"},
        {"minimum_age": 121},
    ],
)
def test_the_database_refuses_what_an_item_can_not_be(cast, changes):
    item = item_of(cast.north)
    with organization_scope(cast.north.id), pytest.raises(IntegrityError), atomic():
        Item.objects.bulk_create([_copy(item, **changes)])


def test_what_a_suspended_organization_offers_is_seen_by_nobody_else(committed):
    cast = full_cast()
    item = item_of(cast.north)
    move(cast.north, OrganizationStatus.SUSPENDED)
    assert seers(cast, item) == {"north"}
    move(cast.north, OrganizationStatus.ACTIVE)
    assert seers(cast, item) == {"north", "host", "south"}
