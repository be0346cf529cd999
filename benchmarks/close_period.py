"""Close a month into statements.

Yardstick: one GROUP BY over the same rows, plus writing the same lines by INSERT … SELECT into a bare table. To reach:
at most 3 x its time; memory flat (`CLOSE_SIZES=100000,1000000` by default; the larger is measured once).
"""

import os
from pathlib import Path
from uuid import UUID

from alliance.kernel.tenancy import organization_scope
from benchmarks.conversions import AFTER, Market, a_market, admin_connection, fill_month
from benchmarks.ledger_books import backend_of
from benchmarks.measure import Contender, Target, interleave, report, timed
from settlements.services.close_period import close_period

SIZES = [int(size) for size in os.environ.get("CLOSE_SIZES", "100000,1000000").split(",")]
MOST_ROUNDS = 3
_BARE = """
DROP SCHEMA IF EXISTS bare CASCADE;
CREATE SCHEMA bare;
CREATE TABLE bare.line AS SELECT * FROM settlements_statementline WITH NO DATA;
"""
_TOTALS = """
SELECT s.organization_id, count(*), sum(a.base_minor), sum(s.share_minor)
FROM settlements_accrual AS a JOIN settlements_accrualshare AS s ON s.accrual_id = a.id
WHERE a.period_id = %s GROUP BY s.organization_id
"""
_LINES = """
INSERT INTO bare.line (statement_id, line_number, accrual_id, organization_id, section, kind, reference, occurred_at,
    effective_on, terms_number, currency, base_minor, share_minor, parties)
SELECT s.organization_id, row_number() OVER (PARTITION BY s.organization_id ORDER BY a.section, a.occurred_at, a.reference, a.id),
       a.id, s.organization_id, a.section, a.kind, a.reference, a.occurred_at, a.effective_on, 1, a.currency, a.base_minor,
       s.share_minor, s.parties
FROM settlements_accrual AS a JOIN settlements_accrualshare AS s ON s.accrual_id = a.id WHERE a.period_id = %s
"""


def main() -> None:
    """Measure each size on a market of its own."""
    for size in SIZES:
        _measure(size)


def _measure(size: int) -> None:
    rounds = MOST_ROUNDS if size <= 200_000 else 1
    market = a_market(rounds)
    periods = [fill_month(market, agreement, size) for agreement in market.agreements]
    to_close, to_read = iter(periods), iter(periods)
    with admin_connection() as plain:
        plain.execute(_BARE.encode())

        def bare() -> int:
            period_id = next(to_read)
            plain.execute(_TOTALS.encode(), [period_id]).fetchall()
            with plain.transaction():
                plain.execute(_LINES.encode(), [period_id])
            return size

        def ours() -> int:
            _close(market, next(to_close))
            return size

        samples = interleave(
            [
                Contender("GROUP BY and INSERT … SELECT", lambda: timed(bare, backend_pid=plain.info.backend_pid)),
                Contender("close_period", lambda: timed(ours, backend_pid=backend_of("default"))),
            ],
            rounds=rounds,
            warm_up=0,
        )
    report(
        f"close_period_{size}",
        samples,
        yardstick="GROUP BY and INSERT … SELECT",
        sizes={"conversions": size, "lines": 2 * size, "rounds": rounds, "backend peak MB": _backend_peak_mb()},
        targets=[Target("close_period", "GROUP BY and INSERT … SELECT", 3.0)],
    )


def _close(market: Market, period_id: UUID) -> None:
    with organization_scope(market.host.id):
        close_period(actor=market.host.system, period_id=period_id, now=AFTER)


def _backend_peak_mb() -> float:
    """The database backend's own memory, without the buffers it shares; 0 where that can't be read."""
    status = Path(f"/proc/{backend_of('default')}/status")
    if not status.exists():
        return 0.0
    fields = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
    return round(int(fields["RssAnon"].split()[0]) / 1024, 1)
