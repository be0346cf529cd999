"""Adjustments, reserves, and statements that say what their party is owed."""

import alliance.kernel.ids
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
from pathlib import Path

from django.db import migrations, models

from alliance.kernel.tenancy.operations import CompositeForeignKey, RunSqlFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0003_taking_back'),
        ('partners', '0011_api_keys'),
        ('settlements', '0005_audit_exports'),
    ]

    operations = [
        migrations.CreateModel(
            name='Adjustment',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('parties', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, editable=False, size=None)),
                ('kind', models.CharField(choices=[('flat_fee', 'Fixed amount of the period'), ('pooled_revenue', 'Pooled revenue'), ('guarantee', 'Guaranteed minimum'), ('advance', 'Advance'), ('advance_recouped', 'Advance recouped'), ('chargeback_fee', 'Chargeback fee'), ('cap_approved', 'Approved above a cap'), ('rerated', 'Other terms for past conversions'), ('restatement', 'Restatement'), ('correction', 'Correction'), ('clawback', 'Clawback'), ('write_off', 'Written off')], max_length=16, verbose_name='kind')),
                ('key', models.CharField(max_length=160, verbose_name='key')),
                ('reference', models.CharField(max_length=80, verbose_name='reference')),
                ('reason', models.TextField(blank=True, verbose_name='reason')),
                ('details', models.JSONField(default=dict, verbose_name='details')),
                ('effective_on', models.DateField(verbose_name='effective')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('amount_minor', models.BigIntegerField(verbose_name='amount')),
                ('recorded_at', models.DateTimeField(verbose_name='recorded')),
                ('recorded_by', models.CharField(max_length=160, verbose_name='by')),
            ],
            options={
                'verbose_name': 'adjustment',
                'verbose_name_plural': 'adjustments',
                'ordering': ['-effective_on', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Reserve',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('parties', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, editable=False, size=None)),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('matures_on', models.DateField(verbose_name='matures')),
                ('held_minor', models.BigIntegerField(verbose_name='kept back')),
                ('used_minor', models.BigIntegerField(default=0, verbose_name='used by refunds')),
                ('released_minor', models.BigIntegerField(default=0, verbose_name='released')),
            ],
            options={
                'verbose_name': 'reserve',
                'verbose_name_plural': 'reserves',
                'ordering': ['matures_on', 'id'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='statement',
            name='statement_adds_up',
        ),
        migrations.RemoveConstraint(
            model_name='statement',
            name='statement_has_lines',
        ),
        migrations.AddField(
            model_name='statement',
            name='adjustments_minor',
            field=models.BigIntegerField(db_default=0, verbose_name='adjustments'),
        ),
        migrations.AddField(
            model_name='statement',
            name='content_version',
            field=models.SmallIntegerField(db_default=1, verbose_name='version of the canonical text'),
        ),
        migrations.AddField(
            model_name='statement',
            name='engine_version',
            field=models.CharField(db_default='1', max_length=20, verbose_name='version of the engine'),
        ),
        migrations.AddField(
            model_name='statement',
            name='paid_minor',
            field=models.BigIntegerField(db_default=0, verbose_name='paid out'),
        ),
        migrations.AddField(
            model_name='statement',
            name='withheld_minor',
            field=models.BigIntegerField(db_default=0, verbose_name='tax withheld'),
        ),
        migrations.AlterField(
            model_name='statementline',
            name='accrual',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='settlements.accrual', verbose_name='accrual'),
        ),
        migrations.AlterField(
            model_name='statementline',
            name='kind',
            field=models.CharField(max_length=16, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='statementline',
            name='section',
            field=models.CharField(choices=[('current', 'This period'), ('prior', 'Prior periods'), ('adjustment', 'Adjustments')], max_length=10, verbose_name='section'),
        ),
        migrations.AddIndex(
            model_name='accrual',
            index=models.Index(condition=models.Q(('section', 'prior')), fields=['agreement', 'occurred_at'], name='accrual_prior'),
        ),
        migrations.AddConstraint(
            model_name='statement',
            constraint=models.CheckConstraint(condition=models.Q(('closing_minor', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('opening_minor'), '+', models.F('current_minor')), '+', models.F('prior_minor')), '+', models.F('adjustments_minor')), '-', models.F('withheld_minor')), '-', models.F('paid_minor')))), name='statement_adds_up'),
        ),
        migrations.AddField(
            model_name='adjustment',
            name='about_period',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='settlements.period', verbose_name='makes up for'),
        ),
        migrations.AddField(
            model_name='adjustment',
            name='accrual',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='settlements.accrual', verbose_name='accrual'),
        ),
        migrations.AddField(
            model_name='adjustment',
            name='agreement',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.agreement', verbose_name='agreement'),
        ),
        migrations.AddField(
            model_name='adjustment',
            name='alliance',
            field=models.ForeignKey(db_constraint=False, db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.alliance'),
        ),
        migrations.AddField(
            model_name='adjustment',
            name='answers',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='answered_by', to='settlements.adjustment', verbose_name='goes back to'),
        ),
        migrations.AddField(
            model_name='adjustment',
            name='counterparty',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization', verbose_name='from'),
        ),
        migrations.AddField(
            model_name='adjustment',
            name='host',
            field=models.ForeignKey(db_constraint=False, db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization'),
        ),
        migrations.AddField(
            model_name='adjustment',
            name='organization',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization', verbose_name='organization'),
        ),
        migrations.AddField(
            model_name='adjustment',
            name='period',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='adjustments', to='settlements.period', verbose_name='period'),
        ),
        migrations.AddField(
            model_name='adjustment',
            name='terms_version',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.termsversion', verbose_name='terms'),
        ),
        migrations.AddField(
            model_name='statementline',
            name='adjustment',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='settlements.adjustment', verbose_name='adjustment'),
        ),
        migrations.AddConstraint(
            model_name='statementline',
            constraint=models.UniqueConstraint(condition=models.Q(('adjustment__isnull', False)), fields=('adjustment', 'organization'), name='line_once_per_adjustment_and_party'),
        ),
        migrations.AddConstraint(
            model_name='statementline',
            constraint=models.CheckConstraint(condition=models.Q(('accrual__isnull', False), ('adjustment__isnull', False), _connector='XOR'), name='line_of_one_thing'),
        ),
        migrations.AddField(
            model_name='reserve',
            name='agreement',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.agreement', verbose_name='agreement'),
        ),
        migrations.AddField(
            model_name='reserve',
            name='host',
            field=models.ForeignKey(db_constraint=False, db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization'),
        ),
        migrations.AddField(
            model_name='reserve',
            name='organization',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization', verbose_name='organization'),
        ),
        migrations.AddField(
            model_name='reserve',
            name='period',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='reserves', to='settlements.period', verbose_name='period'),
        ),
        migrations.AddIndex(
            model_name='adjustment',
            index=models.Index(condition=models.Q(('accrual__isnull', False)), fields=['accrual'], name='adjustment_of_accrual'),
        ),
        migrations.AddIndex(
            model_name='adjustment',
            index=models.Index(condition=models.Q(('answers__isnull', False)), fields=['answers'], name='adjustment_answers'),
        ),
        migrations.AddConstraint(
            model_name='adjustment',
            constraint=models.UniqueConstraint(fields=('agreement', 'key'), name='adjustment_once'),
        ),
        migrations.AddConstraint(
            model_name='adjustment',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['flat_fee', 'pooled_revenue', 'guarantee', 'advance', 'advance_recouped', 'chargeback_fee', 'cap_approved', 'rerated', 'restatement', 'correction', 'clawback', 'write_off'])), name='adjustment_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='adjustment',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor', 0), _negated=True), name='adjustment_not_zero'),
        ),
        migrations.AddConstraint(
            model_name='adjustment',
            constraint=models.CheckConstraint(condition=models.Q(('counterparty__isnull', True), models.Q(('counterparty', models.F('organization')), _negated=True), _connector='OR'), name='adjustment_between_two'),
        ),
        migrations.AddConstraint(
            model_name='adjustment',
            constraint=models.CheckConstraint(condition=models.Q(('counterparty__isnull', False), ('kind__in', ['advance', 'advance_recouped', 'write_off']), _connector='OR'), name='adjustment_comes_from_somebody'),
        ),
        migrations.AddConstraint(
            model_name='reserve',
            constraint=models.UniqueConstraint(fields=('period', 'organization'), name='reserve_once_per_party'),
        ),
        migrations.AddConstraint(
            model_name='reserve',
            constraint=models.CheckConstraint(condition=models.Q(('held_minor__gt', 0), ('held_minor__gte', django.db.models.expressions.CombinedExpression(models.F('used_minor'), '+', models.F('released_minor'))), ('released_minor__gte', 0), ('used_minor__gte', 0)), name='reserve_adds_up'),
        ),
        RunSqlFile(SQL / "closing.sql"),
        CompositeForeignKey(
            "settlements_adjustment", ["period_id", "agreement_id", "host_id"], "settlements_period", ["id", "agreement_id", "host_id"]
        ),
        CompositeForeignKey("settlements_adjustment", ["agreement_id", "alliance_id"], "partners_agreement", ["id", "alliance_id"]),
        CompositeForeignKey(
            "settlements_reserve", ["period_id", "agreement_id", "host_id"], "settlements_period", ["id", "agreement_id", "host_id"]
        ),
    ]
