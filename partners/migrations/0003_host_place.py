"""The host's place in an alliance is seen by every member."""

from pathlib import Path

from django.db import migrations

from alliance.kernel.tenancy.operations import RunSqlFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("partners", "0002_visibility")]
    operations = [RunSqlFile(SQL / "host_place.sql")]
