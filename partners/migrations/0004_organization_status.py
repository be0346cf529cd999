"""Where an organization stands: applying, active, suspended, offboarded; guarded by the database."""

from pathlib import Path

import alliance.kernel.clock
import alliance.kernel.ids
import django.db.models.deletion
from django.db import migrations, models

from alliance.kernel.tenancy.operations import RunSqlFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0003_host_place'),
    ]

    operations = [
        migrations.CreateModel(
            name='OrganizationStatusChange',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('before', models.CharField(choices=[('applying', 'Applying'), ('active', 'Active'), ('suspended', 'Suspended'), ('offboarded', 'Offboarded')], max_length=10, verbose_name='before')),
                ('after', models.CharField(choices=[('applying', 'Applying'), ('active', 'Active'), ('suspended', 'Suspended'), ('offboarded', 'Offboarded')], max_length=10, verbose_name='after')),
                ('reason', models.CharField(max_length=500, verbose_name='reason')),
                ('changed_by', models.CharField(max_length=160, verbose_name='by')),
                ('changed_at', models.DateTimeField(default=alliance.kernel.clock.utc_now, verbose_name='when')),
            ],
            options={
                'verbose_name': 'change of status',
                'verbose_name_plural': 'changes of status',
                'ordering': ['-id'],
            },
        ),
        migrations.AddField(
            model_name='organization',
            name='status',
            field=models.CharField(choices=[('applying', 'Applying'), ('active', 'Active'), ('suspended', 'Suspended'), ('offboarded', 'Offboarded')], db_default='active', default='active', max_length=10, verbose_name='status'),
        ),
        migrations.AddConstraint(
            model_name='organization',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['applying', 'active', 'suspended', 'offboarded'])), name='organization_status_known'),
        ),
        migrations.AddField(
            model_name='organizationstatuschange',
            name='organization',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='status_changes', to='partners.organization', verbose_name='organization'),
        ),
        migrations.AddIndex(
            model_name='organizationstatuschange',
            index=models.Index(fields=['organization', '-id'], name='status_change_latest'),
        ),
        RunSqlFile(SQL / "organization_status.sql"),
    ]
