"""Exchange rates as rows that never change."""

import alliance.kernel.ids
import django.db.models.deletion
from pathlib import Path

from django.db import migrations, models

from alliance.kernel.tenancy.operations import CompositeForeignKey, RunSqlFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0019_single_sign_on'),
        ('settlements', '0010_provable'),
    ]

    operations = [
        migrations.CreateModel(
            name='RateImport',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('source', models.CharField(max_length=40, verbose_name='source')),
                ('file_format', models.CharField(choices=[('csv', 'CSV'), ('ecb_xml', 'XML of the European Central Bank'), ('api', 'API')], max_length=8, verbose_name='format')),
                ('file_name', models.CharField(blank=True, max_length=120, verbose_name='file')),
                ('sha256', models.CharField(blank=True, max_length=64, verbose_name='content hash')),
                ('quotes', models.JSONField(default=list, editable=False)),
                ('rate_count', models.PositiveIntegerField(verbose_name='rates')),
                ('state', models.CharField(choices=[('read', 'Read, not recorded yet'), ('recorded', 'Recorded'), ('discarded', 'Discarded')], default='read', max_length=9, verbose_name='state')),
                ('added_count', models.PositiveIntegerField(default=0, verbose_name='new')),
                ('corrected_count', models.PositiveIntegerField(default=0, verbose_name='corrected')),
                ('same_count', models.PositiveIntegerField(default=0, verbose_name='known already')),
                ('uploaded_by', models.CharField(max_length=160, verbose_name='by')),
                ('uploaded_at', models.DateTimeField(verbose_name='uploaded')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='recorded at')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization')),
            ],
            options={
                'verbose_name': 'import of exchange rates',
                'verbose_name_plural': 'imports of exchange rates',
                'ordering': ['-uploaded_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='ExchangeRate',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('source', models.CharField(max_length=40, verbose_name='source')),
                ('base', models.CharField(max_length=3, verbose_name='base currency')),
                ('quote', models.CharField(max_length=3, verbose_name='quote currency')),
                ('rate', models.DecimalField(decimal_places=12, max_digits=24, verbose_name='rate')),
                ('valid_on', models.DateField(verbose_name='day')),
                ('revision', models.PositiveSmallIntegerField(default=1, verbose_name='revision')),
                ('recorded_at', models.DateTimeField(verbose_name='recorded')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization')),
                ('rate_import', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='rates', to='settlements.rateimport', verbose_name='import')),
            ],
            options={
                'verbose_name': 'exchange rate',
                'verbose_name_plural': 'exchange rates',
                'ordering': ['-valid_on', 'source', 'base', 'quote', '-revision'],
            },
        ),
        migrations.AddIndex(
            model_name='rateimport',
            index=models.Index(fields=['organization', '-uploaded_at'], name='rate_import_latest'),
        ),
        migrations.AddConstraint(
            model_name='rateimport',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['read', 'recorded', 'discarded'])), name='rate_import_state_known'),
        ),
        migrations.AddConstraint(
            model_name='rateimport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('state', 'read')), models.Q(models.Q(('state', 'read'), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='rate_import_decided_says_when'),
        ),
        migrations.AddConstraint(
            model_name='exchangerate',
            constraint=models.UniqueConstraint(fields=('organization', 'valid_on', 'base', 'quote', 'source', 'revision'), name='rate_once'),
        ),
        migrations.AddConstraint(
            model_name='exchangerate',
            constraint=models.CheckConstraint(condition=models.Q(('rate__gt', 0), ('revision__gte', 1)), name='rate_above_zero'),
        ),
        migrations.AddConstraint(
            model_name='exchangerate',
            constraint=models.CheckConstraint(condition=models.Q(('base', models.F('quote')), _negated=True), name='rate_between_two'),
        ),
        migrations.AddConstraint(
            model_name='rateimport',
            constraint=models.UniqueConstraint(fields=('id', 'organization'), name='rate_import_tie'),
        ),
        RunSqlFile(SQL / "rates.sql"),
        CompositeForeignKey(
            "settlements_exchangerate", ["rate_import_id", "organization_id"], "settlements_rateimport", ["id", "organization_id"]
        ),
    ]
