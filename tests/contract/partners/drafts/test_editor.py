"""Writing terms by forms: what is typed is kept, what is wrong is named beside it, nobody writes over others unseen."""

import json
import re

import pytest
from django.urls import reverse

from alliance.kernel.tenancy import organization_scope
from partners.domain.terms import Terms
from partners.drafts.services.change_draft import DraftChange, change_draft
from partners.drafts.shapes.sections import SECTION_FORMS
from partners.drafts.starting import STARTS
from partners.models import AgreementDraft
from tests.cast import NOW, Cast, full_cast, signed_in
from tests.contract.partners.drafts.browsers import form_values
from tests.contract.partners.drafts.drafting import draft_of, plain, stored
from tests.domain.partners.terms.everything import unfinished_terms
from tests.domain.partners.terms.written import clause, commission


@pytest.fixture
def cast(db) -> Cast:
    return full_cast()


@pytest.fixture
def client(cast):
    return signed_in(cast.host.owner)


def rich(cast):
    return unfinished_terms(cast.host.id, cast.north.id, cast.south.id)


def clause_page(draft_id, place=0):
    return reverse("portal:draft_clause", args=[draft_id, place])


def section_page(draft_id, section):
    return reverse("portal:draft_section", args=[draft_id, section])


def text(response, status=200):
    assert response.status_code == status, response.content.decode()[-3000:]
    return response.content.decode()


def test_opening_and_saving_every_form_changes_nothing(cast, client):
    draft_id = draft_of(cast, rich(cast))
    before = stored(cast.host, draft_id).terms
    pages = [clause_page(draft_id, place) for place in range(len(before["clauses"]))]
    pages += [section_page(draft_id, section) for section in SECTION_FORMS]
    wrong = {clause_page(draft_id, 0), section_page(draft_id, "holds")}  # those with a mistake
    for page in pages:
        values = form_values(text(client.get(page)))
        assert client.post(page, values).status_code == (422 if page in wrong else 302), page
    after = stored(cast.host, draft_id).terms
    assert (after["hold"], after["caps"][0]["amount"]) == ({"days": "a month"}, "10.001")
    assert after["clauses"][0] | {"is_bonus": False} == before["clauses"][0]
    assert Terms.from_json(mended(after)) == Terms.from_json(mended(before))


def mended(terms):
    """The terms without their mistakes."""
    first = {**terms["clauses"][0], "pays": {**terms["clauses"][0]["pays"], "rate": "1/10"}}
    cap = {**terms["caps"][0], "amount": "10"}
    return {**terms, "clauses": [first, *terms["clauses"][1:]], "caps": [cap], "hold": {"days": 3}}


def test_the_overview_says_what_is_right_and_names_what_is_not(cast, client):
    page = text(client.get(reverse("portal:draft", args=[draft_of(cast, rich(cast))])))
    assert "It applies to sales with the tag" in page
    assert "Write a share as a percentage" in page
    assert "What is earned is available at once" not in page


def test_each_problem_leads_to_its_input_by_the_name_that_people_know(cast, client):
    draft_id = draft_of(cast, rich(cast))
    links = {
        f'<a href="{clause_page(draft_id, 0)}#field-pays-rate">Courses north sells · Percentage of the base</a>',
        f'<a href="{section_page(draft_id, "holds")}#field-hold-days">Holds and refunds · Days that earnings stay pending</a>',
    }
    for route in ("portal:draft", "portal:draft_propose"):
        page = text(client.get(reverse(route, args=[draft_id])))
        assert {link for link in links if link in page} == links
        assert "<code>clauses.0" not in page
    for page in {link.split('"')[1] for link in links}:
        address, _hash, field = page.partition("#")
        assert f'id="{field}"' in text(client.get(address))
    assert "<code>clauses.0.pays.rate</code>" in text(client.get(reverse("portal:draft_json", args=[draft_id])))


def test_a_problem_of_the_whole_leads_to_the_page_or_to_the_json(cast, client):
    only_bonus = {
        **plain(cast.host, cast.north),
        "clauses": [clause(commission("5%", party=cast.north.id, payer=cast.host.id), is_bonus=True)],
    }
    page = text(client.get(reverse("portal:draft", args=[draft_of(cast, only_bonus)])))
    assert "<code>clauses</code></a>: At least one clause is no bonus" in page


