"""A month closes into one statement for each party; what is closed never changes."""

import hashlib
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connections
from django.test.utils import CaptureQueriesContext

from alliance.kernel.errors import NotFoundError, NotPermittedError
from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import organization_scope
from settlements.ledger.models import Entry, LedgerPeriod
from settlements.ledger.selectors import accounts, balances, find_book, trial_balance
from settlements.models import Accrual, Period, PeriodClose, Statement, StatementLine
from settlements.services.accrue_conversions import accrue_conversions
from settlements.services.close_period import (
    ClosedPeriod,
    EarlierPeriodOpenError,
    PeriodNotEndedError,
    close_period,
)
from settlements.services.recompute_statement import recompute_statement
from settlements.services.request_period_close import request_period_close
from tests.cast import full_cast
from tests.jobs import run_all_jobs
from tests.orders import OrderOf, recorded
from tests.outbox import deliver_all

pytestmark = pytest.mark.django_db

JANUARY = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
FEBRUARY = datetime(2026, 2, 15, 12, 0, tzinfo=UTC)
MARCH = datetime(2026, 3, 15, 12, 0, tzinfo=UTC)
AT_FEBRUARY = datetime(2026, 2, 1, tzinfo=UTC)
REFUSALS = {"42501", "23505", "SM001", "SM006"}  # no privilege, there already, never changes, sealed


@pytest.fixture
def cast(db):
    return full_cast()


def sell(cast, *amounts, at=JANUARY, now=JANUARY, partner_code="north"):
    orders = [
        OrderOf(amount, occurred_at=at, kind="refund" if amount < 0 else "sale", partner_code=partner_code)
        for amount in amounts
    ]
    ids = recorded(cast.alliance, orders, now=now)
    with organization_scope(cast.host.id):
        accrue_conversions(actor=cast.host.system, conversion_ids=ids, now=now)
    return ids


def months(cast):
    with organization_scope(cast.host.id):
        return dict(Period.objects.order_by("starts_on").values_list("starts_on__month", "id"))


def close(cast, month, now=MARCH, actor=None):
    with organization_scope(cast.host.id):
        return close_period(actor=actor or cast.host.actor(), period_id=months_in_scope(month), now=now)


def months_in_scope(month):
    return Period.objects.get(starts_on__month=month).id


def statement(cast, party, month):
    with organization_scope(party.id):
        return Statement.objects.filter(organization_id=party.id, starts_on__month=month).first()


def test_each_party_gets_its_statement(cast):
    sell(cast, 10000, 999, -999, 0)
    assert close(cast, 1) == ClosedPeriod(2, closed_now=True)
    north, host = statement(cast, cast.north, 1), statement(cast, cast.host, 1)
    assert (north.order_count, north.refund_count, north.line_count) == (3, 1, 4)
    assert (north.base_minor, north.opening_minor, north.current_minor, north.closing_minor) == (10000, 0, 4000, 4000)
    assert (host.current_minor, host.closing_minor) == (6000, 6000)
    with organization_scope(cast.north.id):
        lines = [(x.line_number, x.base_minor, x.share_minor) for x in StatementLine.objects.order_by("line_number")]
    assert sorted(line[1:] for line in lines) == [(-999, -400), (0, 0), (999, 400), (10000, 4000)]
    assert [line[0] for line in lines] == [1, 2, 3, 4]


def test_a_full_refund_in_the_month_keeps_both_lines(cast):
    sell(cast, 10000, -10000)
    close(cast, 1)
    north = statement(cast, cast.north, 1)
    assert (north.line_count, north.current_minor, north.closing_minor) == (2, 0, 0)


def test_a_month_of_nothing_but_zeros_has_a_statement(cast):
    sell(cast, 0)
    close(cast, 1)
    north = statement(cast, cast.north, 1)
    assert (north.line_count, north.closing_minor) == (1, 0)


def test_the_opening_is_the_closing_before(cast):
    sell(cast, 10000)
    sell(cast, 500, at=FEBRUARY, now=FEBRUARY)
    close(cast, 1)
    close(cast, 2)
    january, february = statement(cast, cast.north, 1), statement(cast, cast.north, 2)
    assert february.opening_minor == january.closing_minor == 4000
    assert february.closing_minor == 4200
    assert february.previous_id == january.id


