"""What banks say: files, imports, statements, entries."""

from pathlib import Path

import alliance.kernel.clock
import alliance.kernel.ids
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

from alliance.kernel.tenancy.operations import CompositeForeignKey, RunSqlFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0021_payees'),
        ('settlements', '0013_exchanges'),
    ]

    operations = [
        migrations.CreateModel(
            name='BankFile',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=200, verbose_name='file name')),
                ('stored_as', models.CharField(editable=False, max_length=200)),
                ('size_bytes', models.BigIntegerField(verbose_name='size')),
                ('sha256', models.CharField(editable=False, max_length=64, verbose_name='content hash')),
                ('layout', models.JSONField(verbose_name='layout')),
                ('uploaded_by', models.CharField(blank=True, max_length=160, verbose_name='uploaded by')),
                ('uploaded_at', models.DateTimeField(default=alliance.kernel.clock.utc_now, verbose_name='uploaded')),
                ('alliance', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.alliance', verbose_name='alliance')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization')),
            ],
            options={
                'verbose_name': 'bank file',
                'verbose_name_plural': 'bank files',
                'ordering': ['-uploaded_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='BankImport',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('state', models.CharField(choices=[('queued', 'Waiting'), ('running', 'Running'), ('succeeded', 'Finished'), ('failed', 'Failed')], default='queued', editable=False, max_length=10, verbose_name='state')),
                ('done', models.PositiveBigIntegerField(default=0, editable=False, verbose_name='done')),
                ('total', models.PositiveBigIntegerField(default=0, editable=False, verbose_name='of')),
                ('attempts', models.PositiveSmallIntegerField(default=0, editable=False, verbose_name='attempts')),
                ('lease_until', models.DateTimeField(editable=False, null=True)),
                ('lease_token', models.UUIDField(editable=False, null=True)),
                ('queued_at', models.DateTimeField(default=alliance.kernel.clock.utc_now, editable=False, verbose_name='queued')),
                ('started_at', models.DateTimeField(editable=False, null=True, verbose_name='started')),
                ('finished_at', models.DateTimeField(editable=False, null=True, verbose_name='finished')),
                ('error_code', models.CharField(blank=True, editable=False, max_length=60, verbose_name='error code')),
                ('error_detail', models.TextField(blank=True, editable=False, verbose_name='error')),
                ('mapping', models.JSONField(verbose_name='columns and rules')),
                ('tally', models.JSONField(default=dict, verbose_name='counts')),
                ('problem', models.CharField(blank=True, editable=False, max_length=40, verbose_name='what is wrong with the file')),
                ('problem_where', models.CharField(blank=True, editable=False, max_length=400)),
                ('created_by', models.CharField(blank=True, max_length=160, verbose_name='by')),
                ('created_by_id', models.UUIDField(editable=False, null=True)),
                ('alliance', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.alliance', verbose_name='alliance')),
                ('bank_file', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='imports', to='settlements.bankfile', verbose_name='file')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization')),
                ('preview', models.OneToOneField(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='bank_import', to='settlements.bankimport', verbose_name='preview')),
            ],
            options={
                'verbose_name': 'bank import',
                'verbose_name_plural': 'bank imports',
                'ordering': ['-queued_at', '-id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='BankStatement',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('reference', models.CharField(max_length=80, verbose_name='number')),
                ('number', models.CharField(max_length=40, verbose_name='account')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('starts_on', models.DateField(verbose_name='first day')),
                ('ends_on', models.DateField(verbose_name='last day')),
                ('opening_minor', models.BigIntegerField(null=True, verbose_name='opening')),
                ('closing_minor', models.BigIntegerField(null=True, verbose_name='closing')),
                ('entry_count', models.PositiveIntegerField(verbose_name='entries')),
                ('known_count', models.PositiveIntegerField(default=0, verbose_name='entries known before')),
                ('content_sha256', models.CharField(max_length=64, verbose_name='content hash')),
                ('imported_at', models.DateTimeField(verbose_name='imported')),
                ('imported_by', models.CharField(blank=True, max_length=160, verbose_name='by')),
                ('alliance', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.alliance', verbose_name='alliance')),
                ('bank_import', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='statements', to='settlements.bankimport', verbose_name='import')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization')),
            ],
            options={
                'verbose_name': 'bank statement',
                'verbose_name_plural': 'bank statements',
                'ordering': ['-ends_on', '-id'],
            },
        ),
        migrations.CreateModel(
            name='BankEntry',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('key', models.CharField(editable=False, max_length=64)),
                ('line', models.PositiveIntegerField(verbose_name='line')),
                ('booked_on', models.DateField(verbose_name='booked')),
                ('valued_on', models.DateField(verbose_name='value date')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('amount_minor', models.BigIntegerField(verbose_name='amount')),
                ('bank_reference', models.CharField(blank=True, max_length=80, verbose_name="the bank's reference")),
                ('end_to_end_id', models.CharField(blank=True, max_length=80, verbose_name='reference')),
                ('name', models.CharField(blank=True, max_length=160, verbose_name='other side')),
                ('masked', models.CharField(blank=True, max_length=16, verbose_name='account')),
                ('fingerprints', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), default=list, editable=False, size=None)),
                ('text', models.CharField(blank=True, max_length=500, verbose_name='text')),
                ('return_reason', models.CharField(blank=True, max_length=8, verbose_name='reason of return')),
                ('is_return', models.BooleanField(default=False, verbose_name='came back')),
                ('is_charge', models.BooleanField(default=False, verbose_name='charge')),
                ('alliance', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.alliance', verbose_name='alliance')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization')),
                ('statement', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='settlements.bankstatement', verbose_name='bank statement')),
            ],
            options={
                'verbose_name': 'bank entry',
                'verbose_name_plural': 'bank entries',
                'ordering': ['-booked_on', '-id'],
            },
        ),
        migrations.AddIndex(
            model_name='bankfile',
            index=models.Index(condition=models.Q(('stored_as', ''), _negated=True), fields=['uploaded_at'], name='bank_file_to_forget'),
        ),
        migrations.AddIndex(
            model_name='bankimport',
            index=models.Index(condition=models.Q(('state__in', ['queued', 'running'])), fields=['lease_until'], name='settlements_bankimport_live'),
        ),
        migrations.AddConstraint(
            model_name='bankimport',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['queued', 'running', 'succeeded', 'failed'])), name='settlements_bankimport_job_state'),
        ),
        migrations.AddIndex(
            model_name='bankstatement',
            index=models.Index(fields=['organization', '-ends_on', '-id'], name='bank_statement_latest'),
        ),
        migrations.AddConstraint(
            model_name='bankstatement',
            constraint=models.UniqueConstraint(fields=('organization', 'number', 'currency', 'reference'), name='bank_statement_once'),
        ),
        migrations.AddConstraint(
            model_name='bankstatement',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='bank_statement_days_in_order'),
        ),
        migrations.AddConstraint(
            model_name='bankstatement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reference', ''), _negated=True), models.Q(('number', ''), _negated=True)), name='bank_statement_named'),
        ),
        migrations.AddIndex(
            model_name='bankentry',
            index=models.Index(fields=['statement', 'line'], name='bank_entry_of_statement'),
        ),
        migrations.AddIndex(
            model_name='bankentry',
            index=models.Index(fields=['organization', '-booked_on', '-id'], name='bank_entry_latest'),
        ),
        migrations.AddIndex(
            model_name='bankentry',
            index=django.contrib.postgres.indexes.GinIndex(fields=['fingerprints'], name='bank_entry_fingerprints'),
        ),
        migrations.AddConstraint(
            model_name='bankentry',
            constraint=models.UniqueConstraint(fields=('organization', 'key'), name='bank_entry_once'),
        ),
        migrations.AddConstraint(
            model_name='bankentry',
            constraint=models.UniqueConstraint(fields=('id', 'organization', 'alliance'), name='bank_entry_tie'),
        ),
        migrations.AddConstraint(
            model_name='bankentry',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor', 0), _negated=True), name='bank_entry_moves_something'),
        ),
        migrations.AddConstraint(
            model_name='bankfile',
            constraint=models.UniqueConstraint(fields=('id', 'organization'), name='bank_file_id_organization'),
        ),
        migrations.AddConstraint(
            model_name='bankimport',
            constraint=models.UniqueConstraint(fields=('id', 'organization'), name='bank_import_id_organization'),
        ),
        migrations.AddConstraint(
            model_name='bankstatement',
            constraint=models.UniqueConstraint(fields=('id', 'organization'), name='bank_statement_id_organization'),
        ),
        RunSqlFile(SQL / "bank.sql"),
        CompositeForeignKey("settlements_bankfile", ["alliance_id", "organization_id"], "partners_alliance", ["id", "host_id"]),
        CompositeForeignKey("settlements_bankimport", ["alliance_id", "organization_id"], "partners_alliance", ["id", "host_id"]),
        CompositeForeignKey("settlements_bankstatement", ["alliance_id", "organization_id"], "partners_alliance", ["id", "host_id"]),
        CompositeForeignKey("settlements_bankentry", ["alliance_id", "organization_id"], "partners_alliance", ["id", "host_id"]),
        CompositeForeignKey("settlements_bankimport", ["bank_file_id", "organization_id"], "settlements_bankfile", ["id", "organization_id"]),
        CompositeForeignKey("settlements_bankstatement", ["bank_import_id", "organization_id"], "settlements_bankimport", ["id", "organization_id"]),
        CompositeForeignKey("settlements_bankentry", ["statement_id", "organization_id"], "settlements_bankstatement", ["id", "organization_id"]),
    ]