def test_a_wrong_value_is_kept_and_named_beside_its_input(cast, client):
    draft_id = draft_of(cast)
    values = form_values(text(client.get(clause_page(draft_id))))
    page = text(client.post(clause_page(draft_id), values | {"pays.shares.0.share": "most of it"}), 422)
    assert "Saved in the draft. 1 thing is not right yet." in page
    assert 'href="#field-pays-shares-0-share"' in page
    assert 'value="most of it"' in page
    assert 'aria-describedby="field-pays-shares-0-share-errors' in page
    assert stored(cast.host, draft_id).terms["clauses"][0]["pays"]["shares"][0]["share"] == "most of it"


def test_another_kind_of_payment_shows_its_inputs_and_keeps_what_both_have(cast, client):
    draft_id = draft_of(cast)
    values = form_values(text(client.get(clause_page(draft_id))))
    page = text(client.post(clause_page(draft_id), values | {"pays.kind": "commission", "do": "choose:pays.kind"}))
    again = form_values(page)
    assert {"pays.rate", "pays.payer", "pays.minimum"} <= set(again)
    assert stored(cast.host, draft_id).revision == 1
    again |= {"pays.party": str(cast.north.id), "pays.payer": str(cast.host.id), "pays.rate": "12.5"}
    assert client.post(clause_page(draft_id), again).status_code == 302
    pays = stored(cast.host, draft_id).terms["clauses"][0]["pays"]
    assert (pays["kind"], pays["rate"]) == ("commission", "1/8")


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_rows_are_added_moved_and_removed_without_saving(cast, client, headers):
    draft_id = draft_of(cast)
    values = form_values(text(client.get(clause_page(draft_id))))
    values |= {"pays.shares.0.share": "70", "pays.shares.1.share": "30", "name": "As typed"}
    page = text(client.post(clause_page(draft_id), values | {"do": "add:pays.shares"}, headers=headers))
    assert ("<html" in page) is (not headers)
    grown = form_values(page)
    assert grown["pays.shares.rows"] == ["3"]
    assert grown["name"] == ["As typed"]
    moved = form_values(text(client.post(clause_page(draft_id), grown | {"do": "up:pays.shares.1"}, headers=headers)))
    assert [moved[f"pays.shares.{n}.share"] for n in range(3)] == [["30%"], ["70%"], [""]]
    less = form_values(
        text(client.post(clause_page(draft_id), moved | {"do": "remove:pays.shares.0"}, headers=headers))
    )
    assert less["pays.shares.rows"] == ["2"]
    assert less["pays.shares.0.share"] == ["70%"]
    assert stored(cast.host, draft_id).revision == 1


def focused(page):
    """The ids of what the keyboard goes on at."""
    return re.findall(r'id="(field-[^"]*)"[^>]*\sautofocus', page)


def test_whoever_works_by_keyboard_goes_on_where_they_were(cast, client):
    draft_id = draft_of(cast)
    values = form_values(text(client.get(clause_page(draft_id))))
    for act, place in (
        ("add:pays.shares", "field-pays-shares-2"),
        ("down:pays.shares.0", "field-pays-shares-1"),
        ("up:pays.shares.1", "field-pays-shares-0"),
        ("remove:pays.shares.1", "field-pays-shares"),
        ("choose:pays.kind", "field-pays-kind"),
    ):
        page = text(client.post(clause_page(draft_id), values | {"do": act}, headers={"HX-Request": "true"}))
        assert focused(page) == [place], act
    words = text(client.post(clause_page(draft_id), values | {"do": "read", "pays.shares.0.share": "50"}))
    assert re.search(r'id="terms-in-words"[^>]*autofocus', words)
    assert "Lectern gets 50%." in words
    assert stored(cast.host, draft_id).revision == 1


def test_acts_that_name_no_place_change_nothing(cast, client):
    draft_id = draft_of(cast)
    values = form_values(text(client.get(clause_page(draft_id))))
    for act in ("up:pays.shares.0", "remove:pays.shares.9", "down:nowhere.1", "add:", "shout:x.1", "add:id"):
        page = text(client.post(clause_page(draft_id), values | {"do": act}))
        assert form_values(page)["pays.shares.rows"] == ["2"]


