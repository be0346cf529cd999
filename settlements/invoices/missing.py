"""Statements whose invoice keeps payouts back, where the terms let them wait for it. In the scope of either side."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from partners.selectors import TermsTimeline
from settlements.invoices.eligibility import EARNED
from settlements.invoices.models import SETTLED, Invoice
from settlements.models import Statement, StatementLine
from settlements.period_terms import terms_of
from settlements.taxes.domain.value_added import treatment_of


class Lack(StrEnum):
    """What a statement lacks before its earnings are paid."""

    MISSING = "missing"
    OBJECTED = "objected"
    NOT_ACCEPTED = "not_accepted"


LACKS: Final[Mapping[Lack, Promise]] = {
    Lack.MISSING: _("no invoice yet"),
    Lack.OBJECTED: _("the invoice was objected to"),
    Lack.NOT_ACCEPTED: _("the corrected invoice is not accepted yet"),
}


@dataclass(frozen=True, slots=True)
class WaitingStatement:
    """A statement with earnings for whose invoice payouts wait; `invoice` is the latest, if there is any."""

    statement: Statement
    lack: Lack
    invoice: Invoice | None

    @property
    def words(self) -> Promise:
        """What it lacks, in words."""
        return LACKS[self.lack]


def missing_invoices(*, timeline: TermsTimeline) -> dict[tuple[UUID, UUID], list[WaitingStatement]]:
    """By agreement and partner, the earliest first: statements with earnings that have no invoice, or one that was objected to.

    An objection keeps payouts back until a corrected invoice is accepted. Only of periods whose terms say that payouts wait.
    Three queries at most, whatever there is.
    """
    begins = dict(_begins(timeline))
    if not begins:
        return {}
    rows = Statement.objects.filter(agreement_id__in=list(begins), period__ends_at__gt=min(begins.values()))
    settled = Invoice.objects.filter(SETTLED, statement_id=OuterRef("pk"))
    open_ones = rows.filter(~Exists(settled)).select_related("period")
    waiting = [statement for statement in open_ones.order_by("starts_on", "id") if _waits(statement, timeline)]
    latest = _latest(waiting)
    lines = StatementLine.objects.filter(EARNED, statement_id__in=[statement.id for statement in waiting])
    nets = dict(lines.values_list("statement_id").annotate(net=Sum("share_minor")).order_by()) if waiting else {}
    found: defaultdict[tuple[UUID, UUID], list[WaitingStatement]] = defaultdict(list)
    for statement in waiting:
        if nets.get(statement.id, 0) > 0:
            one = _waiting(statement, latest.get(statement.id))
            found[statement.agreement_id, statement.organization_id].append(one)
    return dict(found)


def _latest(statements: list[Statement]) -> dict[UUID, Invoice]:
    """The invoice at the end of each statement's corrections."""
    if not statements:
        return {}
    rows = Invoice.objects.filter(statement_id__in=[statement.id for statement in statements], replaced_by__isnull=True)
    return {invoice.statement_id: invoice for invoice in rows}


def _waiting(statement: Statement, invoice: Invoice | None) -> WaitingStatement:
    if invoice is None:
        return WaitingStatement(statement, Lack.MISSING, None)
    return WaitingStatement(statement, Lack.OBJECTED if invoice.is_objected else Lack.NOT_ACCEPTED, invoice)


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
