"""`manage.py seed_demo`: fill the demo and print its logins."""

from typing import Any

from django.core.management.base import BaseCommand

from alliance.demo.people import LOGINS, PASSWORD
from alliance.demo.seed import seed
from alliance.kernel.clock import utc_now


class Command(BaseCommand):
    help = "Fill the demo's organizations, agreements, orders and statements; safe to repeat."

    def handle(self, *args: object, **options: Any) -> None:
        seed(now=utc_now())
        for login in LOGINS:
            place = f"{login.organization} {login.role}" if login.role else "operator console, /admin/"
            self.stdout.write(f"{login.email} / {PASSWORD}  ({place})")