def test_conditions_grow_inside_their_alternative(cast, client):
    draft_id = draft_of(cast)
    values = form_values(text(client.get(clause_page(draft_id))))
    for act in ("add:when", "add:when.0.all_of", "add:when.0.all_of"):
        values = form_values(text(client.post(clause_page(draft_id), values | {"do": act})))
    values |= {"when.0.all_of.0.field": "country", "when.0.all_of.1.field": "amount"}
    values = form_values(text(client.post(clause_page(draft_id), values | {"do": "choose:pays.kind"})))
    values |= {"when.0.all_of.0.value": "de, Frankreich", "when.0.all_of.1.value": "150"}
    page = text(client.post(clause_page(draft_id), values), 422)
    assert "FRANKREICH" in page
    values = form_values(page) | {"when.0.all_of.0.value": "de, France"}
    assert client.post(clause_page(draft_id), values).status_code == 302
    assert stored(cast.host, draft_id).terms["clauses"][0]["when"] == [
        {
            "all_of": [
                {"field": "country", "is": "in", "value": ["DE", "FR"]},
                {"field": "amount", "is": "at_least", "value": "150"},
            ]
        }
    ]


def test_a_new_clause_starts_with_the_kind_that_was_chosen(cast, client):
    draft_id = draft_of(cast)
    page = text(client.get(clause_page(draft_id, 1), {"kind": "commission"}))
    values = form_values(page)
    assert (values["id"], values["pays.kind"]) == (["clause-1"], ["commission"])
    assert values["pays.payer"] == [str(cast.host.id)]
    assert client.post(clause_page(draft_id, 1), values | {"pays.rate": "5"}).status_code == 302
    assert [c["id"] for c in stored(cast.host, draft_id).terms["clauses"]] == ["sales", "clause-1"]
    assert client.get(clause_page(draft_id, 9)).status_code == 404


def test_what_somebody_else_changed_is_not_written_over(cast, client):
    both = [clause(commission("5%", party=cast.north.id, payer=cast.host.id), id=name) for name in ("one", "two")]
    draft_id = draft_of(cast, plain(cast.host, cast.north) | {"clauses": both})
    mine = form_values(text(client.get(clause_page(draft_id, 1)))) | {"pays.rate": "7"}
    other = {**stored(cast.host, draft_id).terms, "clauses": both[1:]}  # the first one is deleted meanwhile
    with organization_scope(cast.host.id):
        change_draft(actor=cast.host.actor(), draft_id=draft_id, revision=1, change=DraftChange(other), now=NOW)
    page = text(client.post(clause_page(draft_id, 1), mine), 422)
    assert "changed this draft in the meantime" in page
    assert 'value="7%"' in page
    again = form_values(page)
    assert f'action="{clause_page(draft_id, 0)}"' in page
    assert client.post(clause_page(draft_id, 0), again).status_code == 302
    assert [(c["id"], c["pays"]["rate"]) for c in stored(cast.host, draft_id).terms["clauses"]] == [("two", "7/100")]


def test_rearranging_a_form_does_not_hide_that_somebody_else_saved(cast, client):
    draft_id = draft_of(cast)
    mine = form_values(text(client.get(section_page(draft_id, "holds")))) | {"hold.days": "7"}
    terms = stored(cast.host, draft_id).terms | {"hold": {"days": 30}}
    with organization_scope(cast.host.id):
        change_draft(actor=cast.host.actor(), draft_id=draft_id, revision=1, change=DraftChange(terms), now=NOW)
    rearranged = form_values(text(client.post(section_page(draft_id, "holds"), mine | {"do": "choose:refunds.bearer"})))
    refused = text(client.post(section_page(draft_id, "holds"), rearranged), 422)
    assert "in the meantime" in refused
    assert stored(cast.host, draft_id).terms["hold"] == {"days": 30}
    assert client.post(section_page(draft_id, "holds"), form_values(refused)).status_code == 302
    assert stored(cast.host, draft_id).terms["hold"] == {"days": 7}


def test_a_clause_that_is_gone_is_kept_as_a_new_one(cast, client):
    both = [clause(commission("5%", party=cast.north.id, payer=cast.host.id), id=name) for name in ("one", "two")]
    draft_id = draft_of(cast, plain(cast.host, cast.north) | {"clauses": both})
    mine = form_values(text(client.get(clause_page(draft_id, 1)))) | {"pays.rate": "7"}
    with organization_scope(cast.host.id):
        terms = {**stored(cast.host, draft_id).terms, "clauses": both[:1]}
        change_draft(actor=cast.host.actor(), draft_id=draft_id, revision=1, change=DraftChange(terms), now=NOW)
    page = text(client.post(clause_page(draft_id, 1), mine), 422)
    assert client.post(clause_page(draft_id, 1), form_values(page)).status_code == 302
    assert [c["id"] for c in stored(cast.host, draft_id).terms["clauses"]] == ["one", "two"]


