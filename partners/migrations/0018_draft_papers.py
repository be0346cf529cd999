"""What is signed beside the terms is drafted too, and a draft may answer a proposal."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

from alliance.kernel.tenancy.operations import CompositeForeignKey, RunSqlFile

SQL = Path(__file__).parent / "sql"
TABLE = "partners_agreementdraft"


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0017_activation_history'),
    ]

    operations = [
        migrations.AddField(
            model_name='agreementdraft',
            name='answers',
            field=models.ForeignKey(db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.termsversion', verbose_name='answers'),
        ),
        migrations.AddField(
            model_name='agreementdraft',
            name='end_rule',
            field=models.JSONField(default=dict, verbose_name='end'),
        ),
        migrations.AddField(
            model_name='agreementdraft',
            name='file',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='drafts', to='partners.agreementfile', verbose_name='attached file'),
        ),
        migrations.AddField(
            model_name='agreementdraft',
            name='texts',
            field=models.JSONField(default=dict, verbose_name='legal text'),
        ),
        CompositeForeignKey(TABLE, ["answers_id", "agreement_id"], "partners_termsversion", ["id", "agreement_id"]),
        RunSqlFile(SQL / "draft_papers.sql"),
    ]
