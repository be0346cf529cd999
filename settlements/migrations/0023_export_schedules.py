"""Every closed statement made as a file by the clock."""

import alliance.kernel.ids
import django.db.models.deletion
from django.db import migrations, models

from alliance.kernel.tenancy.operations import CompositeForeignKey


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0024_import_feed'),
        ('settlements', '0022_invoices'),
    ]

    operations = [
        migrations.CreateModel(
            name='ExportSchedule',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('file_format', models.CharField(choices=[('csv', 'CSV'), ('xlsx', 'Excel (XLSX)'), ('json', 'JSON'), ('pdf', 'PDF'), ('evidence', 'Evidence (JSON)'), ('beancount', 'Beancount'), ('hledger', 'hledger'), ('jsonl', 'JSON Lines'), ('pain.001.001.09', 'ISO 20022 pain.001.001.09'), ('pain.001.001.03', 'ISO 20022 pain.001.001.03'), ('pain.001.001.11', 'ISO 20022 pain.001.001.11'), ('cn-csv', 'Chinese batch transfer (CSV, UTF-8)'), ('cn-csv-gb18030', 'Chinese batch transfer (CSV, GB18030)')], max_length=20, verbose_name='format')),
                ('since', models.DateTimeField(verbose_name='since')),
                ('created_by_id', models.UUIDField(editable=False, null=True)),
                ('created_by', models.CharField(max_length=160, verbose_name='by')),
                ('stopped_at', models.DateTimeField(null=True, verbose_name='stopped')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization')),
            ],
            options={
                'verbose_name': 'export schedule',
                'verbose_name_plural': 'export schedules',
                'ordering': ['-since', '-id'],
            },
        ),
        migrations.AddField(
            model_name='export',
            name='schedule',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='settlements.exportschedule', verbose_name='export schedule'),
        ),
        migrations.AddConstraint(
            model_name='export',
            constraint=models.UniqueConstraint(fields=('schedule', 'statement'), name='export_once_by_schedule'),
        ),
        migrations.AddConstraint(
            model_name='exportschedule',
            constraint=models.UniqueConstraint(fields=('id', 'organization'), name='export_schedule_id_organization'),
        ),
        migrations.AddConstraint(
            model_name='exportschedule',
            constraint=models.UniqueConstraint(condition=models.Q(('stopped_at__isnull', True)), fields=('organization', 'file_format'), name='export_schedule_once_per_format'),
        ),
        migrations.AddConstraint(
            model_name='exportschedule',
            constraint=models.CheckConstraint(condition=models.Q(('file_format__in', ['pdf', 'xlsx', 'csv', 'json'])), name='export_schedule_format_offered'),
        ),
        CompositeForeignKey("settlements_export", ["schedule_id", "organization_id"], "settlements_exportschedule", ["id", "organization_id"]),
    ]