@pytest.mark.parametrize(
    ("act", "place", "ids"),
    [
        ("up", 1, ["two", "one"]),
        ("down", 0, ["two", "one"]),
        ("copy", 0, ["one", "one-2", "two"]),
        ("delete", 0, ["two"]),
    ],
)
def test_clauses_are_moved_copied_and_deleted(cast, client, act, place, ids):
    both = [clause(commission("5%", party=cast.north.id, payer=cast.host.id), id=name) for name in ("one", "two")]
    draft_id = draft_of(cast, plain(cast.host, cast.north) | {"clauses": both})
    address = reverse("portal:draft_clause_act", args=[draft_id, place])
    response = client.post(address, {"act": act, "revision": "1"}, follow=True)
    assert response.redirect_chain == [(reverse("portal:draft", args=[draft_id]), 302)]
    assert [c["id"] for c in stored(cast.host, draft_id).terms["clauses"]] == ids
    stale = text(client.post(address, {"act": act, "revision": "1"}, follow=True))
    assert "in the meantime" in stale
    assert [c["id"] for c in stored(cast.host, draft_id).terms["clauses"]] == ids
    assert client.get(address).status_code == 405
    assert client.post(address, {"act": "explode", "revision": "2"}).status_code == 404


def paste(client, draft_id, given, revision=1):
    written = given if isinstance(given, str) else json.dumps(given)
    return client.post(reverse("portal:draft_json", args=[draft_id]), {"terms": written, "revision": str(revision)})


def test_possible_json_is_kept_in_its_canonical_form(cast, client):
    draft_id = draft_of(cast)
    page = text(client.get(reverse("portal:draft_json", args=[draft_id])))
    assert "&quot;currency&quot;: &quot;EUR&quot;" in page
    given = plain(cast.host, cast.south, hold={"days": 9})
    assert paste(client, draft_id, given).status_code == 302
    kept = stored(cast.host, draft_id).terms
    assert kept["hold"] == {"days": 9}
    assert kept["precedence"] == "most_specific"


def test_impossible_json_is_kept_as_long_as_the_forms_can_show_it(cast, client):
    draft_id = draft_of(cast)
    given = plain(cast.host, cast.north, hold={"days": -1})
    given["clauses"][0]["pays"]["shares"][0]["share"] = "60%"
    assert paste(client, draft_id, given).status_code == 302
    assert stored(cast.host, draft_id).terms == given


@pytest.mark.parametrize(
    "given",
    [
        "no json at all",
        "[1, 2]",
        {"schema": 2, "colour": "red"},
        {"schema": 2, "clauses": [{"id": "x", "mood": "good"}]},
        {"schema": 2, "clauses": ["sales"]},
        {"schema": 2, "hold": "a month"},
        {"schema": 2, "parties": {"one": 1}},
        {"schema": 2, "caps": [{"id": "a", "amount": {"EUR": 5}}]},
        "[" * 5000,
    ],
)
def test_what_no_form_could_show_is_refused_and_stays_in_the_box(cast, client, given):
    draft_id = draft_of(cast)
    page = text(paste(client, draft_id, given), 422)
    assert 'aria-invalid="true"' in page
    assert (given if isinstance(given, str) else "schema")[:20].replace('"', "&quot;") in page
    assert stored(cast.host, draft_id).revision == 1


def test_pasted_problems_are_listed_with_their_paths(cast, client):
    page = text(paste(client, draft_of(cast), plain(cast.host, cast.north, colour="red")), 422)
    assert "<code>colour</code>" in page
    assert "Terms have no such field." in page


def test_a_draft_is_proposed_with_days_and_signature(cast, client):
    draft_id = draft_of(cast)
    address = reverse("portal:draft_propose", args=[draft_id])
    page = text(client.get(address))
    assert "Lectern gets 50%." in page
    assert "分得 50%" in page
    wrong = text(client.post(address, {"effective_on": "2026-05-01", "until_on": "2026-04-01", "revision": "1"}), 422)
    assert "The end comes after the beginning." in wrong
    stale = text(client.post(address, {"effective_on": "2026-05-01", "revision": "7"}), 422)
    assert "in the meantime" in stale
    response = client.post(
        address, {"effective_on": "2026-05-01", "signer_name": "Olga Owner", "revision": "1"}, follow=True
    )
    assert "The agreement is proposed" in text(response)
    assert client.get(address).status_code == 404


