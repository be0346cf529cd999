"""A host and partners under any terms, and what comes of their orders."""

from copy import copy
from datetime import UTC, datetime

from alliance.kernel.tenancy import organization_scope
from settlements.ledger.models import Entry
from settlements.models import AccrualShare, Period, Statement
from settlements.services.accrue_conversions import accrue_conversions
from settlements.services.close_period import close_period
from settlements.services.follow_terms import follow_terms_of
from tests.cast import LONG_AGO, agreement_on, alliance_of, host_organization, join, partner_organization
from tests.domain.partners.terms import written
from tests.orders import recorded

JANUARY = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
FEBRUARY = datetime(2026, 2, 15, 12, 0, tzinfo=UTC)
MARCH = datetime(2026, 3, 15, 12, 0, tzinfo=UTC)


class Market:
    """A host and a partner `north` (and more), under these terms."""

    def __init__(self, clauses, *, more_partners=(), effective_from=LONG_AGO, effective_to=None, **terms) -> None:
        self.host, self.north = host_organization(), partner_organization(name="North")
        self.alliance = alliance_of(self.host)
        join(self.alliance, self.north, code="north")
        self.others = self._joined(more_partners)
        self.agreement = self._agreement(clauses, effective_from, terms, effective_to)

    def another(self, clauses, *, more_partners, effective_from=LONG_AGO, **terms):
        """Host and north under one more agreement, with others."""
        second = copy(self)
        second.others = self._joined(more_partners)
        second.agreement = second._agreement(clauses, effective_from, terms)
        return second

    def _joined(self, names):
        others = [partner_organization(name=name) for name in names]
        for other in others:
            join(self.alliance, other, code=other.name)
        return others

    def real(self, value):
        """Terms written with short names, with the parties' ids."""
        if isinstance(value, dict):
            return {key: self.real(inner) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [self.real(inner) for inner in value]
        others = zip((written.SOUTH, written.EAST), self.others, strict=False)
        names = {written.HOST: self.host, written.NORTH: self.north, **dict(others)}
        ids = {str(short): str(party.id) for short, party in names.items()}
        return ids.get(value, value) if isinstance(value, str) else value

    def _agreement(self, clauses, effective_from, terms, effective_to=None):
        parties = [self.host, self.north, *self.others]
        whole = self.real({"clauses": list(clauses), **terms})
        return agreement_on(self.alliance, parties, whole, effective_from=effective_from, effective_to=effective_to)

    def sell(self, *orders, now=JANUARY):
        ids = recorded(self.alliance, orders, now=now)
        with organization_scope(self.host.id):
            accrue_conversions(actor=self.host.system, conversion_ids=ids, now=now)
        return ids

    def earned(self, *conversion_ids, party=None):
        with organization_scope(self.host.id):
            rows = AccrualShare.objects.filter(organization_id=(party or self.north).id)
            found = dict(rows.values_list("accrual__conversion_id", "share_minor"))
        return [found.get(id_) for id_ in conversion_ids]

    def balance(self, kind, party=None):
        with organization_scope(self.host.id):
            rows = Entry.objects.filter(
                account__kind=kind,
                account__organization_id=(party or self.host).id,
                account__agreement_id=self.agreement.id,
            )
            return sum(rows.values_list("amount_minor", flat=True))

    def statement(self, month, party=None):
        """The statement of the period that begins in a month of 2026."""
        party = party or self.north
        with organization_scope(party.id):
            rows = Statement.objects.filter(organization_id=party.id, agreement_id=self.agreement.id)
            return rows.get(starts_on__month=month, starts_on__year=2026)

    def owed(self, party=None):
        """What the ledger says that the party is owed under the agreement; negative when it owes."""
        kinds = ("pending", "available", "reserve", "in_transit", "receivable")
        return -sum(self.balance(kind, party=party or self.north) for kind in kinds)

    def follow_terms(self, now):
        with organization_scope(self.host.id):
            follow_terms_of(actor=self.host.system, now=now)

    def close(self, month, *, now):
        with organization_scope(self.host.id):
            period = Period.objects.get(starts_on=month.date().replace(day=1), agreement_id=self.agreement.id)
            close_period(actor=self.host.system, period_id=period.id, now=now)
