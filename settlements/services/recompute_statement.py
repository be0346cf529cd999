"""Compute a statement's hashes again from what is stored, as anybody can from its JSON file."""

from settlements.domain.statement_content import LineContent, StatementContent, TermsUsed, root_of, root_of_digests
from settlements.exports.adjustments import adjustments_of
from settlements.exports.events import events_of
from settlements.exports.reading import lines_of
from settlements.models import Statement


def recompute_statement(statement: Statement) -> StatementContent:
    """What the statement says now, its roots over the lines and events that are there now; compare `sha256()`.

    The events of a party that doesn't see all of them can't be told: call in the scope of one of the agreement's parties,
    or the operator's. Call inside a transaction: the lines come through a server-side cursor.
    """
    event_count, events_sha256 = _events(statement)
    return StatementContent(
        number=statement.number,
        organization_id=statement.organization_id,
        agreement_id=statement.agreement_id,
        starts_on=statement.starts_on,
        ends_on=statement.ends_on,
        time_zone=statement.time_zone,
        currency=statement.currency,
        opening_minor=statement.opening_minor,
        current_minor=statement.current_minor,
        prior_minor=statement.prior_minor,
        adjustments_minor=statement.adjustments_minor,
        withheld_minor=statement.withheld_minor,
        paid_minor=statement.paid_minor,
        closing_minor=statement.closing_minor,
        base_minor=statement.base_minor,
        order_count=statement.order_count,
        refund_count=statement.refund_count,
        line_count=statement.line_count,
        terms=tuple(TermsUsed(t["number"], t["sha256"], t["remainder"]) for t in statement.terms),
        engine_version=statement.engine_version,
        lines_root=_lines_root(statement),
        previous_sha256=statement.previous.content_sha256 if statement.previous else "",
        content_version=statement.content_version,
        event_count=event_count,
        events_sha256=events_sha256,
        adjustments_sha256=_adjustments(statement),
        carried=statement.carried,
        chain_number=statement.chain_number,
        chain_head=statement.chain_head,
    )


def _events(statement: Statement) -> tuple[int, str]:
    """How many events there are now, and their root; nothing for statements that bear none."""
    if not statement.events_sha256:
        return 0, ""
    digests = [event.content.digest() for event in events_of(statement.period_id)]
    return len(digests), root_of_digests(digests)


def _adjustments(statement: Statement) -> str:
    """The root over what its adjustments come of now; nothing for statements that bear none."""
    if not statement.adjustments_sha256:
        return ""
    return root_of_digests(content.digest() for _, content in adjustments_of(statement.id))


def _lines_root(statement: Statement) -> str:
    return root_of(
        LineContent(
            line.line_number,
            line.section,
            line.kind,
            line.occurred_at,
            line.effective_on,
            line.terms_number,
            line.currency,
            line.base_minor,
            line.share_minor,
            line.reference,
        )
        for line in lines_of(statement)
    )
