"""Drafts of agreements, tied to an alliance and an agreement in which their organization has a place."""

import alliance.kernel.clock
import alliance.kernel.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from alliance.kernel.tenancy.operations import CompositeForeignKey

TABLE = "partners_agreementdraft"


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0005_access'),
    ]

    operations = [
        migrations.CreateModel(
            name='AgreementDraft',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=160, verbose_name='name')),
                ('terms', models.JSONField(verbose_name='terms')),
                ('revision', models.PositiveIntegerField(default=1, editable=False, verbose_name='revision')),
                ('created_at', models.DateTimeField(default=alliance.kernel.clock.utc_now, editable=False, verbose_name='created')),
                ('changed_at', models.DateTimeField(default=alliance.kernel.clock.utc_now, editable=False, verbose_name='changed')),
                ('agreement', models.ForeignKey(db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.agreement', verbose_name='agreement')),
                ('alliance', models.ForeignKey(db_constraint=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.alliance', verbose_name='alliance')),
                ('changed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='changed by')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization')),
            ],
            options={
                'verbose_name': 'draft of an agreement',
                'verbose_name_plural': 'drafts of agreements',
                'ordering': ['-changed_at', '-id'],
                'indexes': [models.Index(fields=['organization', '-changed_at'], name='draft_by_change')],
            },
        ),
        CompositeForeignKey(
            TABLE,
            ["alliance_id", "organization_id"],
            "partners_alliancemembership",
            ["alliance_id", "organization_id"],
        ),
        CompositeForeignKey(
            TABLE, ["agreement_id", "organization_id"], "partners_agreementparty", ["agreement_id", "organization_id"]
        ),
        CompositeForeignKey(TABLE, ["agreement_id", "alliance_id"], "partners_agreement", ["id", "alliance_id"]),
    ]
