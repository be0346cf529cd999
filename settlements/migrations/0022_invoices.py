"""Invoices and credit notes, their numbers and their files."""

import alliance.kernel.ids
import django.contrib.postgres.fields
import django.db.models.deletion
from pathlib import Path

from django.db import migrations, models

from alliance.kernel.tenancy.operations import RunSqlFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0023_item_pictures'),
        ('settlements', '0021_answers'),
    ]

    operations = [
        migrations.CreateModel(
            name='Invoice',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('parties', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, editable=False, size=None)),
                ('origin', models.CharField(choices=[('self_billing', 'Self-billing'), ('partner', "The partner's own")], max_length=12, verbose_name='written by')),
                ('number', models.CharField(blank=True, max_length=60, verbose_name='number')),
                ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                ('sequence', models.PositiveIntegerField(editable=False, null=True, verbose_name='sequence')),
                ('issued_on', models.DateField(verbose_name='date')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('net_minor', models.BigIntegerField(verbose_name='net')),
                ('vat_minor', models.BigIntegerField(verbose_name='value-added tax')),
                ('treatment', models.CharField(max_length=16, verbose_name='treatment')),
                ('rate', models.CharField(blank=True, max_length=40, verbose_name='rate')),
                ('supplier', models.JSONField(verbose_name='supplier as it was')),
                ('receiver', models.JSONField(verbose_name='receiver as it was')),
                ('state', models.CharField(choices=[('issued', 'Issued'), ('accepted', 'Accepted'), ('objected', 'Objected to'), ('matched', 'Matches the statement')], max_length=8, verbose_name='state')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ('issued_by', models.CharField(max_length=160, verbose_name='by')),
                ('issued_at', models.DateTimeField(verbose_name='issued')),
                ('answered_by', models.CharField(blank=True, max_length=160, verbose_name='answered by')),
                ('answered_at', models.DateTimeField(null=True, verbose_name='answered')),
                ('agreement', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.agreement', verbose_name='agreement')),
                ('credits', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='credited_by', to='settlements.invoice', verbose_name='credits')),
                ('host', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization', verbose_name='receiver')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization', verbose_name='supplier')),
                ('statement', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='invoice', to='settlements.statement', verbose_name='statement')),
            ],
            options={
                'verbose_name': 'invoice',
                'verbose_name_plural': 'invoices',
                'ordering': ['-issued_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='InvoiceFile',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('parties', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, editable=False, size=None)),
                ('file_name', models.CharField(editable=False, max_length=120, verbose_name='file')),
                ('file_kind', models.CharField(editable=False, max_length=8, verbose_name='format')),
                ('size_bytes', models.PositiveIntegerField(editable=False, verbose_name='size')),
                ('sha256', models.CharField(editable=False, max_length=64, verbose_name='content hash')),
                ('stored_as', models.CharField(editable=False, max_length=200)),
                ('created_at', models.DateTimeField(verbose_name='made')),
                ('host', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization')),
                ('invoice', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='file', to='settlements.invoice', verbose_name='invoice')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization')),
            ],
            options={
                'verbose_name': 'file of an invoice',
                'verbose_name_plural': 'files of invoices',
            },
        ),
        migrations.CreateModel(
            name='InvoiceSeries',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                ('last_number', models.PositiveIntegerField(verbose_name='last number')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization')),
            ],
            options={
                'verbose_name': 'series of invoice numbers',
                'verbose_name_plural': 'series of invoice numbers',
            },
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=models.Index(fields=['host', '-issued_at'], name='invoice_of_host'),
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=models.Index(fields=['organization', '-issued_at'], name='invoice_of_supplier'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.UniqueConstraint(condition=models.Q(('origin', 'partner')), fields=('organization', 'number'), name='invoice_number_once_per_issuer'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.UniqueConstraint(condition=models.Q(('origin', 'self_billing')), fields=('host', 'year', 'sequence'), name='invoice_sequence_once'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('origin', 'self_billing'), ('sequence__isnull', False), ('state__in', ['issued', 'accepted', 'objected'])), models.Q(('origin', 'partner'), ('sequence__isnull', True), ('state', 'matched'), models.Q(('number', ''), _negated=True)), _connector='OR'), name='invoice_origin_and_state'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('net_minor', 0), _negated=True), models.Q(models.Q(('net_minor__gt', 0), ('vat_minor__gte', 0)), models.Q(('net_minor__lt', 0), ('vat_minor__lte', 0)), _connector='OR')), name='invoice_of_something'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(('organization', models.F('host')), _negated=True), name='invoice_between_two'),
        ),
        migrations.AddConstraint(
            model_name='invoicefile',
            constraint=models.UniqueConstraint(fields=('stored_as',), name='settlements_invoicefile_file_once'),
        ),
        migrations.AddConstraint(
            model_name='invoicefile',
            constraint=models.CheckConstraint(condition=models.Q(('file_kind__in', ['pdf', 'png', 'jpeg'])), name='settlements_invoicefile_file_kind'),
        ),
        migrations.AddConstraint(
            model_name='invoiceseries',
            constraint=models.UniqueConstraint(fields=('organization', 'year'), name='invoice_series_once'),
        ),
        RunSqlFile(SQL / "invoices.sql"),
    ]
