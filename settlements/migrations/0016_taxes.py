"""Tax settings, certificates, and why tax is withheld of a payout."""

import alliance.kernel.ids
import django.contrib.postgres.fields
import django.db.models.deletion
from pathlib import Path

from django.db import migrations, models

from alliance.kernel.tenancy.operations import RunSqlFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0022_item_feeds'),
        ('settlements', '0015_evidence'),
    ]

    operations = [
        migrations.AddField(
            model_name='payoutpart',
            name='tax',
            field=models.JSONField(editable=False, null=True, verbose_name='why it is withheld'),
        ),
        migrations.CreateModel(
            name='TaxCertificate',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('parties', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, editable=False, size=None)),
                ('file_name', models.CharField(editable=False, max_length=120, verbose_name='file')),
                ('file_kind', models.CharField(editable=False, max_length=8, verbose_name='format')),
                ('size_bytes', models.PositiveIntegerField(editable=False, verbose_name='size')),
                ('sha256', models.CharField(editable=False, max_length=64, verbose_name='content hash')),
                ('stored_as', models.CharField(editable=False, max_length=200)),
                ('kind', models.CharField(choices=[('treaty', 'Reduced rate under a tax treaty'), ('residence', 'Tax residence')], max_length=10, verbose_name='kind')),
                ('number', models.CharField(max_length=60, verbose_name='number')),
                ('valid_from', models.DateField(verbose_name='valid from')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='valid until')),
                ('state', models.CharField(choices=[('submitted', 'Waits for the host'), ('accepted', 'Accepted'), ('declined', 'Declined')], default='submitted', max_length=9, verbose_name='state')),
                ('submitted_by', models.CharField(max_length=160, verbose_name='by')),
                ('submitted_at', models.DateTimeField(verbose_name='submitted')),
                ('decided_by', models.CharField(blank=True, max_length=160, verbose_name='decided by')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='note')),
                ('host', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization', verbose_name='host')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization', verbose_name='organization')),
            ],
            options={
                'verbose_name': 'tax certificate',
                'verbose_name_plural': 'tax certificates',
                'ordering': ['-submitted_at', '-id'],
                'constraints': [models.UniqueConstraint(fields=('stored_as',), name='settlements_taxcertificate_file_once'), models.CheckConstraint(condition=models.Q(('file_kind__in', ['pdf', 'png', 'jpeg'])), name='settlements_taxcertificate_file_kind'), models.CheckConstraint(condition=models.Q(('kind__in', ['treaty', 'residence'])), name='certificate_kind_known'), models.CheckConstraint(condition=models.Q(('valid_until__isnull', True), ('valid_until__gte', models.F('valid_from')), _connector='OR'), name='certificate_has_days'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('state', 'submitted')), models.Q(('decided_at__isnull', False), ('state__in', ['accepted', 'declined'])), _connector='OR'), name='certificate_decided_says_when')],
            },
        ),
        migrations.CreateModel(
            name='TaxProfile',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('legal_name', models.CharField(max_length=160, verbose_name='legal name')),
                ('address', models.CharField(max_length=300, verbose_name='address')),
                ('country', models.CharField(max_length=2, verbose_name='tax residence')),
                ('vat_number', models.CharField(blank=True, max_length=40, verbose_name='VAT number')),
                ('is_small', models.BooleanField(default=False, verbose_name='small taxpayer')),
                ('accepts_self_billing', models.BooleanField(default=False, verbose_name='accepts self-billing invoices')),
                ('changed_by', models.CharField(max_length=160, verbose_name='by')),
                ('changed_at', models.DateTimeField(verbose_name='changed')),
                ('organization', models.OneToOneField(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization')),
            ],
            options={
                'verbose_name': 'tax settings',
                'verbose_name_plural': 'tax settings',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('legal_name', ''), _negated=True), models.Q(('address', ''), _negated=True), ('country__regex', '^[A-Z]{2}$')), name='tax_profile_complete')],
            },
        ),
        RunSqlFile(SQL / "taxes.sql"),
    ]
