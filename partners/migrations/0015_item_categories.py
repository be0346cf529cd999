"""The tree of categories that every installation begins with."""

from pathlib import Path

from django.db import migrations

from alliance.kernel.tenancy.operations import RunSqlFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("partners", "0014_catalogue")]
    operations = [RunSqlFile(SQL / "item_categories.sql")]