def test_a_late_order_lands_in_the_open_month_as_of_a_prior_period(cast):
    sell(cast, 10000)
    close(cast, 1, now=AT_FEBRUARY)
    before = statement(cast, cast.north, 1)
    sell(cast, 300, at=JANUARY, now=FEBRUARY)
    sell(cast, 200, at=FEBRUARY, now=FEBRUARY)
    close(cast, 2)
    february = statement(cast, cast.north, 2)
    assert (february.current_minor, february.prior_minor, february.closing_minor) == (80, 120, 4200)
    with organization_scope(cast.north.id):
        late = StatementLine.objects.get(statement_id=february.id, section="prior")
        assert late.occurred_at == JANUARY
        assert late.effective_on == FEBRUARY.date()
    after = statement(cast, cast.north, 1)
    assert (after.content_sha256, after.lines_root) == (before.content_sha256, before.lines_root)


def test_an_order_of_a_month_before_the_last_closed_one_is_late_too(cast):
    sell(cast, 100, at=FEBRUARY, now=FEBRUARY)
    close(cast, 2)
    sell(cast, 100, at=JANUARY, now=MARCH)
    assert sorted(months(cast)) == [2, 3]


def test_closing_again_changes_nothing(cast):
    sell(cast, 10000)
    close(cast, 1)
    assert close(cast, 1) == ClosedPeriod(2, closed_now=False)
    with organization_scope(cast.host.id):
        assert Statement.objects.count() == 2


def test_what_stands_on_the_statement_is_available(cast):
    sell(cast, 10000, -2000)
    sell(cast, 700, at=FEBRUARY, now=FEBRUARY)
    close(cast, 1)
    with organization_scope(cast.north.id):
        kinds = {account.id: account.kind.value for account in accounts(organization_id=cast.north.id)}
        amounts = {kinds[id_]: amount for id_, amount in balances().items() if id_ in kinds}
    assert amounts == {"pending": -280, "available": -3200}
    with organization_scope(cast.host.id):
        assert trial_balance(find_book(alliance_id=cast.alliance.id).id).is_balanced


def test_the_closing_is_what_the_ledger_owes(cast):
    sell(cast, 10000, -2000, 333)
    sell(cast, 700, at=FEBRUARY, now=FEBRUARY)
    close(cast, 1)
    close(cast, 2)
    with organization_scope(cast.north.id):
        owed = -sum(balances().values())
    assert statement(cast, cast.north, 2).closing_minor == owed


def test_a_month_that_still_runs_is_not_closed(cast):
    sell(cast, 10000)
    with pytest.raises(PeriodNotEndedError):
        close(cast, 1, now=JANUARY)
    assert close(cast, 1, now=AT_FEBRUARY).closed_now


def test_months_close_in_their_order(cast):
    sell(cast, 10000)
    sell(cast, 10000, at=FEBRUARY, now=FEBRUARY)
    with pytest.raises(EarlierPeriodOpenError):
        close(cast, 2)


@pytest.mark.parametrize(
    ("role", "may"), [(Role.OWNER, True), (Role.FINANCE, True), (Role.MANAGER, False), (Role.VIEWER, False)]
)
def test_who_may_close(cast, role, may):
    sell(cast, 10000)
    if may:
        assert close(cast, 1, actor=cast.host.actor(role)).closed_now
    else:
        with pytest.raises(NotPermittedError):
            close(cast, 1, actor=cast.host.actor(role))


def test_a_partner_may_not_close_and_a_stranger_sees_nothing(cast):
    sell(cast, 10000)
    period_id = months(cast)[1]
    for party, error in ((cast.north, NotPermittedError), (cast.south, NotFoundError), (cast.stranger, NotFoundError)):
        with organization_scope(party.id), pytest.raises(error):
            close_period(actor=party.actor(), period_id=period_id, now=MARCH)


def test_the_close_locks_the_ledger_too(cast):
    sell(cast, 10000)
    close(cast, 1)
    with organization_scope(cast.host.id):
        assert not LedgerPeriod.objects.get().is_open
        assert Period.objects.get().closed_at == MARCH


def test_the_hashes_can_be_recomputed_from_what_is_shown(cast):
    sell(cast, 10000, *range(1, 40))
    close(cast, 1)
    sell(cast, 700, 5, at=FEBRUARY, now=FEBRUARY)
    close(cast, 2)
    with organization_scope(cast.north.id):
        previous = ""
        for month in (1, 2):
            stored = Statement.objects.get(organization_id=cast.north.id, starts_on__month=month)
            content = recompute_statement(stored)
            assert (content.lines_root, content.previous_sha256) == (stored.lines_root, previous)
            assert content.sha256() == stored.content_sha256
            assert hashlib.sha256(content.text().encode()).hexdigest() == stored.content_sha256
            previous = stored.content_sha256


