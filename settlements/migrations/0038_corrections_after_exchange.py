"""Corrections of lines that were exchanged go at the rate of that exchange, as refunds do."""

from pathlib import Path

from django.db import migrations

from alliance.kernel.tenancy.operations import RunSqlFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("settlements", "0037_scheduled_books")]

    operations = [RunSqlFile(SQL / "corrections_after_exchange.sql")]