def test_an_impossible_draft_can_not_be_proposed_yet(cast, client):
    draft_id = draft_of(cast, rich(cast))
    address = reverse("portal:draft_propose", args=[draft_id])
    page = text(client.get(address))
    assert "things are not right yet" in page
    assert 'name="effective_on"' not in page
    assert "Percentage of the base</a>" in text(
        client.post(address, {"effective_on": "2026-05-01", "revision": "1"}), 422
    )


def test_the_next_version_begins_with_the_latest_terms(cast):
    client = signed_in(cast.north.owner)
    address = reverse("portal:draft_amend", args=[cast.agreement.id])
    response = client.post(address, follow=True)
    assert "The next version of" in text(response)
    with organization_scope(cast.north.id):
        draft = AgreementDraft.objects.get()
    assert draft.terms["clauses"][0]["pays"]["shares"][0]["share"] == "3/5"
    assert client.get(address).status_code == 405
    assert signed_in(cast.stranger.owner).post(address).status_code == 404
    assert signed_in(cast.north.viewer).post(address).status_code == 403
    propose = reverse("portal:draft_propose", args=[draft.pk])
    said = text(client.post(propose, {"effective_on": "2026-09-01", "revision": "1"}, follow=True))
    assert "The new terms are proposed" in said


def test_every_template_gives_possible_terms(cast, client):
    address = reverse("portal:draft_start", args=[cast.alliance.id])
    assert "Plain split" in text(client.get(address))
    for chosen in ([cast.north], [cast.north, cast.south]):
        for start in STARTS:
            parties = [str(party.id) for party in chosen]
            data = {"name": "New", "currency": "eur", "time_zone": "UTC", "parties": parties, "start": start}
            page = text(client.post(address, data, follow=True))
            assert "The draft is begun." in page
            assert "not right yet" not in page, start


def test_a_start_that_is_not_complete_says_what_is_missing(cast, client):
    address = reverse("portal:draft_start", args=[cast.alliance.id])
    page = text(client.post(address, {"name": "", "currency": "E", "time_zone": "UTC", "start": "split"}), 422)
    assert page.count("This field is required.") >= 2
    assert signed_in(cast.stranger.owner).get(address).status_code == 404
    assert signed_in(cast.host.viewer).get(address).status_code == 403


def test_a_partner_starts_with_the_host_as_payer(cast):
    client = signed_in(cast.north.owner)
    address = reverse("portal:draft_start", args=[cast.alliance.id])
    data = {"name": "N", "currency": "EUR", "time_zone": "UTC", "parties": [str(cast.host.id)], "start": "commission"}
    assert client.post(address, data).status_code == 302
    with organization_scope(cast.north.id):
        pays = AgreementDraft.objects.get().terms["clauses"][0]["pays"]
    assert (pays["payer"], pays["party"]) == (str(cast.host.id), str(cast.north.id))


def test_drafts_are_listed_and_discarded(cast, client):
    draft_id = draft_of(cast)
    assert "Courses with kits" in text(client.get(reverse("portal:drafts")))
    assert "Courses with kits" not in text(signed_in(cast.north.owner).get(reverse("portal:drafts")))
    address = reverse("portal:draft_discard", args=[draft_id])
    assert signed_in(cast.north.owner).post(address).status_code == 404
    assert client.get(address).status_code == 405
    assert "The draft is discarded." in text(client.post(address, follow=True))
    assert client.post(address).status_code == 404


def test_only_its_organization_opens_it_and_only_who_may_propose(cast):
    draft_id = draft_of(cast)
    more = {"draft_clause": [0], "draft_section": ["limits"], "draft": [], "draft_json": [], "draft_propose": []}
    callers = [(cast.host.manager, 200), (cast.north.owner, 404), (cast.host.viewer, 403)]
    for name, arguments in more.items():
        address = reverse(f"portal:{name}", args=[draft_id, *arguments])
        assert [signed_in(person).get(address).status_code for person, _ in callers] == [code for _, code in callers]
        assert signed_in(cast.host.owner).delete(address).status_code == 405


def test_a_section_that_does_not_exist(cast, client):
    assert client.get(section_page(draft_of(cast), "colours")).status_code == 404
