"""Which connection a query uses: the scope decides, and only the owner's may migrate."""

from django.db import models

from alliance.kernel.tenancy.scope import OWNER, database_alias


class TenancyRouter:
    """Reads and writes follow the scope; schema changes go through the owner's role only."""

    def db_for_read(self, model: type[models.Model], **hints: object) -> str:
        return database_alias()

    def db_for_write(self, model: type[models.Model], **hints: object) -> str:
        return database_alias()

    def allow_relation(self, first: models.Model, second: models.Model, **hints: object) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: object) -> bool:
        return db == OWNER
