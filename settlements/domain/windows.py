"""Names of the windows in which terms count: a day, a week, a month of the agreement's clock."""

from datetime import date, datetime
from typing import Final

from alliance.kernel.clock import local_date

ALWAYS: Final = "all"


def window_of(length: str, instant: datetime, zone: str) -> str:
    """The window that holds `instant`: `2026-11-05`, `2026-W45`, `2026-11`, `2026-Q4`, `2026`; `all` has no end."""
    day = local_date(instant, zone)
    match length:
        case "day":
            return day.isoformat()
        case "week":
            year, week, _ = day.isocalendar()
            return f"{year:04d}-W{week:02d}"
        case "month":
            return f"{day:%Y-%m}"
        case "quarter":
            return f"{day:%Y}-Q{quarter_of(day)}"
        case "year":
            return f"{day:%Y}"
    return ALWAYS


def quarter_of(day: date) -> int:
    """1 to 4."""
    return (day.month + 2) // 3
