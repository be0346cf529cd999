"""What moved in other currencies than a statement's, for its party and the host."""

from pathlib import Path

from django.db import migrations

from alliance.kernel.tenancy.operations import RunSqlFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("settlements", "0035_taxes_on_hold")]

    operations = [RunSqlFile(SQL / "other_currencies.sql")]
