"""Items by form: writing, changing, publishing, putting away; and what partners see of them."""

import pytest
from django.test import Client
from django.urls import resolve, reverse

from alliance.kernel.models import OutboxMessage
from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import organization_scope
from partners.catalogue.domain.items import ItemStatus
from partners.catalogue.domain.visibility import PRIVATE, Reach, Visibility
from partners.catalogue.models import Item
from partners.catalogue.services.change_item import ItemChange, change_item
from tests.cast import NOW, alliance_of, full_cast, host_organization, join, member_of, signed_in
from tests.items import item_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db):
    return full_cast(time_zone="Asia/Shanghai")


@pytest.fixture
def client(cast):
    return signed_in(cast.north.owner)


FORM = {
    "code": " KIT-1 ",
    "kind": "physical_good",
    "category": "fitness.equipment",
    "title_zh": "弹力带",
    "title_en": "Resistance bands",
    "description_en": "Five bands",
    "price_minor": "35.60",
    "currency": "cny",
    "stock": "12",
    "available_from": "2026-03-01T08:00",
    "tags": "健身，bands, bands",
    "image_urls": "https://example.org/a.png\nhttps://example.org/b.png",
    "page_url": "https://example.org/kit",
    "attributes": 'colour: red\npieces: 5\nlatex: true\nsize: "10"',
    "visibility": "alliances",
}


def written(client, **changes):
    return client.post(reverse("portal:item_new"), FORM | changes)


def the_item(party, **where):
    with organization_scope(party.id):
        return Item.objects.select_related("category", "visibility").get(organization_id=party.id, **where)


def page(client, name, *arguments, **query):
    response = client.get(reverse(f"portal:{name}", args=arguments), query)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def test_an_item_is_written_and_shown_to_partners(cast, client):
    response = written(client, status="published")
    item = the_item(cast.north)
    assert response.url == reverse("portal:item", args=[item.pk])
    assert (item.code, item.status, item.price_minor, item.currency, item.stock) == (
        "KIT-1",
        "published",
        3560,
        "CNY",
        12,
    )
    assert (item.tags, item.category.key) == (["健身", "bands"], "fitness.equipment")
    assert item.attributes == {"colour": "red", "pieces": 5, "latex": True, "size": "10"}
    assert item.available_from.isoformat() == "2026-03-01T00:00:00+00:00"
    own = page(client, "item", item.pk)
    assert "The item is published." in own
    assert "Lectern" in own
    assert "1 more member" in own
    seen = page(signed_in(cast.south.owner), "item", item.pk)
    assert "North Fitness" in seen
    assert "Resistance bands" in seen
    assert reverse("portal:item_edit", args=[item.pk]) not in seen
    assert "Resistance bands" in page(signed_in(cast.south.owner), "items_offered")


def test_a_draft_is_published_taken_back_archived_and_taken_out(cast, client):
    written(client, status="draft")
    item = the_item(cast.north)
    south = signed_in(cast.south.owner)
    address = reverse("portal:item", args=[item.pk])
    for status, sees in (("published", 200), ("draft", 404), ("archived", 404), ("draft", 404), ("published", 200)):
        response = client.post(reverse("portal:item_status", args=[item.pk]), {"status": status}, follow=True)
        assert response.status_code == 200
        assert the_item(cast.north).status == status
        assert south.get(address).status_code == sees
    client.post(reverse("portal:item_status", args=[item.pk]), {"status": "archived"})
    refused = client.post(reverse("portal:item_status", args=[item.pk]), {"status": "published"}, follow=True)
    assert "becomes a draft before it is published again" in refused.content.decode()


def test_medicine_is_published_with_a_disclosure_only(cast, client):
    response = written(client, kind="medicine", status="published")
    assert response.status_code == 422
    assert "need a disclosure" in response.content.decode()
    assert written(client, kind="medicine", status="draft").status_code == 302
    item = the_item(cast.north)
    refused = client.post(reverse("portal:item_status", args=[item.pk]), {"status": "published"}, follow=True)
    assert "need a disclosure" in refused.content.decode()
    form = FORM | {"kind": "medicine", "disclosure_en": "Ask your doctor", "status": "published", "version": "1"}
    assert client.post(reverse("portal:item_edit", args=[item.pk]), form).status_code == 302
    assert "Ask your doctor" in page(signed_in(cast.south.owner), "item", item.pk)


