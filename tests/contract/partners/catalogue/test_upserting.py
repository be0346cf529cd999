"""Many items by their codes: created, changed where they differ, left alone where they don't."""

import json

import pytest

from alliance.kernel.errors import NotPermittedError
from alliance.kernel.models import AuditEvent, OutboxMessage
from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import organization_scope
from partners.catalogue.domain.items import ItemStatus
from partners.catalogue.domain.upserting import Defaults, Outcome
from partners.catalogue.domain.visibility import PRIVATE
from partners.catalogue.models import Item
from partners.catalogue.services.change_item import ItemChange, change_item
from partners.catalogue.services.ensure_visibility import ensure_visibility
from partners.catalogue.services.upsert_items import SentItem, upsert_items
from tests.cast import NOW, full_cast
from tests.items import ALLIANCES, draft, item_of

FULL = {
    "code": "FULL",
    "kind": "physical_good",
    "title_zh": '带"引号"与\\反斜线',
    "title_en": "NULL",
    "description_en": "Line one\nline two, {braces} and 'quotes'",
    "category": "fitness.equipment",
    "tags": ("健身", 'say "hi"', "a,b", "NULL"),
    "price_minor": 12_50,
    "currency": "eur",
    "image_urls": ("https://example.org/a.png?x=1,2", "https://example.org/b.png"),
    "page_url": "https://example.org/kit",
    "available_from": NOW,
    "available_until": NOW.replace(year=2027),
    "stock": 0,
    "level": "beginner",
    "duration_minutes": 90,
    "brand": "Brand",
    "minimum_age": 16,
    "licence": "L-1",
    "disclosure_zh": "说明",
    "attributes": {"weight": 1.5, "vegan": True, "colour": 'red "dark"', "n": 3},
}


@pytest.fixture
def cast(db):
    return full_cast()


def sent(*drafts, status=None):
    return [SentItem(draft=draft, status=status) for draft in drafts]


def upsert(cast, items, *, status=ItemStatus.PUBLISHED, visibility=ALLIANCES):
    actor = cast.north.actor(Role.MANAGER)
    with organization_scope(cast.north.id):
        place = ensure_visibility(actor=actor, visibility=visibility)
        return upsert_items(actor=actor, sent=items, defaults=Defaults(status=status, visibility_id=place), now=NOW)


def outcomes(cast, items, **options):
    return [row.outcome for row in upsert(cast, items, **options)]


def announced(cast):
    with organization_scope(cast.north.id):
        rows = OutboxMessage.objects.filter(topic="partners.catalogue.ItemsChanged").order_by("id")
        return [(row.payload["change"], len(row.payload["item_ids"])) for row in rows]


def test_every_field_comes_back_as_it_was_sent(db, cast):
    wanted = draft(**FULL)
    [created] = upsert(cast, sent(wanted))
    assert (created.outcome, created.version) == (Outcome.CREATED, 1)
    with organization_scope(cast.north.id):
        item = Item.objects.select_related("category").get(pk=created.id)
        assert item.draft() == wanted
        assert (item.status, item.is_available_at(NOW)) == ("published", False)
    # and the same by the service that writes one
    other = item_of(cast.south, **FULL)
    with organization_scope(cast.south.id):
        one = Item.objects.get(pk=other)
    assert (one.content_sha256, one.words[1:]) == (item.content_sha256, item.words[1:])


def test_sending_the_same_again_changes_nothing_and_tells_nobody(cast):
    items = sent(draft(code="A"), draft(code="B"))
    assert outcomes(cast, items) == [Outcome.CREATED] * 2
    again = upsert(cast, sent(draft(code="A", title_en=items[0].draft.title_en), items[1].draft))
    assert [(row.outcome, row.version) for row in again] == [(Outcome.UNCHANGED, 1)] * 2
    assert announced(cast) == [("created", 2)]


def test_what_differs_is_changed_and_counts_up(cast):
    upsert(cast, sent(draft(code="A", title_en="Old", stock=3), draft(code="B", title_en="Kept")))
    results = upsert(
        cast, sent(draft(code="A", title_en="New"), draft(code="B", title_en="Kept"), draft(code="C", title_en="More"))
    )
    assert [row.outcome for row in results] == [Outcome.CHANGED, Outcome.UNCHANGED, Outcome.CREATED]
    assert [row.version for row in results] == [2, 1, 1]
    with organization_scope(cast.north.id):
        assert Item.objects.get(code="A").stock is None
    assert announced(cast) == [("created", 2), ("created", 1), ("changed", 1)]


