"""Payees hear what became of their payments."""

from pathlib import Path

from django.db import migrations

from alliance.kernel.tenancy.operations import RunSqlFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("settlements", "0032_share_by_day_and_accrual")]

    operations = [RunSqlFile(SQL / "payees.sql")]
