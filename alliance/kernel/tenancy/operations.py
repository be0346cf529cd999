"""Migration operations for what Django's ORM can't say."""

from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.db import migrations


def _role(alias: str) -> str:
    return str(settings.DATABASES[alias]["USER"])


class RunSqlFile(migrations.RunSQL):
    """Run one `.sql` file. `{{runtime}}` and `{{operator}}` in it become the quoted role names."""

    def __init__(self, path: Path) -> None:
        sql = path.read_text(encoding="utf-8")
        sql = sql.replace("{{runtime}}", f'"{_role("default")}"').replace("{{operator}}", f'"{_role("operator")}"')
        super().__init__([(sql, None)], migrations.RunSQL.noop)


class CompositeForeignKey(migrations.RunSQL):
    """Tie columns to another tenant-owned row *together with its owner*: plain foreign keys bypass row-level security.

    The target columns need a unique constraint.
    """

    def __init__(self, table: str, columns: Sequence[str], target: str, target_columns: Sequence[str]) -> None:
        name = f"{table}_{'_'.join(columns)}_fk"[:60]
        super().__init__(
            f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" FOREIGN KEY ({", ".join(columns)}) '
            f'REFERENCES "{target}" ({", ".join(target_columns)}) DEFERRABLE INITIALLY DEFERRED',
            f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"',
        )
