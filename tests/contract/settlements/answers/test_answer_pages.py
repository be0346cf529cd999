"""Answers through the pages: what each side is offered, what comes of it, in both languages."""

import pytest
from django.urls import reverse

from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import organization_scope
from settlements.models import LineDispute, ProposedAdjustment
from tests.cast import signed_in
from tests.contract.settlements.answers.tens import accepted, balances, dispute, disputed, market, review, sold
from tests.outbox import deliver_all

pytestmark = pytest.mark.django_db
__all__ = ["market"]


def person(party, role=Role.FINANCE):
    return signed_in(party.user(role), second_factor=True)


def address(name, *arguments):
    return reverse(f"portal:{name}", args=arguments)


def said(answer):
    return answer.content.decode()


def test_the_party_disputes_a_line_from_its_statement(market):
    statement, north = market.statement(1), person(market.north)
    form = address("line_dispute", statement.id, 3)
    assert form in said(north.get(address("statement", statement.id)))
    assert north.get(form).status_code == 200
    answer = north.post(form, {"reason": "It was sold twice", "claimed": "8.00"})
    deliver_all(market.host.id, market.north.id)
    with organization_scope(market.north.id):
        found = LineDispute.objects.get()
    assert answer.url == address("dispute", found.id)
    assert (found.line_number, found.claimed_minor, found.set_aside_minor) == (3, 800, 400)
    page = said(north.get(answer.url))
    assert all(text in page for text in ("€8.00", "€4.00", "It was sold twice", address("dispute_withdraw", found.id)))
    assert address("dispute_settle", found.id) not in page
    assert address("dispute", found.id) in said(north.get(address("statement", statement.id)))


@pytest.mark.parametrize(
    ("given", "language", "text"),
    [
        ({"reason": ""}, "en", "This field is required"),
        ({"reason": "No", "claimed": "4.00"}, "en", "That is what the line says already"),
        ({"reason": "No", "claimed": "4,00"}, "en", "This is not an amount"),
        ({"reason": "No", "claimed": "4.00"}, "zh-hans", "该行金额已是如此。请填写其他金额或留空。"),
    ],
)
def test_a_wrong_form_says_what(market, given, language, text):
    form = address("line_dispute", market.statement(1).id, 3)
    answer = person(market.north).post(form, given, headers={"Accept-Language": language})
    assert answer.status_code == 422
    assert text in said(answer)


def test_the_host_lets_it_stand(market):
    id_ = disputed(market)
    host, form = person(market.host), address("dispute_settle", id_)
    assert form in said(host.get(address("dispute", id_)))
    assert host.post(form, {"outcome": "stands", "note": ""}).status_code == 422
    assert host.post(form, {"outcome": "stands", "note": "Sold once"}).url == address("dispute", id_)
    assert balances(market) == (4000, 0)
    page = said(person(market.north).get(address("dispute", id_)))
    assert "Sold once" in page
    assert address("dispute_withdraw", id_) not in page


def test_the_host_proposes_a_correction_and_another_approves(market):
    id_ = disputed(market, claimed=600)
    host, form = person(market.host), address("dispute_settle", id_)
    assert "6.00" in said(host.get(form))
    assert host.post(form, {"outcome": "correct", "corrected": "", "note": "We looked"}).status_code == 422
    answer = host.post(form, {"outcome": "correct", "corrected": "6.00", "note": "We looked"})
    with organization_scope(market.host.id):
        proposal = ProposedAdjustment.objects.get()
    assert answer.url == address("proposal", proposal.id)
    assert "A correction waits for approval" in said(host.get(address("dispute", id_)))
    owner = person(market.host, Role.OWNER)
    owner.post(address("proposal_approve", proposal.id))
    assert dispute(market, id_).corrected_minor == 600
    assert "€2.00" in said(person(market.north).get(address("dispute", id_)))


def test_the_opener_withdraws(market):
    id_ = disputed(market)
    answer = person(market.north).post(address("dispute_withdraw", id_), follow=True)
    assert "The line stands" in said(answer)
    deliver_all(market.host.id, market.north.id)
    assert balances(market) == (4000, 0)


def test_the_party_accepts_what_it_sees(market):
    statement, north = market.statement(1), person(market.north)
    page = said(north.get(address("statement", statement.id)))
    accept = address("statement_accept", statement.id)
    assert accept in page
    assert "silence counts as acceptance from" in page
    assert accept not in said(person(market.host).get(address("statement", statement.id)))
    wrong = north.post(accept, {"content_sha256": "0" * 64}, follow=True)
    assert "not the content of the statement" in said(wrong)
    north.post(accept, {"content_sha256": statement.content_sha256})
    assert review(market).is_accepted
    after = said(north.get(address("statement", statement.id)))
    assert "Accepted by" in after
    assert accept not in after
    assert address("line_dispute", statement.id, 3) not in after


def test_without_silence_a_statement_simply_waits(db):
    market = sold(acceptance={"days": 0})
    page = said(person(market.north).get(address("statement", market.statement(1).id)))
    assert "Waits for acceptance" in page


def test_both_sides_write(market):
    statement = market.statement(1)
    person(market.north).post(address("statement_comment", statement.id), {"text": "Is <b>O-3</b> right?"})
    id_ = disputed(market)
    person(market.host).post(address("dispute_comment", id_), {"text": "We look at it."})
    page = said(person(market.north).get(address("statement", statement.id)))
    assert "Is &lt;b&gt;O-3&lt;/b&gt; right?" in page
    assert "We look at it." in page
    assert "We look at it." in said(person(market.north).get(address("dispute", id_)))
    empty = person(market.north).post(address("statement_comment", statement.id), {"text": " "}, follow=True)
    assert "Write something first." in said(empty)


def test_the_list_sums_what_it_shows(market):
    disputed(market)
    disputed(market, line=4)
    for party in (market.host, market.north):
        page = person(party).get(address("disputes"), {"status": "open"})
        assert [(t["rows"], t["share"]) for t in page.context["totals"]] == [(2, 800)]
        assert page.context["held"] == [("EUR", 800)]
        assert sum(row.record.held_minor for row in page.context["table"].page) == 800
    assert "Nothing matches" in said(person(market.north).get(address("disputes"), {"status": "stands"}))
    assert "No line is disputed" in said(person(sold().north).get(address("disputes")))


def test_viewers_read_and_strangers_see_nothing(market):
    id_, statement = disputed(market), market.statement(1)
    viewer = signed_in(market.north.viewer)
    page = said(viewer.get(address("statement", statement.id)))
    assert address("dispute", id_) in page
    assert address("statement_comment", statement.id) not in page
    assert viewer.get(address("line_dispute", statement.id, 3)).status_code == 403
    stranger = person(sold().host)
    for name, arguments in (("dispute", [id_]), ("line_dispute", [statement.id, 3]), ("dispute_settle", [id_])):
        assert stranger.get(address(name, *arguments)).status_code == 404
    assert stranger.post(address("dispute_comment", id_), {"text": "Hi"}).status_code == 404


def test_the_hosts_own_statement_has_no_other_side(market):
    own = market.statement(1, market.host)
    page = said(person(market.host).get(address("statement", own.id)))
    assert address("statement_comment", own.id) not in page
    assert address("line_dispute", own.id, 1) not in page


def test_an_accepted_statement_shows_by_whom_in_both_languages(market):
    accepted(market)
    north, statement = person(market.north), market.statement(1)
    assert "Accepted by" in said(north.get(address("statement", statement.id)))
    chinese = north.get(address("statement", statement.id), headers={"Accept-Language": "zh-hans"})
    assert "接受情况" in said(chinese)
