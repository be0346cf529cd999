"""Statements whose invoice is missing, where the terms let payouts wait for it. In the scope of either side."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db.models import Sum

from partners.selectors import TermsTimeline
from settlements.invoices.eligibility import EARNED
from settlements.models import Statement, StatementLine
from settlements.period_terms import terms_of
from settlements.taxes.domain.value_added import treatment_of


def missing_invoices(*, timeline: TermsTimeline) -> dict[tuple[UUID, UUID], list[Statement]]:
    """By agreement and partner, the earliest first: statements with earnings that have no invoice.

    Only of periods whose terms say that payouts wait for it. Two queries at most, whatever there is.
    """
    begins = dict(_begins(timeline))
    if not begins:
        return {}
    rows = Statement.objects.filter(agreement_id__in=list(begins), period__ends_at__gt=min(begins.values()))
    open_ones = rows.filter(invoice__isnull=True).select_related("period")
    waiting = [statement for statement in open_ones.order_by("starts_on", "id") if _waits(statement, timeline)]
    lines = StatementLine.objects.filter(EARNED, statement_id__in=[statement.id for statement in waiting])
    nets = dict(lines.values_list("statement_id").annotate(net=Sum("share_minor")).order_by()) if waiting else {}
    found: defaultdict[tuple[UUID, UUID], list[Statement]] = defaultdict(list)
    for statement in waiting:
        if nets.get(statement.id, 0) > 0:
            found[statement.agreement_id, statement.organization_id].append(statement)
    return dict(found)


def _begins(timeline: TermsTimeline) -> Iterator[tuple[UUID, datetime]]:
    """The agreements whose terms ever say so, each with the first instant at which they do."""
    for agreement_id in timeline.agreement_ids():
        asking = [
            version.effective_from
            for version in timeline.of_agreement(agreement_id)
            if any(rule.payout is not None for rule in version.terms.value_added_tax)
        ]
        if asking:
            yield agreement_id, min(asking)


def _waits(statement: Statement, timeline: TermsTimeline) -> bool:
    version = terms_of(statement.period, timeline)
    rule = treatment_of(version.terms, statement.organization_id) if version else None
    return rule is not None and rule.payout is not None
