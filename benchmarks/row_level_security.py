"""What row-level security costs: the same reads by the runtime role and by a role that passes it.

A shared table (conversions: the host's and the partner's) of 1,000,000 rows and 1,000 organizations (`RLS_ROWS`,
`RLS_ORGANIZATIONS`). Yardstick: the same statements as the operator, who is not subject to policies. To reach: a keyed read at most
1.15 x, the list of the newest 50 at most 1.25 x; no plan scans the table from end to end.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

import psycopg

from alliance.embedded.database_url import with_database
from benchmarks.conversions import admin_connection
from benchmarks.measure import Contender, Target, interleave, report, timed

ROWS = int(os.environ.get("RLS_ROWS", "1000000"))
ORGANIZATIONS = int(os.environ.get("RLS_ORGANIZATIONS", "1000"))
ROUNDS, READERS = 9, 40
_IDS = "SELECT host_id, (array_agg(id ORDER BY id))[:50] FROM campaigns_conversion WHERE host_id = ANY(%s) GROUP BY 1"
# The organizations take turns, a host beside a partner; each row belongs to two of them.
_FILL = """
INSERT INTO campaigns_conversion (id, parties, alliance_id, host_id, partner_id, agreement_id, order_id, kind, reference,
    occurred_at, currency, amount_minor, partner_code, match_issue, created_at)
  SELECT gen_random_uuid(), ARRAY[o.ids[a], o.ids[b]], o.ids[a], o.ids[a], o.ids[b], o.ids[b], gen_random_uuid(), 'sale', 'row-' || n,
         timestamptz '2026-01-01' + n * interval '1 second', 'EUR', 100 + 7 * n %% 9973, 'p', '', now()
  FROM (SELECT n, 1 + (n %% %(many)s)::int AS a, 1 + ((n * 7 + 1) %% %(many)s)::int AS b FROM generate_series(1::bigint, %(rows)s) AS n) AS r
  CROSS JOIN (SELECT %(ids)s::uuid[] AS ids) AS o
"""
_LIST = """
SELECT id, reference, kind, occurred_at, currency, amount_minor, partner_code, match_issue FROM campaigns_conversion
WHERE {column} = %s ORDER BY occurred_at DESC, id DESC LIMIT 50
"""
_KEYED = "SELECT id, reference, kind, occurred_at, currency, amount_minor FROM campaigns_conversion WHERE id = %s"


@dataclass(frozen=True)
class Reads:
    """The values that one organization asks for, one statement each."""

    organization_id: UUID
    values: Sequence[UUID]


def main() -> None:
    """Fill once, measure keyed reads and both lists."""
    with _connection("DATABASE_URL") as subject, _connection("DATABASE_OPERATOR_URL") as free:
        keyed = _fill()
        _measure("keyed_read", subject, free, 1.15, _KEYED, keyed)
        for column in ("host_id", "partner_id"):  # every organization is both
            lists = [Reads(each.organization_id, [each.organization_id] * 5) for each in keyed]
            _measure(f"list_of_50_by_{column}", subject, free, 1.25, _LIST.format(column=column), lists)


def _fill() -> list[Reads]:
    """Rows of fresh organizations; some hosts with ids of theirs."""
    organizations = [uuid4() for _ in range(ORGANIZATIONS)]
    with admin_connection() as connection:
        connection.execute(_FILL, {"many": ORGANIZATIONS, "rows": ROWS, "ids": organizations})
        connection.execute("VACUUM ANALYZE campaigns_conversion")
        found = connection.execute(_IDS, [organizations[:READERS]])
        return [Reads(host_id, ids) for host_id, ids in found]


def _connection(variable: str) -> psycopg.Connection:
    from django.db import connections

    name = str(connections["default"].settings_dict["NAME"])
    return psycopg.connect(with_database(os.environ[variable], name), autocommit=True)


def _measure(
    title: str, subject: psycopg.Connection, free: psycopg.Connection, bound: float, sql: str, readers: Sequence[Reads]
) -> None:
    """The same statements on both connections; the organization is set once for all reads of one."""
    statement = sql.encode()
    _enter(subject, readers[0])
    plan = "\n".join(str(line) for (line,) in subject.execute(b"EXPLAIN " + statement, [readers[0].values[0]]))
    if "Seq Scan" in plan:
        message = f"{title} scans the table:\n{plan}"
        raise AssertionError(message)

    def contender(name: str, connection: psycopg.Connection) -> Contender:
        def run() -> int:
            for reads in readers:
                _enter(connection, reads)
                for value in reads.values:
                    if not connection.execute(statement, [value]).fetchall():
                        message = f"{title}: {name} sees nothing."
                        raise AssertionError(message)
            return sum(len(reads.values) for reads in readers)

        return Contender(name, lambda: timed(run, backend_pid=connection.info.backend_pid))

    samples = interleave([contender("without", free), contender("row-level security", subject)], rounds=ROUNDS)
    report(
        f"row_level_security_{title}",
        samples,
        yardstick="without",
        sizes={"rows": ROWS, "organizations": ORGANIZATIONS, "rounds": ROUNDS},
        targets=[Target("row-level security", "without", bound)],
    )


def _enter(connection: psycopg.Connection, reads: Reads) -> None:
    connection.execute("SELECT set_config('app.organization', %s, false)", [str(reads.organization_id)])
