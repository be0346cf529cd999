"""S53: a balance stays below its threshold for twelve months, and is carried on, paid, or set aside, as its host says."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError
from django.urls import reverse

from alliance.kernel.actor import SecondFactorRequiredError
from alliance.kernel.errors import NotFoundError, NotPermittedError
from alliance.kernel.models import AuditEvent
from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import atomic, organization_scope
from partners.messages import leave_message
from settlements.models import Adjustment, AdjustmentKind, Entry, ProposedAdjustment, StatementLine
from settlements.payouts.events import UnclaimedAnnounced
from settlements.payouts.models import UnclaimedAction, UnclaimedNotice, UnclaimedRule
from settlements.payouts.services.announce_unclaimed import (
    _TELL,
    AnnouncedAlreadyError,
    NotUnclaimedError,
    announce_unclaimed,
)
from settlements.payouts.services.place_hold import place_hold
from settlements.payouts.services.propose_reclaim import propose_reclaim
from settlements.payouts.services.set_unclaimed_rule import (
    NoticeDaysError,
    UnclaimedMonthsError,
    UnclaimedUnchangedError,
    set_unclaimed_rule,
)
from settlements.payouts.services.settle_unclaimed import (
    NoLongerUnclaimedError,
    NoticeRunningError,
    ReclaimedAlreadyError,
)
from settlements.payouts.unclaimed import set_aside, unclaimed_balances
from settlements.services.approve_adjustment import ProposedByYouError, approve_adjustment
from settlements.services.propose_adjustment import ReasonMissingError
from settlements.services.reject_adjustment import reject_adjustment
from tests.cast import signed_in
from tests.contract.settlements.market import FEBRUARY, MARCH
from tests.contract.settlements.payouts.test_case_figures_of_payouts import WHOLE, adjust, paid, payable, plan
from tests.contract.settlements.test_case_figures import sale
from tests.outbox import deliver_all

pytestmark = pytest.mark.django_db

YEAR_LATER = FEBRUARY.replace(year=2027)
DUE = YEAR_LATER + timedelta(days=30)
SMALL = [{"threshold": "50"}]


@pytest.fixture
def market(db):
    """North has 12.00 below a threshold of 50.00 since 15 February 2026."""
    return payable(1200, payouts=SMALL)


def ruled(market, action="escheat", months=12, notice_days=30, *, actor=None, party=None, now=FEBRUARY):
    party = party or market.host
    with organization_scope(party.id):
        return set_unclaimed_rule(
            actor=actor or party.actor(),
            action=UnclaimedAction(action),
            months=months,
            notice_days=notice_days,
            now=now,
        )


def announced(market, *, now=YEAR_LATER, actor=None):
    with organization_scope(market.host.id):
        return announce_unclaimed(
            actor=actor or market.host.actor(Role.FINANCE),
            agreement_id=market.agreement.id,
            organization_id=market.north.id,
            now=now,
        )


def proposal_of(market, kind=AdjustmentKind.ESCHEAT):
    with organization_scope(market.host.id):
        return ProposedAdjustment.objects.filter(kind=kind).latest("proposed_at")


def decided(market, kind=AdjustmentKind.ESCHEAT, *, now=DUE, actor=None, reject=False):
    proposal = proposal_of(market, kind)
    with organization_scope(market.host.id):
        actor = actor or market.host.actor()
        if reject:
            return reject_adjustment(actor=actor, proposal_id=proposal.id, note="No", now=now)
        return approve_adjustment(actor=actor, proposal_id=proposal.id, now=now)


def reclaimed(market, line_id, *, reason="They asked for it", now=DUE, actor=None, party=None):
    party = party or market.host
    with organization_scope(party.id):
        return propose_reclaim(actor=actor or party.actor(Role.FINANCE), adjustment_id=line_id, reason=reason, now=now)


def proposals_of(market):
    with organization_scope(market.host.id):
        return ProposedAdjustment.objects.count()


def notice_of(market):
    with organization_scope(market.north.id):
        return UnclaimedNotice.objects.latest("noticed_on")


def balances(market):
    return {kind: market.balance(kind) for kind in ("unclaimed", "revenue", "expense")} | {"north": market.owed()}


def test_s53_without_a_rule_it_is_carried_on(market):
    with pytest.raises(NotUnclaimedError):
        announced(market)
    assert plan(market, YEAR_LATER) == (0, [(1200, "below_threshold")])


def test_s53_the_rule_pays_it_after_twelve_months(market):
    ruled(market, "pay", notice_days=None)
    assert plan(market, YEAR_LATER - timedelta(days=1)) == (0, [(1200, "below_threshold")])
    assert plan(market, YEAR_LATER) == (1200, [])
    assert paid(market, now=YEAR_LATER).amount_minor == 1200
    with pytest.raises(NotUnclaimedError):
        announced(market)


def test_the_terms_go_before_the_rule(db):
    market = payable(1200, payouts=[{"threshold": "50", "flush_months": 24}])
    ruled(market, "pay", notice_days=None)
    assert plan(market, YEAR_LATER) == (0, [(1200, "below_threshold")])


def test_s53_the_rule_sets_it_aside_by_two_people_after_notice_never_as_income(market):
    ruled(market)
    before = balances(market)
    with pytest.raises(NotUnclaimedError):
        announced(market, now=YEAR_LATER - timedelta(days=1))
    announced(market)
    notice = notice_of(market)
    assert (notice.amount_minor, notice.waiting_since, notice.noticed_on, notice.due_on) == (
        1200,
        FEBRUARY.date(),
        YEAR_LATER.date(),
        DUE.date(),
    )
    assert balances(market) == before
    with pytest.raises(NoticeRunningError):
        decided(market, now=DUE - timedelta(days=1))
    with pytest.raises(ProposedByYouError):
        decided(market, actor=market.host.actor(Role.FINANCE))
    line_id = decided(market)
    assert balances(market) == before | {"unclaimed": -1200, "north": 0}
    with organization_scope(market.host.id):
        legs = Entry.objects.filter(journal__key=f"adjustment:{line_id}").order_by("line")
        assert list(legs.values_list("account__kind", "amount_minor")) == [("available", 1200), ("unclaimed", -1200)]
    assert notice_of(market).state == "done"
    with pytest.raises(NotUnclaimedError):
        announced(market, now=DUE)


def test_the_line_stands_on_the_statement_under_its_own_name(market, client):
    ruled(market)
    announced(market)
    line_id = decided(market)
    april = datetime(2027, 4, 15, 12, tzinfo=UTC)
    market.close(DUE, now=april)
    with organization_scope(market.north.id):
        line = StatementLine.objects.get(adjustment_id=line_id, organization_id=market.north.id)
        assert (line.kind, line.share_minor, line.statement.closing_minor) == ("escheat", -1200, 0)
        facts = Adjustment.objects.get(pk=line_id).details
    assert (facts["balance_minor"], facts["waiting_since"], facts["due_on"]) == (1200, "2026-02-15", "2027-03-17")
    page = signed_in(market.north.owner, second_factor=True)
    told = page.get(reverse("portal:statement", args=[line.statement_id])).content.decode()
    assert "Abandoned property (escheat)" in told
    assert "unclaimed property" in page.get(reverse("portal:adjustment", args=[line_id])).content.decode()
    chinese = page.get(reverse("portal:statement", args=[line.statement_id]), HTTP_ACCEPT_LANGUAGE="zh-hans")
    assert chinese.status_code == 200
    assert "€12.00 was set aside" in page.get(reverse("portal:balance")).content.decode()


def test_the_partner_hears_of_it_by_mail_and_on_its_balance(market, mailoutbox):
    ruled(market)
    announced(market)
    deliver_all()
    told = [mail for mail in mailoutbox if "will be set aside" in mail.subject]
    assert told
    assert "2027-03-17" in told[0].body
    page = signed_in(market.north.owner, second_factor=True).get(reverse("portal:balance")).content.decode()
    assert "may be set aside as abandoned property" in page


def test_what_has_changed_since_is_not_set_aside(market):
    ruled(market)
    announced(market)
    with pytest.raises(AnnouncedAlreadyError):
        announced(market)
    market.sell(sale(100, "late", at=YEAR_LATER), now=YEAR_LATER)
    market.follow_terms(DUE)
    for month in (YEAR_LATER,):
        market.close(month, now=DUE)
    with pytest.raises(NoLongerUnclaimedError):
        decided(market)
    decided(market, reject=True)
    assert (notice_of(market).state, market.owed()) == ("withdrawn", 1300)
    announced(market, now=DUE)
    assert notice_of(market).amount_minor == 1300


@pytest.mark.parametrize("why", ["hold", "large", "owes"])
def test_what_something_else_keeps_back_is_not_unclaimed(why):
    market = payable(6000 if why == "large" else 1200, payouts=SMALL)
    ruled(market)
    if why == "hold":
        with organization_scope(market.host.id):
            place_hold(
                actor=market.host.actor(Role.FINANCE), organization_id=market.north.id, reason="Looked into", now=MARCH
            )
    if why == "owes":
        debts = market.another([WHOLE], more_partners=("South",))
        debts.sell(sale(100, "X", at=FEBRUARY), now=FEBRUARY)
        adjust(debts, 700, AdjustmentKind.CLAWBACK)
        with organization_scope(market.host.id):
            assert len(unclaimed_balances(months=12, host_id=market.host.id, now=YEAR_LATER)) == 1
        debts.close(FEBRUARY, now=MARCH)
    with pytest.raises(NotUnclaimedError):
        announced(market)


def test_it_can_be_reclaimed_once_by_two_people_and_is_paid_however_small(market):
    ruled(market)
    announced(market)
    line_id = decided(market)
    with pytest.raises(ReasonMissingError):
        reclaimed(market, line_id, reason=" ")
    reclaimed(market, line_id)
    with pytest.raises(ReclaimedAlreadyError):
        reclaimed(market, line_id)
    with pytest.raises(ProposedByYouError):
        decided(market, AdjustmentKind.RECLAIMED, actor=market.host.actor(Role.FINANCE))
    back_id = decided(market, AdjustmentKind.RECLAIMED)
    with organization_scope(market.host.id):
        back = Adjustment.objects.get(pk=back_id)
        assert (back.kind, back.amount_minor, back.answers_id) == ("reclaimed", 1200, line_id)
        assert [one.left_minor for one in set_aside()] == [0]
    assert (market.balance("unclaimed"), market.owed()) == (0, 1200)
    with pytest.raises(ReclaimedAlreadyError):
        reclaimed(market, line_id)
    assert plan(market, DUE) == (1200, [])


def test_who_may_not(market):
    for actor in (market.host.actor(Role.FINANCE), market.host.actor(Role.MANAGER)):
        with pytest.raises(NotPermittedError):
            ruled(market, actor=actor)
    with pytest.raises(SecondFactorRequiredError):
        ruled(market, actor=market.host.actor(has_second_factor=False))
    with pytest.raises(NotPermittedError):
        ruled(market, party=market.north)
    for months, days, error in (
        (None, 30, UnclaimedMonthsError),
        (241, 30, UnclaimedMonthsError),
        (1, 0, NoticeDaysError),
    ):
        with pytest.raises(error):
            ruled(market, months=months, notice_days=days)
    with pytest.raises(UnclaimedUnchangedError):
        ruled(market, "carry")
    ruled(market)
    with pytest.raises(UnclaimedUnchangedError):
        ruled(market)
    with organization_scope(market.host.id):
        [said] = AuditEvent.objects.filter(action="unclaimed_rule.set")
        assert said.after == {"action": "escheat", "months": 12, "notice_days": 30}
    with organization_scope(market.north.id), pytest.raises(NotPermittedError):
        announce_unclaimed(
            actor=market.north.actor(),
            agreement_id=market.agreement.id,
            organization_id=market.north.id,
            now=YEAR_LATER,
        )
    announced(market)
    line_id = decided(market)
    with pytest.raises(NotPermittedError):
        reclaimed(market, line_id, party=market.north, actor=market.north.actor())
    with pytest.raises(NotFoundError):
        reclaimed(market, market.agreement.id)


def test_the_database_keeps_the_rule_and_lets_nobody_else_tell(market):
    ruled(market)
    notice_id = announced(market)
    with organization_scope(market.host.id), pytest.raises(DatabaseError), atomic():
        UnclaimedRule.objects.update(months=1)
    told = UnclaimedAnnounced(notice_id=str(notice_id))
    for scope, whom in ((market.north, market.north), (market.host, market.host)):
        with organization_scope(scope.id), pytest.raises(DatabaseError), atomic():
            leave_message(_TELL, [notice_id, whom.id], told, organization_id=whom.id, now=FEBRUARY)


def test_the_page(market):
    page = reverse("portal:unclaimed")
    owner = signed_in(market.host.owner, second_factor=True)
    assert "carried on" in owner.get(page).content.decode()
    rule = {"action": "escheat", "months": "1", "notice_days": ""}
    assert owner.post(reverse("portal:unclaimed_rule_set"), rule).status_code == 422
    assert owner.post(reverse("portal:unclaimed_rule_set"), rule | {"notice_days": "30"}).url == page
    shown = owner.get(page)
    assert "After 1 month the partner is told; 30 days later" in shown.content.decode()
    assert shown.context["form"].initial == {"action": "escheat", "months": 1, "notice_days": 30}
    finance = signed_in(market.host.user(Role.FINANCE), second_factor=True)
    assert "€12.00" in finance.get(page).content.decode()
    place = {"agreement": str(market.agreement.id), "partner": str(market.north.id)}
    assert finance.post(reverse("portal:unclaimed_announce"), {"agreement": "x"}).url == page
    assert proposals_of(market) == 0
    assert finance.post(reverse("portal:unclaimed_announce"), place).url == page
    told = finance.get(page).content.decode()
    assert reverse("portal:proposal", args=[proposal_of(market).id]) in told
    assert reverse("portal:unclaimed_announce") not in told
    assert finance.post(reverse("portal:unclaimed_rule_set"), rule).status_code == 403
    assert signed_in(market.north.owner, second_factor=True).get(page).status_code == 404