def test_a_draft_that_can_not_be_is_refused_and_the_others_are_written(cast):
    results = upsert(
        cast,
        sent(
            draft(code="A", kind="boat", price_minor=5, currency="XXQ"),
            draft(code="B"),
            draft(code="C", kind="medicine"),
            draft(code="D", kind="medicine", disclosure_zh="说明"),
            draft(code="E", category="no.such"),
        ),
    )
    assert [(row.code, row.outcome) for row in results] == [
        ("A", "refused"),
        ("B", "created"),
        ("C", "refused"),
        ("D", "created"),
        ("E", "refused"),
    ]
    assert [issue.code for issue in results[0].issues] == ["not_a_kind", "not_a_currency"]
    assert [issue.code for issue in results[2].issues] == ["disclosure_missing"]
    assert [issue.field for issue in results[4].issues] == ["category"]


def test_a_draft_of_medicine_needs_no_disclosure_and_a_published_one_does_not_lose_it(cast):
    assert outcomes(cast, sent(draft(code="A", title_en="A", kind="medicine")), status=ItemStatus.DRAFT) == ["created"]
    assert outcomes(cast, sent(draft(code="A", title_en="A", kind="medicine"))) == ["unchanged"]
    upsert(cast, sent(draft(code="B", kind="medicine", disclosure_en="Ask your doctor")))
    assert outcomes(cast, sent(draft(code="B", kind="medicine"))) == ["refused"]


def test_status_and_visibility_stay_unless_they_are_sent(cast):
    upsert(cast, sent(draft(code="A", title_en="Old")), visibility=PRIVATE, status=ItemStatus.DRAFT)
    upsert(cast, sent(draft(code="A", title_en="New")))
    with organization_scope(cast.north.id):
        item = Item.objects.select_related("visibility").get(code="A")
        assert (item.status, item.visibility.reach) == ("draft", "private")
    assert outcomes(cast, sent(draft(code="A", title_en="New"), status=ItemStatus.ARCHIVED)) == ["changed"]
    assert announced(cast)[-1] == ("archived", 1)


def test_what_was_archived_by_hand_stays_archived_and_what_was_missing_comes_back(cast):
    by_hand, missing = upsert(cast, sent(draft(code="A", title_en="A"), draft(code="B", title_en="B")))
    with organization_scope(cast.north.id):
        archive = ItemChange(status=ItemStatus.ARCHIVED)
        change_item(actor=cast.north.actor(), item_id=by_hand.id, change=archive, version=None, now=NOW)
        Item.objects.filter(pk=missing.id).update(status="archived", archived_as_missing=True)
    assert outcomes(cast, sent(draft(code="A", title_en="A"), draft(code="B", title_en="B"))) == [
        "unchanged",
        "changed",
    ]
    with organization_scope(cast.north.id):
        assert list(Item.objects.order_by("code").values_list("status", "archived_as_missing")) == [
            ("archived", False),
            ("published", False),
        ]


def test_messages_are_cut(cast):
    upsert(cast, sent(*[draft() for _ in range(1_201)]))
    assert announced(cast) == [("created", 500), ("created", 500), ("created", 201)]


def test_codes_are_one_owners_own(cast):
    item_of(cast.south, code="SAME", title_en="South's")
    assert outcomes(cast, sent(draft(code="SAME"))) == ["created"]
    with organization_scope(cast.south.id):
        assert Item.objects.get(organization_id=cast.south.id, code="SAME").title_en == "South's"


def test_the_permission_is_needed(cast):
    with organization_scope(cast.north.id), pytest.raises(NotPermittedError):
        upsert_items(
            actor=cast.north.actor(Role.VIEWER),
            sent=[],
            defaults=Defaults(status=ItemStatus.DRAFT, visibility_id=cast.north.id),
            now=NOW,
        )


def test_nothing_secret_and_nothing_long_lands_in_the_trail(cast):
    item = item_of(cast.north, title_en="Old")
    with organization_scope(cast.north.id):
        change = ItemChange(draft=draft(code=Item.objects.get(pk=item).code, title_en="New"))
        change_item(actor=cast.north.actor(), item_id=item, change=change, version=1, now=NOW)
        trail = AuditEvent.objects.get(action="item.changed")
        assert (trail.before, trail.after) == ({"title_en": "Old"}, {"title_en": "New"})
        assert json.dumps(trail.after)
