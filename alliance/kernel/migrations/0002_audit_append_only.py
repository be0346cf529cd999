"""Nobody changes the audit trail, not even the owner of its table; operators find events by actor and by object."""

from pathlib import Path

from django.db import migrations, models

from alliance.kernel.tenancy.operations import RunSqlFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_outbox_audit_runs")]
    operations = [
        migrations.AddIndex("auditevent", models.Index(fields=["target_id"], name="audit_by_target_id")),
        migrations.AddIndex("auditevent", models.Index(fields=["actor_id"], name="audit_by_actor")),
        RunSqlFile(SQL / "audit.sql"),
    ]
