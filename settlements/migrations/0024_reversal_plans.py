"""A reversal reads by index too: its plans are made once, and may be made while the ledger is small."""

from django.db import migrations

_REVERSE = "ledger_reverse(uuid, uuid, text, text, date, timestamptz)"


class Migration(migrations.Migration):
    dependencies = [("settlements", "0023_export_schedules")]

    operations = [
        migrations.RunSQL(
            f"ALTER FUNCTION {_REVERSE} SET plan_cache_mode = force_generic_plan SET enable_seqscan = off",
            f"ALTER FUNCTION {_REVERSE} RESET plan_cache_mode RESET enable_seqscan",
        )
    ]
