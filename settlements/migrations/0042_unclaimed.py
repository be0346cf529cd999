"""Balances below the threshold may be paid after some months, or set aside as abandoned property."""

from pathlib import Path

import alliance.kernel.ids
import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from alliance.kernel.tenancy.operations import RunSqlFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0024_import_feed'),
        ('settlements', '0041_foreign_orders'),
    ]

    operations = [
        migrations.CreateModel(
            name='UnclaimedNotice',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('parties', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, editable=False, size=None)),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('amount_minor', models.BigIntegerField(verbose_name='amount')),
                ('waiting_since', models.DateField(verbose_name='below the threshold since')),
                ('months', models.PositiveSmallIntegerField(verbose_name='months')),
                ('noticed_on', models.DateField(verbose_name='told')),
                ('due_on', models.DateField(verbose_name='not before')),
                ('noticed_by', models.CharField(max_length=160, verbose_name='by')),
                ('proposal_id', models.UUIDField(editable=False, unique=True)),
                ('state', models.CharField(choices=[('running', 'Announced'), ('withdrawn', 'Withdrawn'), ('done', 'Set aside')], default='running', max_length=9, verbose_name='state')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='ended')),
            ],
            options={
                'verbose_name': 'notice of an unclaimed balance',
                'verbose_name_plural': 'notices of unclaimed balances',
                'ordering': ['-noticed_on', '-id'],
            },
        ),
        migrations.CreateModel(
            name='UnclaimedRule',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('action', models.CharField(choices=[('carry', 'Carried on'), ('pay', 'Paid out all the same'), ('escheat', 'Set aside as abandoned property')], max_length=8, verbose_name='action')),
                ('months', models.PositiveSmallIntegerField(null=True, verbose_name='after so many months')),
                ('notice_days', models.PositiveSmallIntegerField(null=True, verbose_name='days of notice')),
                ('set_at', models.DateTimeField(verbose_name='set')),
                ('set_by_id', models.UUIDField(editable=False, null=True)),
                ('set_by', models.CharField(max_length=160, verbose_name='by')),
            ],
            options={
                'verbose_name': 'rule of unclaimed balances',
                'verbose_name_plural': 'rules of unclaimed balances',
                'ordering': ['-set_at', '-id'],
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
        migrations.RemoveConstraint(
            model_name='proposedadjustment',
            name='proposal_kind_known',
        ),
        migrations.AddField(
            model_name='proposedadjustment',
            name='answers',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='settlements.adjustment', verbose_name='goes back to'),
        ),
        migrations.AlterField(
            model_name='account',
            name='kind',
            field=models.CharField(choices=[('clearing', 'Clearing'), ('bank', 'Bank'), ('receivable', 'Receivable'), ('advance', 'Advance'), ('fees', 'Fees'), ('expense', 'Expense'), ('pending', 'Pending'), ('available', 'Available'), ('reserve', 'Reserve'), ('in_transit', 'In transit'), ('tax', 'Tax'), ('revenue', 'Revenue'), ('suspense', 'Suspense'), ('unclaimed', 'Unclaimed property'), ('fx_clearing', 'Currency clearing'), ('fx_result', 'Currency gains and losses')], max_length=12, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='adjustment',
            name='kind',
            field=models.CharField(choices=[('flat_fee', 'Fixed amount of the period'), ('pooled_revenue', 'Pooled revenue'), ('guarantee', 'Guaranteed minimum'), ('advance', 'Advance'), ('advance_recouped', 'Advance recouped'), ('chargeback_fee', 'Chargeback fee'), ('cap_approved', 'Approved above a cap'), ('rerated', 'Other terms for past conversions'), ('restatement', 'Restatement'), ('correction', 'Correction'), ('clawback', 'Clawback'), ('write_off', 'Written off'), ('repayment', 'Repaid'), ('value_added_tax', 'Value-added tax'), ('tax_reversed', 'Withheld tax reversed'), ('tax_unrecovered', 'Tax not recoverable'), ('exchanged', 'Exchanged'), ('offset', 'Offset with another agreement'), ('escheat', 'Abandoned property (escheat)'), ('reclaimed', 'Abandoned property given back')], max_length=16, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='proposedadjustment',
            name='kind',
            field=models.CharField(choices=[('flat_fee', 'Fixed amount of the period'), ('pooled_revenue', 'Pooled revenue'), ('guarantee', 'Guaranteed minimum'), ('advance', 'Advance'), ('advance_recouped', 'Advance recouped'), ('chargeback_fee', 'Chargeback fee'), ('cap_approved', 'Approved above a cap'), ('rerated', 'Other terms for past conversions'), ('restatement', 'Restatement'), ('correction', 'Correction'), ('clawback', 'Clawback'), ('write_off', 'Written off'), ('repayment', 'Repaid'), ('value_added_tax', 'Value-added tax'), ('tax_reversed', 'Withheld tax reversed'), ('tax_unrecovered', 'Tax not recoverable'), ('exchanged', 'Exchanged'), ('offset', 'Offset with another agreement'), ('escheat', 'Abandoned property (escheat)'), ('reclaimed', 'Abandoned property given back')], max_length=16, verbose_name='kind'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['clearing', 'bank', 'receivable', 'advance', 'fees', 'expense', 'pending', 'available', 'reserve', 'in_transit', 'tax', 'revenue', 'suspense', 'unclaimed', 'fx_clearing', 'fx_result'])), name='account_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='adjustment',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['flat_fee', 'pooled_revenue', 'guarantee', 'advance', 'advance_recouped', 'chargeback_fee', 'cap_approved', 'rerated', 'restatement', 'correction', 'clawback', 'write_off', 'repayment', 'value_added_tax', 'tax_reversed', 'tax_unrecovered', 'exchanged', 'offset', 'escheat', 'reclaimed'])), name='adjustment_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='adjustment',
            constraint=models.CheckConstraint(condition=models.Q(('counterparty__isnull', False), ('kind__in', ['advance', 'advance_recouped', 'write_off', 'repayment', 'value_added_tax', 'tax_reversed', 'tax_unrecovered', 'exchanged', 'offset', 'escheat', 'reclaimed']), _connector='OR'), name='adjustment_comes_from_somebody'),
        ),
        migrations.AddConstraint(
            model_name='proposedadjustment',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['correction', 'clawback', 'restatement', 'write_off', 'escheat', 'reclaimed'])), name='proposal_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='proposedadjustment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answers__isnull', False), ('kind', 'reclaimed')), models.Q(models.Q(('kind', 'reclaimed'), _negated=True), ('answers__isnull', True)), _connector='OR'), name='proposal_reclaims_a_line'),
        ),
        migrations.AddField(
            model_name='unclaimednotice',
            name='agreement',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.agreement', verbose_name='agreement'),
        ),
        migrations.AddField(
            model_name='unclaimednotice',
            name='alliance',
            field=models.ForeignKey(db_constraint=False, db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.alliance'),
        ),
        migrations.AddField(
            model_name='unclaimednotice',
            name='host',
            field=models.ForeignKey(db_constraint=False, db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization'),
        ),
        migrations.AddField(
            model_name='unclaimednotice',
            name='organization',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization', verbose_name='partner'),
        ),
        migrations.AddField(
            model_name='unclaimedrule',
            name='organization',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization'),
        ),
        migrations.AddConstraint(
            model_name='unclaimednotice',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'running')), fields=('agreement', 'organization'), name='unclaimed_notice_one_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='unclaimednotice',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0), ('due_on__gt', models.F('noticed_on'))), name='unclaimed_notice_announces'),
        ),
        migrations.AddConstraint(
            model_name='unclaimednotice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('state', 'running')), models.Q(models.Q(('state', 'running'), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='unclaimed_notice_ended_or_not'),
        ),
        migrations.AddIndex(
            model_name='unclaimedrule',
            index=models.Index(fields=['organization', '-set_at'], name='unclaimed_rule_latest'),
        ),
        migrations.AddConstraint(
            model_name='unclaimedrule',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('action', 'carry'), ('months__isnull', True), ('notice_days__isnull', True)), models.Q(('action', 'pay'), ('months__gte', 1), ('notice_days__isnull', True)), models.Q(('action', 'escheat'), ('months__gte', 1), ('notice_days__gte', 1)), _connector='OR'), name='unclaimed_rule_complete'),
        ),
        RunSqlFile(SQL / "unclaimed.sql"),
    ]