BAD_FIELDS = (
    ({"code": ""}, "This field is required."),
    ({"title_zh": "", "title_en": ""}, "Give a title in Chinese or in English."),
    ({"kind": "boat"}, "Select a valid choice"),
    ({"category": "no.such"}, "Select a valid choice"),
    ({"price_minor": "many"}, "This is not an amount."),
    ({"price_minor": "1.234"}, "more decimals"),
    ({"currency": "XXQ"}, "not a currency"),
    ({"page_url": "http://example.org"}, "begin with https://"),
    ({"image_urls": "ftp://example.org/a"}, "begin with https://"),
    ({"attributes": "no colon"}, "This line has no name: no colon"),
    ({"available_until": "2026-03-01T08:00"}, "The end comes after the beginning."),
    ({"available_from": "tomorrow"}, "Enter a valid date/time."),
    ({"stock": "-1"}, "greater than or equal to 0"),
    ({"visibility": "everybody"}, "Select a valid choice"),
)


def test_a_bad_form_says_why_beside_the_field_and_loses_nothing(cast, client):
    for changes, sentence in BAD_FIELDS:
        response = written(client, **changes)
        text = response.content.decode()
        assert response.status_code == 422, changes
        assert sentence in text, changes
        assert "Five bands" in text
    with organization_scope(cast.north.id):
        assert not Item.objects.exists()


def test_a_code_in_use_is_said_beside_the_code(cast, client):
    written(client)
    response = written(client)
    assert response.status_code == 422
    assert "Another item has this code." in response.content.decode()


def test_an_item_is_changed_and_comes_back_into_the_form_as_it_was(cast, client):
    written(client)
    item = the_item(cast.north)
    address = reverse("portal:item_edit", args=[item.pk])
    form = client.get(address).context["form"]
    unchanged = {name: form[name].value() for name in form.fields}
    unchanged = {name: "" if value is None else value for name, value in unchanged.items()}
    unchanged["available_from"] = "2026-03-01T08:00"
    assert client.post(address, unchanged | {"version": "1"}).status_code == 302
    assert the_item(cast.north).version == 1
    assert client.post(address, unchanged | {"version": "1", "stock": "3", "code": "OTHER"}).status_code == 302
    changed = the_item(cast.north)
    assert (changed.version, changed.stock, changed.code) == (2, 3, "KIT-1")
    with organization_scope(cast.north.id):
        told = OutboxMessage.objects.filter(topic="partners.catalogue.ItemsChanged").order_by("id")
        assert [row.payload["change"] for row in told] == ["created", "changed"]


def test_somebody_elses_change_is_not_overwritten(cast, client):
    written(client)
    item = the_item(cast.north)
    with organization_scope(cast.north.id):
        change = ItemChange(status=ItemStatus.PUBLISHED)
        change_item(actor=cast.north.actor(), item_id=item.pk, change=change, version=1, now=NOW)
    response = client.post(reverse("portal:item_edit", args=[item.pk]), FORM | {"version": "1", "stock": "3"})
    assert response.status_code == 422
    assert "Somebody else has changed this item meanwhile." in response.content.decode()
    assert the_item(cast.north).stock == 12


def test_a_visibility_that_only_programs_say_stays(cast, client):
    other = alliance_of(host_organization(name="Other host"), name="The other alliance")
    join(other, cast.north)
    several = Visibility(Reach.ALLIANCES, tuple(sorted((cast.alliance.id, other.id))))
    item = item_of(cast.north, code="KIT-1", visibility=several)
    address = reverse("portal:item_edit", args=[item])
    text = client.get(address).content.decode()
    assert "The other alliance" in text
    assert "As it is: several alliances" in text
    client.post(address, FORM | {"version": "1", "visibility": "as_it_is"})
    assert the_item(cast.north).visibility.said() == several
    client.post(address, FORM | {"version": "2", "visibility": f"alliances:{other.id}"})
    assert the_item(cast.north).visibility.said() == Visibility(Reach.ALLIANCES, (other.id,))


