"""The life of an agreement through the portal: reading, giving notice, ending, letting it go on."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from alliance.kernel.clock import local_date, utc_now
from alliance.kernel.tenancy import organization_scope
from partners.domain.supplement import Paper
from partners.models import AgreementStatus, Ending, EndingSignature, EndingStatus
from tests.agreements import agreement_row, ending_row, let_go_on, notice, offer_end, propose_next, sign_all
from tests.cast import Cast, signed_agreement, signed_in

TODAY = utc_now()
SIGNED = {"signer_name": "Sue South", "signer_title": "Director", "confirmed": "on"}


def _at(name: str, *arguments: object) -> str:
    return reverse(f"portal:{name}", args=arguments)


def _page(user, name: str, *arguments: object) -> str:
    response = signed_in(user).get(_at(name, *arguments))
    assert response.status_code == 200, response.status_code
    return re.sub(r"\s+", " ", response.content.decode())


def _endings(signed, cast: Cast) -> list[Ending]:
    with organization_scope(cast.host.id):
        return list(Ending.objects.filter(agreement_id=signed.id).order_by("id"))


# --- The agreement -----------------------------------------------------------------------------


def test_the_page_says_what_is_in_force_what_is_scheduled_and_what_waits(cast, signed):
    first = local_date(TODAY, "UTC") + timedelta(days=90)
    scheduled = sign_all(propose_next(signed, first))
    waiting = propose_next(signed, first + timedelta(days=90), by=cast.south)
    page = _page(cast.host.owner, "agreement", signed.id)
    assert "Each party may end the agreement by 30 days&#x27; notice" in page
    assert _at("agreement_version", signed.id, scheduled.version_id) in page
    assert "Version 3, proposed by South Motors, waits for your acceptance." in page
    assert _at("version_accept", signed.id, waiting.version_id) in page
    for moment in ("Lectern proposed version 1.", "Every party has accepted version 2.", "to come"):
        assert moment in page, moment


def test_a_version_shows_text_in_both_languages_and_runs_nothing(cast):
    texts = {"en": "# Scope\n\nCourses & kits <script>alert(1)</script>", "zh-hans": "课程与器材"}
    agreement = signed_agreement(
        cast.alliance, [(cast.host, "60"), (cast.south, "40")], name="With text", paper=Paper(texts=texts)
    )
    page = _page(cast.south.viewer, "agreement_version", agreement.id, agreement.version_id)
    assert "<h3>Scope</h3>" in page
    assert "课程与器材" in page
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_an_agreement_is_a_stranger_to_strangers(cast, signed):
    ending_id = notice(signed, by=cast.south, now=TODAY)
    addresses = [
        _at("agreement", signed.id),
        _at("agreement_version", signed.id, signed.version_id),
        _at("version_copy", signed.id, signed.version_id),
        _at("version_file", signed.id, signed.version_id),
        _at("agreement_notice", signed.id),
        _at("ending_propose", signed.id),
        _at("ending_cause", signed.id),
        *(_at(name, signed.id, ending_id) for name in ("ending", "ending_accept", "ending_decline", "ending_revoke")),
    ]
    for outsider in (cast.north, cast.stranger):
        client = signed_in(outsider.owner)
        assert {client.get(address).status_code for address in addresses} == {404}
        assert client.post(_at("ending_withdraw", signed.id, ending_id)).status_code == 404


def test_an_ending_belongs_to_its_agreement(cast, signed, waiting):
    ending_id = notice(signed, by=cast.south, now=TODAY)
    assert signed_in(cast.host.owner).get(_at("ending", waiting.id, ending_id)).status_code == 404


def test_there_is_no_copy_and_no_file_where_none_is(cast, signed):
    client = signed_in(cast.host.owner)
    assert client.get(_at("version_copy", signed.id, signed.version_id)).status_code == 404
    assert client.get(_at("version_file", signed.id, signed.version_id)).status_code == 404


# --- Notice ------------------------------------------------------------------------------------


def _notice_data(page: str, **changes: str) -> dict[str, str]:
    [ends_at] = re.findall(r'name="ends_at" value="([^"]+)"', page)
    return {**SIGNED, "ends_at": ends_at, "reason": "We close this line"} | changes


def test_the_end_is_shown_before_the_notice_is_given(cast, signed):
    address = _at("agreement_notice", signed.id)
    page = _page(cast.south.manager, "agreement_notice", signed.id)
    last = local_date(TODAY, "UTC") + timedelta(days=30)
    assert f"The agreement ends on {last:%b} {last.day}, {last.year} at 23:59:59 (UTC)." in page
    response = signed_in(cast.south.manager).post(address, _notice_data(page), follow=True)
    assert "Your notice is given." in response.content.decode()
    [ending] = _endings(signed, cast)
    assert (ending.kind, ending.reason, ending.status) == ("notice", "We close this line", "standing")
    assert local_date(agreement_row(signed).ends_at, "UTC") == last + timedelta(days=1)
    shown = _page(cast.host.owner, "agreement", signed.id)
    assert "Ending" in shown
    assert "We close this line" in shown


def test_a_notice_for_another_end_is_refused_and_the_present_one_shown(cast, signed):
    page = _page(cast.south.owner, "agreement_notice", signed.id)
    data = _notice_data(page, ends_at="2031-01-01T00:00:00+0000")
    response = signed_in(cast.south.owner).post(_at("agreement_notice", signed.id), data)
    assert response.status_code == 422
    assert "on another day than the one you saw" in response.content.decode()
    assert _notice_data(response.content.decode())["ends_at"] == _notice_data(page)["ends_at"]
    assert "We close this line" in response.content.decode()  # nothing typed is lost
    assert _endings(signed, cast) == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"signer_name": ""}, "required"),
        ({"confirmed": ""}, "Confirm it before you sign."),
        ({"reason": "x" * 2001}, "at most 2000 characters"),
        ({"ends_at": "tomorrow"}, "another day"),
    ],
)
def test_bad_input_gives_no_notice(cast, signed, changes, sentence):
    page = _page(cast.south.owner, "agreement_notice", signed.id)
    response = signed_in(cast.south.owner).post(_at("agreement_notice", signed.id), _notice_data(page, **changes))
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert _endings(signed, cast) == []


def test_where_no_notice_can_be_given_the_page_says_why(cast):
    assert "can&#x27;t be ended by notice" in _page(cast.north.owner, "agreement_notice", cast.agreement.id)


@pytest.mark.parametrize("name", ["agreement_notice", "ending_propose", "ending_cause"])
def test_who_may_end(cast, signed, name):
    address = _at(name, signed.id)
    for role in ("viewer", "finance"):
        assert signed_in(getattr(cast.south, role)).get(address).status_code == 403
        assert signed_in(getattr(cast.south, role)).post(address, SIGNED).status_code == 403
    assert signed_in(cast.south.owner).put(address).status_code == 405
    assert _endings(signed, cast) == []


# --- Consent and cause -------------------------------------------------------------------------


def test_an_end_by_consent_is_proposed_signed_and_shown(cast, signed):
    last = local_date(TODAY, "UTC") + timedelta(days=20)
    data = {**SIGNED, "last_on": last.isoformat(), "reason": ""}
    response = signed_in(cast.south.owner).post(_at("ending_propose", signed.id), data, follow=True)
    assert "The agreement goes on until every party has signed." in response.content.decode()
    [ending] = _endings(signed, cast)
    assert "waits for your organization" in _page(cast.host.owner, "agreement", signed.id)
    page = _page(cast.host.owner, "ending_accept", signed.id, ending.id)
    assert ending.document_sha256 in page
    data = {**SIGNED, "document_sha256": ending.document_sha256}
    client = signed_in(cast.host.manager)
    wrong = client.post(_at("ending_accept", signed.id, ending.id), data | {"document_sha256": "0" * 64})
    assert (wrong.status_code, "Read it again" in wrong.content.decode()) == (422, True)
    done = client.post(_at("ending_accept", signed.id, ending.id), data, follow=True)
    assert "Every party has signed" in done.content.decode()
    assert ending_row(signed, ending.id).status == EndingStatus.STANDING
    assert "Signatures for the end" in _page(cast.south.viewer, "ending", signed.id, ending.id)


@pytest.mark.parametrize(("days", "sentence"), [(-1, "This day is over"), (None, "required")])
def test_bad_input_proposes_no_end(cast, signed, days, sentence):
    last = (local_date(TODAY, "UTC") + timedelta(days=days)).isoformat() if days is not None else ""
    response = signed_in(cast.south.owner).post(_at("ending_propose", signed.id), {**SIGNED, "last_on": last})
    assert (response.status_code, sentence in response.content.decode()) == (422, True)
    assert _endings(signed, cast) == []


def test_an_end_is_declined_with_a_reason_or_withdrawn(cast, signed):
    last = local_date(TODAY, "UTC") + timedelta(days=20)
    ending_id = offer_end(signed, last, by=cast.south, now=TODAY)
    address = _at("ending_decline", signed.id, ending_id)
    assert "required" in signed_in(cast.host.owner).post(address, {"reason": ""}).content.decode()
    done = signed_in(cast.host.owner).post(address, {"reason": "Not before June"}, follow=True)
    assert "The agreement goes on; every party is told why." in done.content.decode()
    assert "Not before June" in _page(cast.south.viewer, "ending", signed.id, ending_id)
    again = offer_end(signed, last, by=cast.south, now=TODAY)
    assert signed_in(cast.host.owner).post(_at("ending_withdraw", signed.id, again)).status_code == 403
    assert signed_in(cast.south.owner).get(_at("ending_withdraw", signed.id, again)).status_code == 405
    done = signed_in(cast.south.owner).post(_at("ending_withdraw", signed.id, again), follow=True)
    assert "The proposal is withdrawn. The agreement goes on." in done.content.decode()
    closed = signed_in(cast.south.owner).post(_at("ending_withdraw", signed.id, ending_id), follow=True)
    assert "no longer waits for signatures" in closed.content.decode()


def test_a_notice_is_withdrawn_by_everybody(cast, signed):
    ending_id = notice(signed, by=cast.south, now=TODAY)
    let_go_on(ending_id, by=cast.south, now=TODAY)
    assert "It waits for your organization." in _page(cast.host.owner, "agreement", signed.id)
    sha256 = ending_row(signed, ending_id).document_sha256
    address = _at("ending_revoke", signed.id, ending_id)
    assert signed_in(cast.host.viewer).get(address).status_code == 403
    done = signed_in(cast.host.owner).post(address, {**SIGNED, "document_sha256": sha256}, follow=True)
    assert "Every party agrees: the agreement goes on." in done.content.decode()
    assert agreement_row(signed).ends_at is None
    assert "Let the agreement go on" not in _page(cast.host.owner, "ending", signed.id, ending_id)


def test_an_end_for_cause_takes_effect_at_once(cast, signed):
    address = _at("ending_cause", signed.id)
    assert "required" in signed_in(cast.south.owner).post(address, SIGNED | {"reason": " "}).content.decode()
    data = SIGNED | {"reason": "Codes were sold"}
    done = signed_in(cast.south.owner).post(address, data, follow=True)
    assert "The agreement has ended. Every party is told." in done.content.decode()
    assert agreement_row(signed).status == AgreementStatus.ENDED
    [ending] = _endings(signed, cast)
    with organization_scope(cast.host.id):
        assert EndingSignature.objects.get(ending=ending).signer_title == "Director"
    page = _page(cast.host.owner, "agreement", signed.id)
    assert "The agreement has ended" in page
    assert "Give notice" not in page
    again = signed_in(cast.host.owner).post(address, data)
    assert (again.status_code, "there is nothing to end" in again.content.decode()) == (422, True)


# --- The list ----------------------------------------------------------------------------------


def test_the_list_shows_what_asks_for_something(cast, signed, waiting):
    def listed(party, query: str) -> set[str]:
        page = signed_in(party.owner).get(f"{_at('agreements')}?{query}").content.decode()
        return {name for name in ("With notice", "Waiting", "Revenue split") if f">{name}</a>" in page}

    assert listed(cast.south, "asks=waiting") == {"Waiting"}
    assert listed(cast.host, "asks=ending") == set()
    ending_id = notice(signed, by=cast.south, now=TODAY)
    assert listed(cast.host, "asks=ending") == set()  # thirty days and a bit
    offer_end(signed, local_date(TODAY, "UTC") + timedelta(days=10), by=cast.south, now=TODAY)
    assert listed(cast.host, "asks=waiting") == {"Waiting", "With notice"}
    let_go_on(ending_id, by=cast.host, now=TODAY)
    assert "With notice" in listed(cast.south, "asks=waiting")
    assert listed(cast.north, "asks=waiting") == set()
