"""Seconds and peak memory of each stage."""

import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

_PROCESS = Path("/proc/self")


@dataclass(frozen=True, slots=True)
class Stage:
    """What one stage took. `peak_memory_mb` is of this process; the database's own comes on top."""

    name: str
    seconds: float
    peak_memory_mb: float


@dataclass(slots=True)
class Stopwatch:
    """The stages so far; `say` hears each as it ends."""

    say: Callable[[str], object]
    stages: list[Stage] = field(default_factory=list)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure what runs inside."""
        _forget_peak()
        begun = time.perf_counter()
        yield
        stage = Stage(name, round(time.perf_counter() - begun, 2), _peak_mb())
        self.stages.append(stage)
        self.say(f"{stage.name}: {stage.seconds:.2f} s, peak {stage.peak_memory_mb:.0f} MB")


def _forget_peak() -> None:
    """Have the kernel count the peak anew; where that is not allowed, the peak is of the whole run so far."""
    try:
        (_PROCESS / "clear_refs").write_text("5")
    except OSError:
        return


def _peak_mb() -> float:
    try:
        status = (_PROCESS / "status").read_text()
    except OSError:
        unit = 1024 * 1024 if sys.platform == "darwin" else 1024
        return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit, 1)
    kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    return round(int(kilobytes) / 1024, 1)
