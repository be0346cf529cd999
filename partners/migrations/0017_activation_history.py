"""The history of an organization says whose approval made it active."""

from pathlib import Path

from django.db import migrations

from alliance.kernel.tenancy.operations import RunSqlFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("partners", "0016_item_imports")]
    operations = [RunSqlFile(SQL / "activation_history.sql")]
