"""Add value-added tax to what a period earned. A step of closing."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from uuid import UUID

from django.db import connections

from alliance.kernel.tenancy import database_alias
from partners.domain.terms.settling import ValueAddedTax
from partners.selectors import TermsInForce, TermsTimeline, signed_terms
from settlements.models import AdjustmentKind, Period, Statement
from settlements.period_terms import terms_of
from settlements.services.record_adjustments import AdjustmentDraft, record_adjustments
from settlements.taxes.domain.value_added import rate_text, taxed_parties, treatment_of

_CLOSE = "the close"


@dataclass(frozen=True, slots=True)
class _Rate:
    """How lines are taxed, and by which version of the terms; `None` and 0 where the terms say nothing of it."""

    rule: ValueAddedTax | None
    version_id: UUID | None

    @property
    def rate(self) -> Fraction:
        return Fraction(self.rule.rate) if self.rule is not None and self.rule.rate is not None else Fraction(0)

    @property
    def treatment(self) -> str:
        return self.rule.treatment if self.rule is not None else "none"


def add_value_added_tax(
    *, period: Period, version: TermsInForce | None, timeline: TermsTimeline, now: datetime
) -> None:
    """Where the terms treat a party by the standard rate, its tax on each line, out of the host's tax account.

    What goes back to an earlier statement (refunds, chargebacks, corrections) is taxed as that statement was, whatever the terms
    say now: in an adjustment of its own for each, told also where it comes to 0. Less than nothing where more was taken back than
    earned. Parties to which the agreement's terms never added tax have none.
    """
    parties = sorted(taxed_parties(timeline, period.agreement_id))
    last_day = period.ends_on - timedelta(days=1)
    drafts = []
    for party in parties:
        rule = treatment_of(version.terms, party) if version else None
        present = _Rate(rule, version.version_id if version else None)
        drafts += [_draft(period, party, present), *_back(period, party, timeline)]
    record_adjustments(period=period, effective_on=last_day, drafts=drafts, by=_CLOSE, now=now)


def _back(period: Period, party: UUID, timeline: TermsTimeline) -> Iterator[AdjustmentDraft]:
    """The tax of what goes back to earlier statements, statement by statement."""
    with connections[database_alias()].cursor() as cursor:
        cursor.execute("SELECT settlements_value_added_origins(%s, %s)", [period.id, party])
        origins = [row[0] for row in cursor.fetchall()]
    if not origins:
        return
    rows = Statement.objects.filter(period_id__in=origins, organization_id=party).select_related("period")
    statements = {statement.period_id: statement for statement in rows}
    ruled = {id_: json.loads(each.carried or "{}").get("ruled_by", "") for id_, each in statements.items()}
    versions = signed_terms(agreement_id=period.agreement_id, hashes=set(ruled.values()))
    for origin in origins:
        statement, version = statements.get(origin), versions.get(ruled.get(origin, ""))
        if version is not None:
            taxed = _Rate(treatment_of(version.terms, party), version.version_id)
        elif statement is not None and not statement.carried:  # it closed before statements said which terms ruled them
            known = terms_of(statement.period, timeline)
            taxed = _Rate(treatment_of(known.terms, party), known.version_id) if known else _Rate(None, None)
        else:
            taxed = _Rate(None, None)
        yield _draft(period, party, taxed, origin, statement)


def _draft(
    period: Period, party: UUID, taxed: _Rate, origin: UUID | None = None, statement: Statement | None = None
) -> AdjustmentDraft:
    rate = taxed.rate
    with connections[database_alias()].cursor() as cursor:
        cursor.execute(
            "SELECT net_minor, vat_minor, lines, named FROM settlements_value_added_tax(%s, %s, %s, %s, %s)",
            [period.id, party, origin, rate.numerator, rate.denominator],
        )
        net, vat, lines, named = cursor.fetchone() or (0, 0, 0, [])
    told = {"treatment": taxed.treatment, "rate": f"{rate.numerator}/{rate.denominator}", "net_minor": int(net)}
    key = f"value_added_tax:{period.id}:{party}"
    return AdjustmentDraft(
        AdjustmentKind.VALUE_ADDED_TAX,
        f"{key}:{origin}" if origin else key,
        party,
        None,
        int(vat),
        reference=f"VAT {rate_text(rate)} {statement.number}" if statement else "VAT",
        details={**told, "lines": lines} | ({"named": [str(id_) for id_ in named]} if named else {}),
        about_period_id=origin,
        terms_version_id=taxed.version_id,
        is_told_at_zero=origin is not None or bool(named),
    )
