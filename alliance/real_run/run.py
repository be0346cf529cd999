"""One run: found, import, accrue, close, write, check."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.core.files import File

from alliance.kernel.inline import work_off
from alliance.kernel.jobs import JobState
from alliance.kernel.jobs.registry import registered_job
from alliance.kernel.jobs.running import run_job
from alliance.kernel.money import format_minor
from alliance.kernel.tenancy import organization_scope
from alliance.real_run.measuring import Stopwatch
from alliance.real_run.recomputation import Recomputed, StatementRow, recompute
from alliance.real_run.results import ledger_sums, read_statements, tool_verdicts, write_book, write_statements
from alliance.real_run.source import Source
from alliance.real_run.world import World, build_world
from campaigns.models import OrderImport, OrderLine
from campaigns.services.start_import import start_import
from campaigns.services.upload_order_file import upload_order_file
from settlements.models import Accrual, Period
from settlements.selectors import suspense_count
from settlements.services.close_period import close_period


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the run found. `failures` is empty when every figure agrees."""

    summary: dict[str, object]
    failures: list[str]


def run(source: Source, directory: Path, *, now: datetime, say: Callable[[str], object]) -> Outcome:
    """Go the whole way with one file and write the results into `directory`; nothing else is in the database."""
    watch = Stopwatch(say)
    with watch.stage("found organizations and sign agreements"):
        world = build_world(source, now=now)
    with watch.stage("import orders"):
        _import(source, world, now)
    with watch.stage("accrue"):
        work_off(world.host_id)
    with watch.stage("close months"):
        months = _close(world, now)
    with watch.stage("write statements and ledger"):
        write_statements(world, directory / "statements.csv")
        write_book(world, directory)
    with watch.stage("recompute from the file"):
        expected = recompute(source)
    with watch.stage("check with other tools"):
        verdicts = tool_verdicts(directory)
    rows = read_statements(directory / "statements.csv")
    totals = _totals(world, rows, months)
    failures = _failures(totals, rows, expected, verdicts)
    summary: dict[str, object] = {
        "file": source.path.name,
        "stages": [asdict(stage) for stage in watch.stages],
        "totals": totals,
        "from_the_file": {
            "lines": expected.lines,
            "orders": expected.orders,
            "orders_of_zero": expected.zero_orders,
            "net_minor": expected.net_by_kind,
        },
        "checks": {"statements equal the recomputation": not failures, **verdicts},
        "failures": failures,
    }
    (directory / "summary.json").write_text(json.dumps(summary, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return Outcome(summary, failures)


def _import(source: Source, world: World, now: datetime) -> None:
    with source.path.open("rb") as content, organization_scope(world.host_id):
        file_id = upload_order_file(actor=world.host, name=source.path.name, content=File(content), now=now)
        import_id = start_import(
            actor=world.host, file_id=file_id, alliance_id=world.alliance_id, mapping=source.mapping, now=now
        )
    run_job(registered_job(OrderImport._meta.label_lower), import_id, organization_id=world.host_id)
    with organization_scope(world.host_id):
        done = OrderImport.objects.get(pk=import_id)
    if done.state != JobState.SUCCEEDED:
        raise RuntimeError(f"The import failed: {done.error_code} {done.error_detail}")


def _close(world: World, now: datetime) -> int:
    """Close every month, earliest first, as of an instant after all of them; how many calendar months there are."""
    with organization_scope(world.host_id):
        periods: list[tuple[UUID, datetime]] = list(
            Period.objects.order_by("starts_on", "agreement_id").values_list("id", "ends_at")
        )
        months = Period.objects.order_by().values("starts_on").distinct().count()
    after = max([now, *(ends_at for _, ends_at in periods)])
    for period_id, _ in periods:
        with organization_scope(world.host_id):
            close_period(actor=world.host, period_id=period_id, now=after)
    return months


def _totals(world: World, rows: list[StatementRow], months: int) -> dict[str, object]:
    with organization_scope(world.host_id):
        lines, orders, suspense = OrderLine.objects.count(), Accrual.objects.count(), suspense_count()
    shares = sum(row.partner_share_minor + row.host_share_minor for row in rows)
    currency = rows[0].currency if rows else ""
    return {
        "lines": lines,
        "orders": orders,
        "in_suspense": suspense,
        "currency": currency,
        "shares_minor": shares,
        "shares": format_minor(shares, currency) if rows else "",
        "partners": len(world.partners),
        "months": months,
        "partner_statements": len(rows),
        "ledger_sum_minor": ledger_sums(world),
    }


def _failures(
    totals: dict[str, object], rows: list[StatementRow], expected: Recomputed, verdicts: dict[str, str]
) -> list[str]:
    """Everything that does not agree, in words."""
    wanted = {
        "lines": expected.lines,
        "orders": expected.orders,
        "in_suspense": 0,
        "shares_minor": sum(expected.net_by_kind.values()),
        "ledger_sum_minor": dict.fromkeys({row.currency for row in rows}, 0),
    }
    found = [
        f"{name}: {totals[name]}, but the file says {value}" for name, value in wanted.items() if totals[name] != value
    ]
    ours, theirs = set(rows), set(expected.rows)
    found += [f"statement {row}: not in the file" for row in sorted(ours - theirs)]
    found += [f"statement {row}: missing" for row in sorted(theirs - ours)]
    found += [f"{tool}: {said}" for tool, said in verdicts.items() if said not in {"ok", "not installed"}]
    return found
