"""Periods by other schedules than months, with a cut-off."""

import datetime
from pathlib import Path

from django.db import migrations, models

from alliance.kernel.tenancy.operations import RunSqlFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ("settlements", "0003_earning"),
    ]

    operations = [
        migrations.AddField(
            model_name="period",
            name="cut_off",
            field=models.TimeField(db_default=datetime.time(0, 0), verbose_name="cut-off"),
        ),
        RunSqlFile(SQL / "periods.sql"),
    ]
