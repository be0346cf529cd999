"""Who may show an item: the owner's rules by form and by API, and what they come to for everybody else."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alliance.kernel.models import AuditEvent, OutboxMessage
from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import atomic, organization_scope
from partners.catalogue.domain.display import Effect
from partners.catalogue.domain.items import ItemStatus
from partners.catalogue.domain.visibility import PRIVATE, Reach, Visibility
from partners.catalogue.domain.wanted_rule import WantedRule
from partners.catalogue.models import DisplayRule
from partners.catalogue.selectors import display_decisions
from partners.catalogue.services.add_display_rule import add_display_rule
from tests.api import Caller, problem
from tests.cast import NOW, alliance_of, full_cast, host_organization, join, member_of, signed_in
from tests.items import AGREEMENTS, item_of

pytestmark = pytest.mark.django_db
RULES, DISPLAY = "/api/v1/display-rules", "/api/v1/items/display"


@pytest.fixture
def cast(db):
    return full_cast(time_zone="Asia/Shanghai")


@pytest.fixture
def client(cast):
    return signed_in(cast.north.owner)


def rule(owner, effect, **where):
    with organization_scope(owner.id):
        return add_display_rule(actor=owner.system, wanted=WantedRule(effect=Effect(effect), **where), now=NOW)


def decided(party, alliance, *items, at=NOW):
    with organization_scope(party.id):
        found = display_decisions(alliance_id=alliance.id, item_ids=items, at=at)
    return [(found[item].may_show, found[item].reason.value) if item in found else None for item in items]


def test_rules_decide_for_each_partner_and_nobody_learns_of_others(cast):
    plain, floored, denied, exclusive = (
        item_of(cast.north, price_minor=1000, currency="EUR", category="fitness.strength") for _ in range(4)
    )
    rule(cast.north, "deny", item_id=denied)
    rule(cast.north, "exclusive", item_id=exclusive, partner_id=cast.host.id)
    rule(cast.north, "price_floor", item_id=floored, floor_minor=1001, currency="EUR")
    items = (plain, floored, denied, exclusive)
    common = [(True, "default"), (False, "below_price_floor"), (False, "denied")]
    assert decided(cast.host, cast.alliance, *items) == [*common, (True, "exclusive")]
    assert decided(cast.south, cast.alliance, *items) == [*common, (False, "exclusive_to_others")]
    assert decided(cast.north, cast.alliance, *items) == [(True, "own")] * 4
    assert decided(cast.stranger, cast.alliance, *items) == [None] * 4
    with organization_scope(cast.south.id):
        assert not DisplayRule.objects.exists()


def test_the_narrowest_rule_of_a_category_decides(cast):
    item = item_of(cast.north, category="fitness.strength")
    rule(cast.north, "deny")
    assert decided(cast.south, cast.alliance, item) == [(False, "denied")]
    rule(cast.north, "allow", category="fitness")
    assert decided(cast.south, cast.alliance, item) == [(True, "allowed")]
    rule(cast.north, "deny", category="fitness.strength", partner_id=cast.host.id)
    assert decided(cast.south, cast.alliance, item) == [(True, "allowed")]
    assert decided(cast.host, cast.alliance, item) == [(False, "denied")]


def test_a_rule_holds_over_its_half_open_window_and_in_its_alliance_only(cast):
    other_host = host_organization(name="Other host")
    other = alliance_of(other_host)
    join(other, cast.north)
    join(other, cast.south)
    item = item_of(cast.north)
    ends = NOW + timedelta(days=1)
    rule(cast.north, "deny", item_id=item, alliance_id=other.id, holds_from=NOW, holds_until=ends)
    assert decided(cast.south, cast.alliance, item) == [(True, "default")]
    moments = (NOW - timedelta(seconds=1), NOW, ends - timedelta(seconds=1), ends)
    verdicts = [decided(cast.south, other, item, at=at)[0][0] for at in moments]
    assert verdicts == [True, False, False, True]


def test_only_what_is_offered_in_the_alliance_and_can_be_had_may_be_shown(cast):
    other_host = host_organization(name="Other host")
    other = alliance_of(other_host)
    join(other, cast.north)
    join(other, cast.south)
    here = item_of(cast.north, visibility=Visibility(Reach.ALLIANCES, (cast.alliance.id,)))
    agreed = item_of(cast.north, visibility=AGREEMENTS)
    gone = item_of(cast.north, stock=0)
    own_draft = item_of(cast.south, status=ItemStatus.DRAFT)
    secret = item_of(cast.north, visibility=PRIVATE)
    assert decided(cast.south, other, here, agreed, gone, own_draft, secret) == [
        (False, "not_offered"),
        None,
        (False, "unavailable"),
        (False, "unavailable"),
        None,
    ]
    assert decided(cast.south, cast.alliance, here) == [(True, "default")]
    assert decided(cast.host, cast.alliance, agreed) == [(True, "default")]
    assert decided(cast.host, other, agreed, here) == [(False, "not_offered")] * 2


def test_the_queries_do_not_grow_with_the_items(cast):
    items = [item_of(cast.north) for _ in range(20)]
    rule(cast.north, "deny", item_id=items[0])
    for asked in (items[:1], items):
        with organization_scope(cast.south.id), CaptureQueriesContext(connections["default"]) as queries:
            display_decisions(alliance_id=cast.alliance.id, item_ids=asked, at=NOW)
        assert len(queries) <= 4


def test_a_rule_by_form_is_listed_changed_and_removed(cast, client):
    item = item_of(cast.north, code="KIT", title_en="The kit", price_minor=5000, currency="EUR")
    form = {"effect": "price_floor", "item_id": "KIT", "floor_minor": "49.50", "currency": "eur", "note": "for now"}
    form |= {"partner_id": str(cast.host.id), "holds_from": "2026-01-01T08:00"}
    assert client.post(reverse("portal:display_rule_new"), form).status_code == 302
    with organization_scope(cast.north.id):
        saved = DisplayRule.objects.get()
        assert (saved.floor_minor, saved.currency, saved.item_id) == (4950, "EUR", item)
        assert saved.holds_from.isoformat() == "2026-01-01T00:00:00+00:00"
    text = client.get(reverse("portal:display_rules")).content.decode()
    assert all(word in text for word in ("Not below a price", "The kit", cast.host.name, "49.50", "for now"))
    address = reverse("portal:display_rule", args=[saved.pk])
    assert 'value="49.50"' in client.get(address).content.decode()
    assert client.post(address, form | {"floor_minor": "60"}).status_code == 302
    assert decided(cast.host, cast.alliance, item) == [(False, "below_price_floor")]
    shown = client.get(reverse("portal:item", args=[item])).content.decode()
    assert "below the lowest one" in shown
    assert "Every other member" in shown
    assert client.post(reverse("portal:display_rule_remove", args=[saved.pk])).status_code == 302
    assert decided(cast.host, cast.alliance, item) == [(True, "default")]
    with organization_scope(cast.north.id):
        actions = list(AuditEvent.objects.filter(action__startswith="display_rule").values_list("action", flat=True))
        told = OutboxMessage.objects.filter(topic="partners.catalogue.DisplayRulesChanged").count()
    assert sorted(actions) == ["display_rule.added", "display_rule.changed", "display_rule.removed"]
    assert told == 3


def test_a_partner_reads_on_the_items_page_whether_it_may_show_it(cast):
    item = item_of(cast.north)
    rule(cast.north, "deny", item_id=item)
    text = signed_in(cast.south.owner).get(reverse("portal:item", args=[item])).content.decode()
    assert "May we show it?" in text
    assert "The owner has ruled it out." in text
    assert reverse("portal:display_rule_new") not in text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"effect": "exclusive"}, "Choose the partner that alone may show it."),
        ({"effect": "price_floor"}, "This is missing."),
        ({"effect": "price_floor", "floor_minor": "5", "currency": "XXQ"}, "not a currency"),
        ({"effect": "price_floor", "floor_minor": "0", "currency": "EUR"}, "above zero"),
        ({"item_id": "NOPE"}, "You have no item with this code."),
        ({"item_id": "KIT", "category": "fitness"}, "not both"),
        ({"partner_id": "00000000-0000-0000-0000-000000000001"}, "Select a valid choice"),
        ({"holds_from": "2026-01-02T00:00", "holds_until": "2026-01-01T00:00"}, "end comes after"),
    ],
)
def test_a_rule_that_can_not_be_is_refused_beside_its_field(cast, client, changes, sentence):
    item_of(cast.north, code="KIT")
    response = client.post(reverse("portal:display_rule_new"), {"effect": "deny"} | changes)
    assert response.status_code == 422
    assert sentence in response.content.decode()


def test_rules_by_api(cast):
    north, south = Caller(cast.north), Caller(cast.south)
    item = item_of(cast.north, price_minor=100, currency="EUR")
    response = north.post(RULES, {"effect": "deny", "item_id": str(item)})
    assert response.status_code == 201, response.content
    address = response["Location"]
    assert [row["id"] for row in north.get(f"{RULES}?item_id={item}").json()["results"]] == [response.json()["id"]]
    asked = f"{DISPLAY}?alliance_id={cast.alliance.id}&item_ids={item},{cast.host.id}"
    assert south.get(asked).json() == {
        "decisions": [{"item_id": str(item), "may_show": False, "reason": "denied", "floor_minor": None}]
    }
    changed = north.patch(address, {"effect": "price_floor", "floor_minor": 90, "currency": "EUR"})
    assert (changed.status_code, changed.json()["item_id"]) == (200, str(item))
    decision = south.get(asked).json()["decisions"][0]
    assert (decision["may_show"], decision["floor_minor"]) == (True, 90)
    for refused in (south.get(address), south.patch(address, {}), south.delete(address)):
        problem(refused, 404, "not_found")
    assert north.delete(address).status_code == 204
    problem(north.get(address), 404, "not_found")
    problem(south.get(f"{DISPLAY}?alliance_id={cast.alliance.id}&item_ids=x"), 422, "invalid_input")


def test_what_a_rule_can_not_name_is_refused_by_api(cast):
    north = Caller(cast.north)
    foreign = item_of(cast.host)
    for given in (
        {"item_id": str(foreign)},
        {"partner_id": str(cast.north.id)},
        {"partner_id": str(cast.stranger.id)},
        {"alliance_id": str(alliance_of(host_organization()).id)},
        {"category": "no.such"},
    ):
        assert north.post(RULES, {"effect": "deny"} | given).status_code == 422, given
    assert north.post(RULES, {"effect": "deny"}).status_code == 201
    problem(north.post(RULES, {"effect": "deny"}), 409, "display_rule_twice")


def test_who_may(cast):
    pk = rule(cast.north, "deny")
    marketer, analyst = (signed_in(member_of(cast.north, role)) for role in (Role.MARKETER, Role.ANALYST))
    address, remove = (reverse(f"portal:display_rule{end}", args=[pk]) for end in ("", "_remove"))
    assert (marketer.get(address).status_code, analyst.get(address).status_code) == (200, 403)
    assert analyst.get(reverse("portal:display_rules")).status_code == 200
    assert analyst.post(remove).status_code == 403
    assert signed_in(cast.south.owner).post(remove).status_code == 404


def test_the_database_ties_a_rule_to_an_item_of_its_owner(cast):
    foreign = item_of(cast.host)

    def tied():
        DisplayRule.objects.create(organization_id=cast.north.id, effect="deny", item_id=foreign)
        with connections["default"].cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # as at the commit

    with organization_scope(cast.north.id), pytest.raises(IntegrityError), atomic():
        tied()
