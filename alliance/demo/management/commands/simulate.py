"""`manage.py simulate --seed N [--seeds COUNT] [--steps K]`: random lives of agreements, the books checked after each step."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from alliance.simulation.run import SHORT, Simulated, simulate

MOST_SAID = 50


class Command(BaseCommand):
    help = (
        "Let random agreements live through orders, refunds, late and doubled events, clock jumps and closes, and check "
        "after each step that the books agree with themselves. Everything is rolled back. A seed that fails is named: "
        "give it again to see the same."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=0, help="the first seed")
        parser.add_argument("--seeds", type=int, default=1, help="how many seeds, one after another")
        parser.add_argument("--steps", type=int, default=SHORT, help="how many steps each seed lives")

    def handle(self, *args: object, **options: Any) -> None:
        began = time.monotonic()
        seeds = range(options["seed"], options["seed"] + options["seeds"])
        done = simulate(seeds, steps=options["steps"], say=self._say)
        seconds = time.monotonic() - began
        self.stdout.write(
            f"{done.seeds} seeds, {done.steps} steps, {done.conversions} conversions, {done.statements} statements, "
            f"{done.payouts} payouts in {seconds:.1f} s"
        )
        if done.findings:
            said = "\n".join(str(finding) for finding in done.findings[:MOST_SAID])
            raise CommandError(f"{len(done.findings)} findings. Repeat one with --seed N.\n{said}")
        self.stdout.write("Everything held after every step.")

    def _say(self, done: Simulated) -> None:
        if self.stdout.isatty():
            self.stdout.write(f"\r{done.seeds} seeds, {len(done.findings)} findings", ending="")
