"""Interleaved measuring: every contender runs in every round, in turning order, so that a busy neighbour hits all alike.

Times on a shared computer lie; the median over the rounds of each round's ratio to the yardstick does not. CPU is
counted for this process (or a contender's own) and for the database backend that served it.
"""

import json
import os
import platform
import resource
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil

RESULTS = Path(os.environ.get("BENCHMARK_RESULTS", Path(__file__).resolve().parent.parent / ".local" / "benchmarks"))


@dataclass(frozen=True)
class Sample:
    """One contender's run in one round."""

    operations: int
    seconds: float
    client_cpu: float  # seconds
    backend_cpu: float  # seconds
    peak_memory: int  # bytes, of the client


@dataclass(frozen=True)
class Contender:
    """Something to measure. `run` does its share of one round and says what it took."""

    name: str
    run: Callable[[], Sample]


@dataclass(frozen=True)
class Target:
    """What a contender promised: at most (or, `at_least`, no less than) `bound` times `against`."""

    contender: str
    against: str
    bound: float
    at_least: bool = False


@dataclass(frozen=True)
class Limit:
    """What a contender may take for one operation, in seconds: for promises that name a time."""

    contender: str
    seconds: float


@dataclass
class Line:
    """One contender's medians, and its ratios to the yardstick."""

    name: str
    per_second: float
    wall_us: float
    wall_ratio: float
    client_us: float
    backend_us: float
    cpu_ratio: float
    peak_memory_mb: float


@dataclass
class Report:
    """One measurement as it is printed and stored."""

    title: str
    sizes: Mapping[str, object]
    yardstick: str
    lines: list[Line]
    verdicts: list[str] = field(default_factory=list)


def peak_memory() -> int:
    """This process's highest resident memory so far, in bytes."""
    status = Path("/proc/self/status")
    if status.exists():  # getrusage would answer with the parent's peak after a fork
        line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def timed(work: Callable[[], int], *, backend_pid: int | None = None) -> Sample:
    """Run `work`, which returns how many operations it did, and take the time, the CPU and the memory."""
    backend = psutil.Process(backend_pid) if backend_pid and psutil.pid_exists(backend_pid) else None
    backend_before, client_before, start = _cpu(backend), time.process_time(), time.perf_counter()
    operations = work()
    seconds, client = time.perf_counter() - start, time.process_time() - client_before
    return Sample(operations, seconds, client, _cpu(backend) - backend_before, peak_memory())


def _cpu(process: psutil.Process | None) -> float:
    if process is None:
        return 0.0
    times = process.cpu_times()
    return float(times.user + times.system)


def interleave(contenders: Sequence[Contender], *, rounds: int, warm_up: int = 1) -> dict[str, list[Sample]]:
    """Run all contenders `rounds` times, each round beginning with another one; warm-up rounds are not counted."""
    samples: dict[str, list[Sample]] = {contender.name: [] for contender in contenders}
    for number in range(-warm_up, rounds):
        turn = number % len(contenders)
        for contender in [*contenders[turn:], *contenders[:turn]]:
            sample = contender.run()
            if number >= 0:
                samples[contender.name].append(sample)
    return samples


def _per_operation(samples: Sequence[Sample], what: Callable[[Sample], float]) -> list[float]:
    return [what(sample) / sample.operations for sample in samples]


def wall_ratio(samples: Mapping[str, Sequence[Sample]], name: str, against: str) -> float:
    """The median over the rounds of one contender's time for each operation over another's."""
    pairs = zip(
        _per_operation(samples[name], lambda s: s.seconds),
        _per_operation(samples[against], lambda s: s.seconds),
        strict=True,
    )
    return statistics.median(mine / theirs for mine, theirs in pairs)


def _total_cpu(samples: Sequence[Sample]) -> float:
    # The kernel counts CPU in hundredths of a second: a sum over all rounds is finer than any round.
    return sum(s.client_cpu + s.backend_cpu for s in samples) / sum(s.operations for s in samples)


def _line(samples: Mapping[str, Sequence[Sample]], name: str, yardstick: str) -> Line:
    mine = samples[name]
    operations = sum(s.operations for s in mine)
    wall = statistics.median(_per_operation(mine, lambda s: s.seconds))
    return Line(
        name=name,
        per_second=round(1 / wall, 1),
        wall_us=round(wall * 1e6, 1),
        wall_ratio=round(wall_ratio(samples, name, yardstick), 2),
        client_us=round(sum(s.client_cpu for s in mine) / operations * 1e6, 1),
        backend_us=round(sum(s.backend_cpu for s in mine) / operations * 1e6, 1),
        cpu_ratio=round(_total_cpu(mine) / max(_total_cpu(samples[yardstick]), 1e-9), 2),
        peak_memory_mb=round(max(s.peak_memory for s in mine) / 2**20, 1),
    )


def _verdict(samples: Mapping[str, Sequence[Sample]], target: Target) -> str:
    ratio = wall_ratio(samples, target.contender, target.against)
    if target.at_least:
        ratio = 1 / ratio
        return (
            f"{target.contender}: {ratio:.2f} x as fast as {target.against}, to reach: >= {target.bound}"
            f" -> {'reached' if ratio >= target.bound else 'MISSED'}"
        )
    return (
        f"{target.contender}: {ratio:.2f} x the time of {target.against}, to reach: <= {target.bound}"
        f" -> {'reached' if ratio <= target.bound else 'MISSED'}"
    )


def _within(samples: Mapping[str, Sequence[Sample]], limit: Limit) -> str:
    took = statistics.median(_per_operation(samples[limit.contender], lambda s: s.seconds))
    return (
        f"{limit.contender}: {took * 1000:.0f} ms, to reach: <= {limit.seconds * 1000:.0f} ms"
        f" -> {'reached' if took <= limit.seconds else 'MISSED'}"
    )


def report(
    title: str,
    samples: Mapping[str, Sequence[Sample]],
    *,
    yardstick: str,
    sizes: Mapping[str, object],
    targets: Sequence[Target] = (),
    limits: Sequence[Limit] = (),
) -> Report:
    """Print the medians as a table and as JSON, and keep the JSON in `RESULTS`."""
    lines = [_line(samples, name, yardstick) for name in samples]
    verdicts = [*(_verdict(samples, t) for t in targets), *(_within(samples, each) for each in limits)]
    measured = Report(title, {**_machine(), **sizes}, yardstick, lines, verdicts)
    _print_table(measured)
    text = json.dumps(asdict(measured), indent=2)
    print(text)
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / f"{title}.json").write_text(text + "\n", encoding="utf-8")
    return measured


def _machine() -> dict[str, object]:
    return {"cores": os.cpu_count(), "python": platform.python_version(), "load": round(os.getloadavg()[0], 1)}


def _print_table(measured: Report) -> None:
    print(f"\n{measured.title}: " + ", ".join(f"{name} {value}" for name, value in measured.sizes.items()))
    head = ("contender", "per second", "wall us", "ratio", "client us", "backend us", "CPU ratio", "peak MB")
    rows = [tuple(str(value) for value in asdict(line).values()) for line in measured.lines]
    widths = [max(len(row[n]) for row in [head, *rows]) for n in range(len(head))]
    for row in (head, *rows):
        cells = [row[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        print("  ".join(cells))
    for verdict in measured.verdicts:
        print(verdict)
