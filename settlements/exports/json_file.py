"""A statement as JSON: everything that its hash is over, one line of the file for each line of the statement."""

import json
from dataclasses import asdict
from datetime import UTC
from typing import BinaryIO

from alliance.kernel.money import format_minor
from settlements.exchange.other_currencies import told_currencies
from settlements.exports.extras import extras_of
from settlements.exports.reading import ExportedLine, lines_of
from settlements.models import Statement


def write_json(statement: Statement, file: BinaryIO) -> None:
    """Write the statement as UTF-8 JSON. Amounts are whole minor units, and text with the currency's decimals.

    From it `content_sha256` can be recomputed (`settlements.domain.statement_content`). Memory stays flat.
    """
    file.write(b'{"statement": ' + _plain(_head(statement)) + b',\n"lines": [\n')
    separator, extras = b"", extras_of(statement)
    for line in lines_of(statement):
        more = extras.get(line.line_number)
        file.write(separator + _plain(_line(line) | (more.to_json() if more else {})))
        separator = b",\n"
    control = {
        "lines": statement.line_count,
        "amount_minor": statement.base_minor,
        "share_minor": statement.share_minor,
        "content_sha256": statement.content_sha256,
    }
    file.write(b'\n],\n"control": ' + _plain(control) + b"}\n")


def _plain(value: dict[str, object]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _head(statement: Statement) -> dict[str, object]:
    def amount(minor: int) -> str:
        return format_minor(minor, statement.currency)

    return {
        "number": statement.number,
        "organization_id": str(statement.organization_id),
        "agreement_id": str(statement.agreement_id),
        "period": {
            "month": statement.month,
            "starts_on": statement.starts_on.isoformat(),
            "ends_on": statement.ends_on.isoformat(),
            "time_zone": statement.time_zone,
        },
        "currency": statement.currency,
        "opening_minor": statement.opening_minor,
        "opening": amount(statement.opening_minor),
        "current_minor": statement.current_minor,
        "current": amount(statement.current_minor),
        "prior_minor": statement.prior_minor,
        "prior": amount(statement.prior_minor),
        "adjustments_minor": statement.adjustments_minor,
        "adjustments": amount(statement.adjustments_minor),
        "withheld_minor": statement.withheld_minor,
        "withheld": amount(statement.withheld_minor),
        "paid_minor": statement.paid_minor,
        "paid": amount(statement.paid_minor),
        "closing_minor": statement.closing_minor,
        "closing": amount(statement.closing_minor),
        **_others(statement),
        "amount_minor": statement.base_minor,
        "orders": statement.order_count,
        "refunds": statement.refund_count,
        "lines": statement.line_count,
        "terms": statement.terms,
        "content_version": statement.content_version,
        "engine_version": statement.engine_version,
        **_grounds(statement),
        "lines_root": statement.lines_root,
        "chain_number": statement.chain_number,
        "chain_head": statement.chain_head,
        "previous_sha256": statement.previous.content_sha256 if statement.previous else "",
        "content_sha256": statement.content_sha256,
        "closed_at": statement.closed_at.astimezone(UTC).isoformat(),
    }


def _others(statement: Statement) -> dict[str, object]:
    """What the period did in other currencies, where there are any; files of earlier statements stay as they were."""
    told = [asdict(other) for other in told_currencies(statement)]
    said = [
        each | {n[:-6]: format_minor(m, each["currency"]) for n, m in each.items() if n != "currency"} for each in told
    ]
    return {"other_currencies": said} if said else {}


def _grounds(statement: Statement) -> dict[str, object]:
    """What its lines come of. What is known of adjustments stands on later statements; files of earlier ones stay as they were."""
    events: dict[str, object] = {"event_count": statement.event_count, "events_sha256": statement.events_sha256}
    if not statement.adjustments_sha256:
        return events
    return events | {"adjustments_sha256": statement.adjustments_sha256, "carried": statement.carried}


def _line(line: ExportedLine) -> dict[str, object]:
    return {
        "line": line.line_number,
        "section": line.section,
        "kind": line.kind,
        "reference": line.reference,
        "occurred_at": line.occurred_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "effective_on": line.effective_on.isoformat(),
        "terms_version": line.terms_number,
        "currency": line.currency,
        "amount_minor": line.base_minor,
        "amount": format_minor(line.base_minor, line.currency),
        "share_minor": line.share_minor,
        "share": format_minor(line.share_minor, line.currency),
    }
