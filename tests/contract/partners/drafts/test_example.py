"""A draft tried on a made-up conversion: who would get what, and why."""

import pytest
from django.urls import reverse

from tests.cast import Cast, full_cast, signed_in
from tests.contract.partners.drafts.drafting import draft_of, plain
from tests.domain.partners.terms.written import clause, commission, condition, flat, when


@pytest.fixture
def cast(db) -> Cast:
    return full_cast()


@pytest.fixture
def draft_id(cast):
    two = {"party": cast.north.id, "payer": cast.host.id}
    clauses = [
        clause(
            commission("10%", **two),
            id="courses",
            when=when(condition("item_kind", "course")),
            deductions=[{"kind": "payment_fee"}, {"kind": "tax"}],
        ),
        clause(flat("5", per="conversion", **two), id="welcome", is_bonus=True, when=when(condition("person", "new"))),
    ]
    return draft_of(cast, plain(cast.host, cast.north) | {"clauses": clauses})


def asked(cast, draft_id, headers=None, **values):
    given = {"earns_on": "sale", "amount": "100", "partner": str(cast.north.id), **values}
    address = reverse("portal:draft_example", args=[draft_id])
    response = signed_in(cast.host.owner).get(address, given, headers=headers or {})
    return " ".join(response.content.decode().replace("\xa0", " ").split()), response.status_code


def test_the_whole_draft_with_everything_that_counts(cast, draft_id):
    page, status = asked(cast, draft_id, item_kind="course", person="new", tax="6", payment_fee="3")
    assert status == 200
    assert "North Fitness earns 10% of 91.00 EUR: 9.10 EUR." in page
    assert "Bonus clause “welcome” pays on top." in page
    assert "€14.10" in page
    assert "Tax of 6.00 EUR comes off; 91.00 EUR is left." in page


def test_nobody_earns_where_no_clause_applies(cast, draft_id):
    page, _status = asked(cast, draft_id, item_kind="physical_good")
    assert "Nobody, by these terms" in page
    assert "€100.00" in page


def test_one_clause_by_itself_even_a_bonus(cast, draft_id):
    page, _status = asked(cast, draft_id, place="1", person="new")
    assert "North Fitness earns 1 × 5.00 EUR: 5.00 EUR." in page
    assert asked(cast, draft_id, place="9")[1] == 404
    assert asked(cast, draft_id, place="x")[1] == 404


def test_everything_that_conditions_ask_for_can_be_made_up(cast):
    two = {"party": cast.north.id, "payer": cast.host.id}
    asked_for = {
        "category": "sport",
        "tag": "winter",
        "coupon": "SPRING",
        "placement": "home",
        "country": "DE",
        "item": "C-7",
    }
    narrow = clause(commission("10%", **two), when=when(*(condition(f, v) for f, v in asked_for.items())))
    draft_id = draft_of(cast, plain(cast.host, cast.north) | {"clauses": [narrow]})
    assert "Nobody, by these terms" in asked(cast, draft_id)[0]
    assert "North Fitness earns 10% of 100.00 EUR" in asked(cast, draft_id, **asked_for)[0]


def test_htmx_gets_the_card_alone(cast, draft_id):
    page, _status = asked(cast, draft_id, headers={"HX-Request": "true"}, item_kind="course")
    assert "<html" not in page
    assert 'id="terms-example"' in page


def test_bad_input_is_named_beside_its_field(cast, draft_id):
    page, _status = asked(cast, draft_id, amount="a lot", tax="1.001", quantity="0", partner="me")
    assert "This is not an amount." in page
    assert "more decimals than its currency knows" in page
    assert "greater than or equal to 1" in page
    assert "Select a valid choice" in page
    assert 'value="a lot"' in page


def test_an_unfinished_draft_can_not_be_tried_yet(cast):
    draft_id = draft_of(cast, plain(cast.host, cast.north, hold={"days": -1}))
    page, status = asked(cast, draft_id)
    assert status == 200
    assert "As soon as what is saved is right" in page
    alone, _status = asked(cast, draft_id, place="0")
    assert "Lectern gets 50%" in alone


def test_the_clause_page_offers_it(cast, draft_id):
    page = signed_in(cast.host.owner).get(reverse("portal:draft_clause", args=[draft_id, 0])).content.decode()
    assert "Try an example" in page
    assert signed_in(cast.north.owner).get(reverse("portal:draft_example", args=[draft_id])).status_code == 404