def test_the_button_makes_one_job_however_often_it_is_pressed(cast):
    sell(cast, 10000)
    period_id = months(cast)[1]
    with organization_scope(cast.host.id):
        first = request_period_close(actor=cast.host.actor(), period_id=period_id, now=MARCH)
        assert request_period_close(actor=cast.host.actor(), period_id=period_id, now=MARCH) == first
    run_all_jobs()
    with organization_scope(cast.host.id):
        assert PeriodClose.objects.get().state == "succeeded"
        assert request_period_close(actor=cast.host.actor(), period_id=period_id, now=MARCH) is None
    assert statement(cast, cast.north, 1).closing_minor == 4000


def test_the_button_refuses_what_can_not_close(cast):
    sell(cast, 10000)
    sell(cast, 10000, at=FEBRUARY, now=FEBRUARY)
    with organization_scope(cast.host.id):
        actor = cast.host.actor()
        with pytest.raises(EarlierPeriodOpenError):
            request_period_close(actor=actor, period_id=months_in_scope(2), now=MARCH)
        with pytest.raises(PeriodNotEndedError):
            request_period_close(actor=actor, period_id=months_in_scope(1), now=JANUARY)


def test_events_and_audit_tell_of_the_close(cast):
    from alliance.kernel.models import AuditEvent

    sell(cast, 10000)
    close(cast, 1)
    deliver_all()
    with organization_scope(cast.host.id):
        event = AuditEvent.objects.get(action="period.closed")
        assert event.after == {"statements": 2}


def test_the_number_of_queries_does_not_grow_with_the_lines(cast):
    sell(cast, 1, 2, 3)
    sell(cast, *range(1, 301), at=FEBRUARY, now=FEBRUARY)
    actor, counts = cast.host.actor(), []
    for period_id in months(cast).values():
        with organization_scope(cast.host.id), CaptureQueriesContext(connections["default"]) as queries:
            close_period(actor=actor, period_id=period_id, now=MARCH)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 25


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE settlements_statement SET closing_minor = closing_minor + 1, current_minor = current_minor + 1",
        "DELETE FROM settlements_statement",
        "UPDATE settlements_statementline SET share_minor = 0",
        "DELETE FROM settlements_statementline",
        "INSERT INTO settlements_statementline SELECT * FROM settlements_statementline",
        "UPDATE settlements_accrual SET base_minor = 1",
        "DELETE FROM settlements_accrual",
        "UPDATE settlements_accrualshare SET share_minor = 1",
        "DELETE FROM settlements_accrualshare",
        "UPDATE settlements_period SET status = 'open', closed_at = NULL",
        "UPDATE settlements_period SET ends_at = ends_at + interval '1 day'",
        "DELETE FROM settlements_period",
        "TRUNCATE settlements_statementline",
        "TRUNCATE settlements_accrual CASCADE",
        "SELECT settlements_new_id()",
    ],
)
def test_the_host_itself_can_not_rewrite_what_is_closed(cast, attack):
    sell(cast, 10000)
    close(cast, 1)
    with pytest.raises(DatabaseError) as refused, organization_scope(cast.host.id):
        connections["default"].cursor().execute(attack)
    assert refused.value.__cause__.sqlstate in REFUSALS


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE settlements_period SET status = 'closed', closed_at = now()",
        # a share more, a share that does not add up, an accrual for an order that was accrued
        "INSERT INTO settlements_accrualshare (id, accrual_id, organization_id, host_id, effective_on, currency, share_minor)"  # noqa: ISC004
        " SELECT gen_random_uuid(), accrual_id, %(stranger)s, host_id, effective_on, currency, 0 FROM settlements_accrualshare",
        "INSERT INTO settlements_accrual SELECT * FROM settlements_accrual",
    ],
)
def test_nor_tamper_with_an_open_month(cast, attack):
    sell(cast, 10000)
    with pytest.raises(DatabaseError) as refused, organization_scope(cast.host.id):
        connections["default"].cursor().execute(attack, {"stranger": cast.stranger.id})
    assert refused.value.__cause__.sqlstate in REFUSALS


def test_the_trail_from_statement_to_ledger_is_complete(cast):
    ids = sell(cast, 10000, 0, -5000)
    close(cast, 1)
    with organization_scope(cast.host.id):
        lines = StatementLine.objects.filter(organization_id=cast.host.id)
        assert {line.accrual.conversion_id for line in lines} == set(ids)
        keys = {f"accrual:{a.conversion_id}" for a in Accrual.objects.exclude(base_minor=0)}
        assert keys <= set(Entry.objects.values_list("journal__key", flat=True))
