"""`manage.py close_periods [--grace-days N]`: close every period that is due, here and now."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from alliance.kernel.clock import utc_now
from alliance.kernel.inline import work_off
from settlements.services.close_due_periods import close_due_periods
from settlements.services.follow_terms import follow_terms


class Command(BaseCommand):
    help = "Close the periods that have ended, as the clock does each hour, without waiting for a worker."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--grace-days",
            type=int,
            default=settings.PERIOD_CLOSE_GRACE_DAYS,
            help="how many days ago a period must have ended",
        )

    def handle(self, *args: object, **options: Any) -> None:
        follow_terms(now=utc_now())
        hosts = close_due_periods(now=utc_now(), grace=timedelta(days=options["grace_days"]))
        for host_id in sorted(set(hosts)):
            work_off(host_id)
        self.stdout.write(f"Closed the due periods of {len(hosts)} agreements.")
