"""Statements that bear the hash of what their adjustments come of, and what was carried into their period."""

from pathlib import Path

from django.db import migrations, models

from alliance.kernel.tenancy.operations import RunSqlFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('settlements', '0027_offsets'),
    ]

    operations = [
        migrations.AddField(
            model_name='statement',
            name='adjustments_sha256',
            field=models.CharField(db_default='', max_length=64, verbose_name='hash of what its adjustments come of'),
        ),
        migrations.AddField(
            model_name='statement',
            name='carried',
            field=models.TextField(blank=True, db_default='', verbose_name='carried into the period'),
        ),
        RunSqlFile(SQL / "proven_adjustments.sql"),
    ]