def test_a_copy_begins_as_a_draft_under_another_code(cast, client):
    item = item_of(cast.north, code="A", title_en="Original", stock=4)
    response = client.post(reverse("portal:item_duplicate", args=[item]), {"code": "B"})
    copy = the_item(cast.north, code="B")
    assert resolve(response.url).kwargs["item_id"] == copy.pk
    assert (copy.status, copy.title_en, copy.stock, copy.visibility.reach) == ("draft", "Original", 4, "alliances")
    for code, sentence in (("A", "Another item has this code."), ("", "This field is required.")):
        response = client.post(reverse("portal:item_duplicate", args=[item]), {"code": code})
        assert response.status_code == 422
        assert sentence in response.content.decode()


def test_the_list_is_searched_and_filtered(cast, client):
    item_of(cast.north, code="AAA", title_en="Yoga mat", category="fitness.yoga", kind="physical_good")
    item_of(cast.north, code="BBB", title_zh="跑步课程", category="fitness.running", stock=0)
    item_of(cast.north, code="CCC", title_en="Old thing", status=ItemStatus.ARCHIVED)
    item_of(cast.host, code="HHH", title_en="Of the host")

    def shown(**query):
        text = page(client, "items", **query)
        return [code for code in ("AAA", "BBB", "CCC", "HHH") if code in text]

    assert shown() == ["AAA", "BBB"]
    assert shown(status="archived") == ["CCC"]
    assert shown(q="yoga") == ["AAA"]
    assert shown(q="跑步") == ["BBB"]
    assert shown(q="bbb") == ["BBB"]
    assert shown(q="nothing") == []
    assert shown(kind="physical_good") == ["AAA"]
    assert shown(category="fitness") == ["AAA", "BBB"]
    assert shown(category="fitness.running") == ["BBB"]
    assert shown(availability="now") == ["AAA"]
    assert shown(availability="not_now") == ["BBB"]
    assert shown(sort="code") == ["AAA", "BBB"]
    assert "Nothing matches this filter." in page(client, "items", q="nothing")


def test_the_gallery_shows_what_others_offer_and_nothing_else(cast, client):
    item_of(cast.host, title_en="From the host")
    item_of(cast.south, title_en="From the south", category="travel.tours")
    item_of(cast.south, title_en="Secret of the south", visibility=PRIVATE)
    item_of(cast.stranger, title_en="From a stranger")
    item_of(cast.north, title_en="My own")

    def shown(client=client, **query):
        text = page(client, "items_offered", **query)
        titles = ("From the host", "From the south", "Secret of the south", "From a stranger", "My own")
        return [title for title in titles if title in text]

    assert shown() == ["From the host", "From the south"]
    assert shown(q="south") == ["From the south"]
    assert shown(owner=str(cast.host.id)) == ["From the host"]
    assert shown(category="travel") == ["From the south"]
    assert "South Motors" in page(client, "items_offered")
    assert shown(signed_in(cast.stranger.owner)) == []
    assert "Nobody offers you anything yet" in page(signed_in(cast.stranger.owner), "items_offered")


def test_who_may(cast):
    item = item_of(cast.north)
    marketer, viewer = (signed_in(member_of(cast.north, role)) for role in (Role.MARKETER, Role.ANALYST))
    edit = reverse("portal:item_edit", args=[item])
    assert (marketer.get(edit).status_code, viewer.get(edit).status_code) == (200, 403)
    for name in ("item_status", "item_duplicate"):
        assert viewer.post(reverse(f"portal:{name}", args=[item])).status_code == 403
    for foreign in (cast.host, cast.south, cast.stranger):
        client = signed_in(foreign.owner)
        assert client.get(edit).status_code == 404
        for name in ("item_status", "item_duplicate"):
            response = client.post(reverse(f"portal:{name}", args=[item]), {"status": "archived", "code": "X"})
            assert response.status_code == 404
    assert signed_in(cast.stranger.owner).get(reverse("portal:item", args=[item])).status_code == 404
    assert "/accounts/login/" in Client().get(edit).url
    assert marketer.get(reverse("portal:item_status", args=[item])).status_code == 405


def test_hostile_text_is_only_text(cast, client):
    item = item_of(
        cast.south,
        title_en="<script>alert(1)</script>",
        description_en="<img src=x onerror=alert(1)>",
        attributes={"<b>": "<i>"},
        tags=("<u>",),
    )
    text = page(client, "item", item)
    for tag in ("<script>alert", "<img src=x", "<b>:", "<i>", "<u>"):
        assert tag not in text
