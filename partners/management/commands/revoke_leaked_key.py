"""`manage.py revoke_leaked_key`: end a key that was found where it should not be."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from alliance.kernel.actor import system_actor
from alliance.kernel.clock import utc_now
from alliance.kernel.tenancy import organization_scope
from partners.keys.domain import PATTERN
from partners.keys.selectors import find_api_key
from partners.keys.services.revoke_leaked_key import revoke_leaked_key


class Command(BaseCommand):
    help = (
        "Read text with leaked keys from standard input (never from an argument, which every process can see), revoke each "
        "key that exists, and mail those who look after it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--found-at", default="", help="Where it was found, for the mail and the audit trail.")

    def handle(self, *args: object, **options: Any) -> None:
        keys = sorted(set(PATTERN.findall(sys.stdin.read())))
        if not keys:
            raise CommandError("There is no key in what was read.")
        outcomes = [self._revoke(key, str(options["found_at"])[:200]) for key in keys]
        if not any(outcomes):
            raise CommandError("None of these keys exists.")

    def _revoke(self, key: str, found_at: str) -> bool:
        shown = f"{key[:7]}…{key[-4:]}"
        found = find_api_key(key)
        if found is None:
            self.stdout.write(f"{shown}: no such key")
            return False
        actor = system_actor(found.organization_id, label="leaked key")
        with organization_scope(found.organization_id):
            now_useless = revoke_leaked_key(actor=actor, api_key_id=found.id, found_at=found_at, now=utc_now())
        self.stdout.write(f"{shown}: {'revoked' if now_useless else 'was revoked before'}")
        return True
