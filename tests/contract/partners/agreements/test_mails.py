"""Who is told what, in which language, and who is reminded when: once each."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.utils import translation

from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import organization_scope
from partners.agreements.services.decline_version import decline_version
from partners.agreements.services.end_for_cause import end_for_cause
from partners.agreements.services.remind_parties import remind_parties
from partners.domain.end_rule import AtEnd, EndRule
from partners.domain.reminders import ReminderKind, due_point, points_after, points_before
from partners.domain.supplement import Paper
from partners.models import Reminder, User
from tests.agreements import SIGNATURE, agree_to_end, let_go_on, notice, offer_end, propose_next
from tests.cast import (
    NOW,
    AllianceOf,
    Party,
    accept,
    alliance_of,
    host_organization,
    join,
    member_of,
    partner_organization,
    proposed_agreement,
    signed_agreement,
)
from tests.outbox import deliver_all


@dataclass(frozen=True)
class Pair:
    """A host, and a partner whose owner reads Chinese; managers sign, viewers don't."""

    host: Party
    partner: Party
    alliance: AllianceOf

    def __iter__(self) -> Iterator[Party]:
        return iter((self.host, self.partner))


@pytest.fixture
def parties(committed) -> Pair:
    host, partner = host_organization(), partner_organization(name="North", time_zone="Asia/Shanghai")
    alliance = alliance_of(host)
    join(alliance, partner)
    member_of(partner, Role.MANAGER)
    member_of(partner, Role.VIEWER)
    User.objects.filter(pk=partner.owner.pk).update(language="zh-hans")
    deliver_all(host.id, partner.id, mails=True)
    return Pair(host, partner, alliance)


def _signed(parties, *, paper: Paper | None = None, until: date | None = None, begin: date = date(2020, 1, 1)):
    host, partner = parties
    agreement = signed_agreement(
        parties.alliance,
        [(host, "60"), (partner, "40")],
        name="Courses",
        time_zone="Asia/Shanghai",
        paper=paper,
        effective_from=begin,
        effective_to=until,
    )
    _sent(parties)
    return agreement


def _sent(parties) -> list[tuple[str, str]]:
    """Address and subject of what was sent since the last look."""
    deliver_all(*(party.id for party in parties), mails=True)
    found = sorted((message.to[0], message.subject) for message in mail.outbox)
    mail.outbox.clear()
    return found


def _to_signers(party: Party, subject: str, chinese: str = "") -> list[tuple[str, str]]:
    found = [(party.owner.email, chinese or subject)]
    if party.members.get(Role.MANAGER):
        found.append((party.manager.email, subject))
    return sorted(found)


# --- At once ----------------------------------------------------------------------------------


def test_a_proposal_is_mailed_to_those_who_sign_for_the_others(parties):
    host, partner = parties
    agreement = proposed_agreement(parties.alliance, [(host, "60"), (partner, "40")], name="New")
    deliver_all(host.id, partner.id, mails=True)
    bodies = {message.to[0]: message.body for message in mail.outbox}
    assert f"/agreements/{agreement.id}/" in bodies[partner.owner.email]
    assert _sent(parties) == _to_signers(partner, "Lectern proposes terms for New", "“Lectern”为“New”提出了条款")


def test_a_no_is_mailed_with_its_reason(parties):
    host, partner = parties
    agreement = proposed_agreement(parties.alliance, [(host, "60"), (partner, "40")], name="New")
    _sent(parties)
    actor = partner.actor()
    with organization_scope(partner.id):
        decline_version(actor=actor, version_id=agreement.version_id, reason="Too little for us", now=NOW)
    deliver_all(host.id, partner.id, mails=True)
    [message] = mail.outbox
    assert "Too little for us" in message.body
    assert _sent(parties) == [(host.owner.email, "North has declined New")]


def test_both_hear_that_everybody_has_signed(parties):
    host, partner = parties
    agreement = proposed_agreement(parties.alliance, [(host, "60"), (partner, "40")], name="New")
    accept(agreement, host)
    _sent(parties)
    accept(agreement, partner)
    found = _sent(parties)
    assert found == sorted([*_to_signers(partner, "New is signed", "“New”已签署"), (host.owner.email, "New is signed")])


def test_a_notice_and_going_on(parties):
    host, partner = parties
    agreement = _signed(parties, paper=Paper(EndRule(notice_days=30)))
    ending_id = notice(agreement, by=partner)
    deliver_all(host.id, partner.id, mails=True)
    [message] = mail.outbox
    assert "ends at the end of Apr 1, 2026" in message.body
    assert _sent(parties) == [(host.owner.email, "North has given notice: Courses")]
    let_go_on(ending_id, by=host)
    assert [address for address, _ in _sent(parties)] == sorted([partner.owner.email, partner.manager.email])
    let_go_on(ending_id, by=partner)
    assert len(_sent(parties)) == 3


def test_an_end_by_consent_and_one_for_cause(parties):
    host, partner = parties
    agreement = _signed(parties)
    agree_to_end(offer_end(agreement, date(2026, 3, 31), by=host), by=partner)
    subjects = {subject for _, subject in _sent(parties)}
    assert {"Lectern proposes to end Courses", "Courses will end"} <= subjects
    actor = host.actor()
    with organization_scope(host.id):
        end_for_cause(actor=actor, agreement_id=agreement.id, reason="Codes were sold", signature=SIGNATURE, now=NOW)
    deliver_all(host.id, partner.id, mails=True)
    assert all("Codes were sold" in message.body for message in mail.outbox)
    assert len(_sent(parties)) == 3


