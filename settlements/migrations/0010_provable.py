"""Statements that bear the hash of all events of their period, and the head of their book's chain."""

from pathlib import Path

from django.db import migrations, models

from alliance.kernel.tenancy.operations import RunSqlFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('settlements', '0009_revenue'),
    ]

    operations = [
        migrations.AddField(
            model_name='statement',
            name='event_count',
            field=models.BigIntegerField(db_default=0, verbose_name='events'),
        ),
        migrations.AddField(
            model_name='statement',
            name='events_sha256',
            field=models.CharField(db_default='', max_length=64, verbose_name='hash of the events'),
        ),
        migrations.AddField(
            model_name='statement',
            name='chain_number',
            field=models.BigIntegerField(db_default=0, verbose_name='seals when it was closed'),
        ),
        migrations.AddField(
            model_name='statement',
            name='chain_head',
            field=models.CharField(db_default='', max_length=64, verbose_name='head of the chain when it was closed'),
        ),
        RunSqlFile(SQL / "provable.sql"),
    ]
