"""From when on silence accepts a statement stands with its review, and that its party was reminded."""

from pathlib import Path

from django.conf import settings
from django.db import migrations, models

from alliance.kernel.tenancy.operations import RunSqlFile

SQL = Path(__file__).parent / "sql"
_TABLE = "settlements_statementreview"
_TRIGGER = "b_accepted_once"
_WAITING = """
UPDATE settlements_statementreview AS r
SET silence_from = ((r.closed_at AT TIME ZONE s.time_zone)::date + %s + 1)::timestamp AT TIME ZONE s.time_zone
FROM settlements_statement AS s WHERE s.id = r.statement_id AND r.state = 'open'
"""


def say_of_waiting_ones(apps, schema_editor):
    """What waits already was closed under the installation's own time to answer."""
    if not settings.STATEMENT_ACCEPT_DAYS:
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {_TABLE} DISABLE TRIGGER {_TRIGGER}")
        cursor.execute(_WAITING, [settings.STATEMENT_ACCEPT_DAYS])
        cursor.execute(f"ALTER TABLE {_TABLE} ENABLE ALWAYS TRIGGER {_TRIGGER}")


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0024_import_feed"),
        ("settlements", "0029_audited_payouts"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="statementreview", name="review_open"),
        migrations.AddField(
            model_name="statementreview",
            name="reminded_at",
            field=models.DateTimeField(null=True, verbose_name="reminded"),
        ),
        migrations.AddField(
            model_name="statementreview",
            name="silence_from",
            field=models.DateTimeField(null=True, verbose_name="silence accepts from"),
        ),
        migrations.RunPython(say_of_waiting_ones, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="statementreview",
            index=models.Index(condition=models.Q(("state", "open")), fields=["silence_from"], name="review_open"),
        ),
        RunSqlFile(SQL / "acceptance.sql"),
    ]