# --- Reminders --------------------------------------------------------------------------------


def _reminded(parties, now: datetime) -> list[tuple[str, str]]:
    """What two runs at `now` send: the second must send nothing."""
    remind_parties(now=now)
    found = _sent(parties)
    remind_parties(now=now)
    assert _sent(parties) == []
    return found


def _morning(day: int, month: int = 3, year: int = 2026) -> datetime:
    return datetime(year, month, day, 9, tzinfo=UTC) - timedelta(hours=8)  # nine o'clock in Shanghai


def test_a_waiting_version_is_recalled_after_three_and_seven_days(parties):
    host, partner = parties
    agreement = _signed(parties)
    propose_next(agreement, date(2026, 6, 1), by=host)
    _sent(parties)
    assert _reminded(parties, _morning(5) - timedelta(seconds=1)) == []
    still = _to_signers(partner, "Courses still waits for your signature", "“Courses”仍在等待您签署")
    waiting = sorted([*still, (host.owner.email, "Courses still waits for your signature")])
    assert _reminded(parties, _morning(5)) == waiting
    assert _reminded(parties, _morning(6)) == []
    with organization_scope(partner.id):
        assert Reminder.objects.filter(agreement_id=agreement.id).values_list("kind", "days", "on").get() == (
            "sign_version",
            3,
            date(2026, 3, 2),
        )
    assert len(_reminded(parties, _morning(9))) == 3
    assert _reminded(parties, _morning(20)) == []


def test_whoever_has_signed_is_not_reminded(parties):
    host, partner = parties
    waiting = propose_next(_signed(parties), date(2026, 6, 1), by=host)
    accept(waiting, host)
    _sent(parties)
    assert {address for address, _ in _reminded(parties, _morning(5))} == {
        partner.owner.email,
        partner.manager.email,
    }


def test_an_end_by_consent_that_waits_is_recalled(parties):
    host, partner = parties
    offer_end(_signed(parties), date(2026, 12, 31), by=host)
    _sent(parties)
    assert {address for address, _ in _reminded(parties, _morning(5))} == {
        partner.owner.email,
        partner.manager.email,
    }


def test_beginning_and_end_are_announced(parties):
    _signed(parties, begin=date(2026, 4, 1), until=date(2026, 7, 1))
    subjects = {}
    for month, day in ((3, 24), (3, 25), (3, 31), (4, 1), (5, 31), (6, 23), (6, 29), (6, 30)):
        subjects[month, day] = {subject for _, subject in _reminded(parties, _morning(day, month))} - {
            "“Courses”第 1 版即将生效",
            "“Courses”即将终止",
        }
    begins, ends = {"Version 1 of Courses begins soon"}, {"Courses ends soon"}
    assert subjects == {
        (3, 24): set(),
        (3, 25): begins,
        (3, 31): begins,
        (4, 1): set(),
        (5, 31): ends,
        (6, 23): ends,
        (6, 29): ends,
        (6, 30): set(),
    }


def test_the_last_day_for_a_notice_is_announced_for_each_term(parties):
    paper = Paper(EndRule(30, AtEnd.RENEW, renewal_months=12))
    _signed(parties, begin=date(2025, 1, 1), until=date(2026, 7, 1), paper=paper)
    wanted = "Courses is renewed unless notice is given"
    days = {(2026, 5, 2): True, (2026, 5, 25): True, (2026, 5, 31): True, (2026, 6, 1): False, (2027, 5, 25): True}
    for (year, month, day), is_due in days.items():
        subjects = [subject for _, subject in _reminded(parties, _morning(day, month, year))]
        assert (wanted in subjects) is is_due, (year, month, day)


def test_what_lies_before_the_signature_or_long_ago_is_passed_over():
    points = points_before(ReminderKind.ENDS, date(2026, 3, 5), "UTC")
    now = datetime(2026, 3, 4, 12, tzinfo=UTC)
    assert due_point(points, since=now - timedelta(days=60), now=now).days == 1
    assert due_point(points, since=now - timedelta(hours=1), now=now) is None
    late = datetime(2026, 3, 20, tzinfo=UTC)
    assert due_point(points, since=now - timedelta(days=60), now=late) is None
    assert [point.days for point in points_after(now, "UTC")] == [3, 7]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_mail_can_be_written_in_every_language(language):
    from django.template.loader import render_to_string

    from partners.agreements.services.remind_parties import _TEMPLATES
    from partners.agreements.subscribers import _MAILS

    facts = {"agreement": "Courses", "actor": "North", "number": "2", "day": "2026-04-01", "days": "3", "link": "L"}
    for template in {*_TEMPLATES.values(), *(template for template, _ in _MAILS.values())}:
        with translation.override(language):
            text = render_to_string(f"partners/mail/{template}.txt", facts | {"reason": "Because", "kind": "notice"})
        subject, blank, *rest = text.strip().splitlines()
        assert "Courses" in subject, template
        assert (blank, rest[-1]) == ("", "L"), template
        assert language == "en" or any("\u4e00" <= sign <= "\u9fff" for sign in subject), template
