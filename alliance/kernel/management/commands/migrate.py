"""Django's `migrate`, on the owner's role, followed by the tenancy classes."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import connections

from alliance.kernel.tenancy.policies import apply_tenancy
from alliance.kernel.tenancy.scope import OWNER


class Command(DjangoMigrate):
    """Migrate as the owner, then bring policies and grants to what the models declare."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database=OWNER)

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if options.get("plan") or options.get("check_unapplied"):
            return
        apply_tenancy(
            connections[OWNER],
            runtime=settings.DATABASES["default"]["USER"],
            operator=settings.DATABASES["operator"]["USER"],
        )
