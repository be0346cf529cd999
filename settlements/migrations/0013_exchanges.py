"""Exchanges into the currency in which partners are paid; kinds of accounts and adjustments for them and for taxes."""

import alliance.kernel.ids
import django.contrib.postgres.fields
import django.db.models.deletion
from pathlib import Path

from django.db import migrations, models

from alliance.kernel.tenancy.operations import CompositeForeignKey, RunSqlFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0020_display_rules'),
        ('settlements', '0012_payouts'),
    ]

    operations = [
        migrations.AlterField(
            model_name='account',
            name='kind',
            field=models.CharField(choices=[('clearing', 'Clearing'), ('bank', 'Bank'), ('receivable', 'Receivable'), ('advance', 'Advance'), ('fees', 'Fees'), ('expense', 'Expense'), ('pending', 'Pending'), ('available', 'Available'), ('reserve', 'Reserve'), ('in_transit', 'In transit'), ('tax', 'Tax'), ('revenue', 'Revenue'), ('suspense', 'Suspense'), ('fx_clearing', 'Currency clearing'), ('fx_result', 'Currency gains and losses')], max_length=12, verbose_name='kind'),
        ),
        migrations.CreateModel(
            name='Exchange',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('parties', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, editable=False, size=None)),
                ('from_currency', models.CharField(max_length=3, verbose_name='from currency')),
                ('from_minor', models.BigIntegerField(verbose_name='exchanged')),
                ('to_currency', models.CharField(max_length=3, verbose_name='into currency')),
                ('to_minor', models.BigIntegerField(verbose_name='comes to')),
                ('rate', models.JSONField(verbose_name='rate')),
                ('host_result_minor', models.BigIntegerField(default=0, verbose_name='difference of the host')),
                ('exchanged_at', models.DateTimeField(verbose_name='exchanged at')),
            ],
            options={
                'verbose_name': 'exchange',
                'verbose_name_plural': 'exchanges',
                'ordering': ['-exchanged_at', 'id'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='account',
            name='account_kind_known',
        ),
        migrations.RemoveConstraint(
            model_name='adjustment',
            name='adjustment_kind_known',
        ),
        migrations.RemoveConstraint(
            model_name='adjustment',
            name='adjustment_comes_from_somebody',
        ),
        migrations.AlterField(
            model_name='adjustment',
            name='kind',
            field=models.CharField(choices=[('flat_fee', 'Fixed amount of the period'), ('pooled_revenue', 'Pooled revenue'), ('guarantee', 'Guaranteed minimum'), ('advance', 'Advance'), ('advance_recouped', 'Advance recouped'), ('chargeback_fee', 'Chargeback fee'), ('cap_approved', 'Approved above a cap'), ('rerated', 'Other terms for past conversions'), ('restatement', 'Restatement'), ('correction', 'Correction'), ('clawback', 'Clawback'), ('write_off', 'Written off'), ('value_added_tax', 'Value-added tax'), ('tax_reversed', 'Withheld tax reversed'), ('exchanged', 'Exchanged')], max_length=16, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='proposedadjustment',
            name='kind',
            field=models.CharField(choices=[('flat_fee', 'Fixed amount of the period'), ('pooled_revenue', 'Pooled revenue'), ('guarantee', 'Guaranteed minimum'), ('advance', 'Advance'), ('advance_recouped', 'Advance recouped'), ('chargeback_fee', 'Chargeback fee'), ('cap_approved', 'Approved above a cap'), ('rerated', 'Other terms for past conversions'), ('restatement', 'Restatement'), ('correction', 'Correction'), ('clawback', 'Clawback'), ('write_off', 'Written off'), ('value_added_tax', 'Value-added tax'), ('tax_reversed', 'Withheld tax reversed'), ('exchanged', 'Exchanged')], max_length=16, verbose_name='kind'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['clearing', 'bank', 'receivable', 'advance', 'fees', 'expense', 'pending', 'available', 'reserve', 'in_transit', 'tax', 'revenue', 'suspense', 'fx_clearing', 'fx_result'])), name='account_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='adjustment',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['flat_fee', 'pooled_revenue', 'guarantee', 'advance', 'advance_recouped', 'chargeback_fee', 'cap_approved', 'rerated', 'restatement', 'correction', 'clawback', 'write_off', 'value_added_tax', 'tax_reversed', 'exchanged'])), name='adjustment_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='adjustment',
            constraint=models.CheckConstraint(condition=models.Q(('counterparty__isnull', False), ('kind__in', ['advance', 'advance_recouped', 'write_off', 'value_added_tax', 'tax_reversed', 'exchanged']), _connector='OR'), name='adjustment_comes_from_somebody'),
        ),
        migrations.AddField(
            model_name='exchange',
            name='adjustment',
            field=models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='exchange', to='settlements.adjustment', verbose_name='adjustment'),
        ),
        migrations.AddField(
            model_name='exchange',
            name='agreement',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.agreement', verbose_name='agreement'),
        ),
        migrations.AddField(
            model_name='exchange',
            name='answers',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='answered_by', to='settlements.exchange', verbose_name='takes back'),
        ),
        migrations.AddField(
            model_name='exchange',
            name='host',
            field=models.ForeignKey(db_constraint=False, db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization'),
        ),
        migrations.AddField(
            model_name='exchange',
            name='organization',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization', verbose_name='organization'),
        ),
        migrations.AddField(
            model_name='exchange',
            name='period',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='exchanges', to='settlements.period', verbose_name='period'),
        ),
        migrations.AddConstraint(
            model_name='exchange',
            constraint=models.UniqueConstraint(fields=('period', 'organization', 'answers'), name='exchange_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='exchange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('from_minor', 0), _negated=True), models.Q(('to_minor', 0), _negated=True), models.Q(('from_currency', models.F('to_currency')), _negated=True)), name='exchange_of_something'),
        ),
        RunSqlFile(SQL / "exchange.sql"),
        CompositeForeignKey(
            "settlements_exchange", ["period_id", "agreement_id", "host_id"], "settlements_period", ["id", "agreement_id", "host_id"]
        ),
    ]
