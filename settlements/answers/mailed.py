"""What mails say of a statement that waits for acceptance."""

from zoneinfo import ZoneInfo

from alliance.kernel.money import with_currency
from partners.mails import page_address
from partners.selectors import organization_names
from settlements.models import Statement, StatementReview


def facts_of(statement: Statement, review: StatementReview) -> dict[str, str]:
    """Number, host, period, amounts and the last local day to answer (empty where silence never accepts)."""
    silence = review.silence_from
    last = silence.astimezone(ZoneInfo(statement.time_zone)).date() if silence else None
    return {
        "statement": statement.number,
        "host": organization_names([statement.host_id]).get(statement.host_id, ""),
        "first_day": statement.starts_on.isoformat(),
        "end_day": statement.ends_on.isoformat(),
        "share": with_currency(statement.share_minor, statement.currency),
        "closing": with_currency(statement.closing_minor, statement.currency),
        "silence_day": last.isoformat() if last else "",
        "link": page_address("statement", statement.id),
    }
