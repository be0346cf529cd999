"""Adjustments that people propose and approve, restatements, and other terms for past conversions."""

import alliance.kernel.ids
import django.contrib.postgres.fields
import django.db.models.deletion
from pathlib import Path

from django.db import migrations, models

from alliance.kernel.tenancy.operations import CompositeForeignKey, RunSqlFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0003_taking_back'),
        ('partners', '0013_onboarding'),
        ('settlements', '0006_closing'),
    ]

    operations = [
        migrations.CreateModel(
            name='ProposedAdjustment',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('flat_fee', 'Fixed amount of the period'), ('pooled_revenue', 'Pooled revenue'), ('guarantee', 'Guaranteed minimum'), ('advance', 'Advance'), ('advance_recouped', 'Advance recouped'), ('chargeback_fee', 'Chargeback fee'), ('cap_approved', 'Approved above a cap'), ('rerated', 'Other terms for past conversions'), ('restatement', 'Restatement'), ('correction', 'Correction'), ('clawback', 'Clawback'), ('write_off', 'Written off')], max_length=16, verbose_name='kind')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('amount_minor', models.BigIntegerField(verbose_name='amount')),
                ('reason', models.TextField(verbose_name='reason')),
                ('state', models.CharField(choices=[('waiting', 'Waits for approval'), ('approved', 'Approved'), ('rejected', 'Rejected')], default='waiting', max_length=8, verbose_name='state')),
                ('proposed_by_id', models.UUIDField(editable=False, null=True)),
                ('proposed_by', models.CharField(max_length=160, verbose_name='proposed by')),
                ('proposed_at', models.DateTimeField(verbose_name='proposed')),
                ('decided_by_id', models.UUIDField(editable=False, null=True)),
                ('decided_by', models.CharField(blank=True, max_length=160, verbose_name='decided by')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided')),
                ('note', models.TextField(blank=True, verbose_name='note')),
            ],
            options={
                'verbose_name': 'proposed adjustment',
                'verbose_name_plural': 'proposed adjustments',
                'ordering': ['-proposed_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Rerating',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('parties', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, editable=False, size=None)),
                ('explanation', models.JSONField(verbose_name='explanation')),
                ('rerated_at', models.DateTimeField(verbose_name='computed')),
            ],
            options={
                'verbose_name': 'rerating',
                'verbose_name_plural': 'reratings',
                'ordering': ['rerated_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Restatement',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('parties', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, editable=False, size=None)),
                ('version', models.SmallIntegerField(verbose_name='version')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('delta_minor', models.BigIntegerField(verbose_name='difference')),
                ('closing_minor', models.BigIntegerField(verbose_name='closing')),
                ('reason', models.TextField(verbose_name='reason')),
                ('previous_sha256', models.CharField(max_length=64, verbose_name='hash of the version before')),
                ('content_sha256', models.CharField(max_length=64, verbose_name='content hash')),
                ('issued_at', models.DateTimeField(verbose_name='issued')),
            ],
            options={
                'verbose_name': 'restatement',
                'verbose_name_plural': 'restatements',
                'ordering': ['statement', 'version'],
            },
        ),
        migrations.AddIndex(
            model_name='accrual',
            index=models.Index(condition=models.Q(('explanation__has_key', 'waiting')), fields=['host', '-occurred_at'], name='accrual_excess'),
        ),
        migrations.AddField(
            model_name='proposedadjustment',
            name='accrual',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='settlements.accrual', verbose_name='accrual'),
        ),
        migrations.AddField(
            model_name='proposedadjustment',
            name='adjustment',
            field=models.OneToOneField(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='proposal', to='settlements.adjustment', verbose_name='adjustment'),
        ),
        migrations.AddField(
            model_name='proposedadjustment',
            name='agreement',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.agreement', verbose_name='agreement'),
        ),
        migrations.AddField(
            model_name='proposedadjustment',
            name='alliance',
            field=models.ForeignKey(db_constraint=False, db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.alliance'),
        ),
        migrations.AddField(
            model_name='proposedadjustment',
            name='counterparty',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization', verbose_name='from'),
        ),
        migrations.AddField(
            model_name='proposedadjustment',
            name='organization',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization'),
        ),
        migrations.AddField(
            model_name='proposedadjustment',
            name='party',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization', verbose_name='party'),
        ),
        migrations.AddField(
            model_name='proposedadjustment',
            name='statement',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='settlements.statement', verbose_name='statement'),
        ),
        migrations.AddField(
            model_name='rerating',
            name='accrual',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='reratings', to='settlements.accrual', verbose_name='accrual'),
        ),
        migrations.AddField(
            model_name='rerating',
            name='host',
            field=models.ForeignKey(db_constraint=False, db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization'),
        ),
        migrations.AddField(
            model_name='rerating',
            name='terms_version',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.termsversion', verbose_name='terms'),
        ),
        migrations.AddField(
            model_name='restatement',
            name='adjustment',
            field=models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='restatement', to='settlements.adjustment', verbose_name='adjustment'),
        ),
        migrations.AddField(
            model_name='restatement',
            name='host',
            field=models.ForeignKey(db_constraint=False, db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization'),
        ),
        migrations.AddField(
            model_name='restatement',
            name='organization',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization', verbose_name='organization'),
        ),
        migrations.AddField(
            model_name='restatement',
            name='statement',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='restatements', to='settlements.statement', verbose_name='statement'),
        ),
        migrations.AddIndex(
            model_name='proposedadjustment',
            index=models.Index(fields=['organization', 'state', '-proposed_at'], name='proposal_by_state'),
        ),
        migrations.AddConstraint(
            model_name='proposedadjustment',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['correction', 'clawback', 'restatement', 'write_off'])), name='proposal_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='proposedadjustment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('amount_minor', 0), _negated=True), models.Q(('reason', ''), _negated=True)), name='proposal_says_something'),
        ),
        migrations.AddConstraint(
            model_name='proposedadjustment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'restatement'), ('statement__isnull', False)), models.Q(('kind', 'restatement'), _negated=True), _connector='OR'), name='proposal_restates_a_statement'),
        ),
        migrations.AddConstraint(
            model_name='proposedadjustment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('adjustment__isnull', True), ('decided_at__isnull', True), ('state', 'waiting')), models.Q(('adjustment__isnull', True), ('decided_at__isnull', False), ('state', 'rejected')), models.Q(('adjustment__isnull', False), ('decided_at__isnull', False), ('state', 'approved'), models.Q(('proposed_by_id__isnull', True), models.Q(('proposed_by_id', models.F('decided_by_id')), _negated=True), _connector='OR')), _connector='OR'), name='proposal_decided_by_somebody_else'),
        ),
        migrations.AddConstraint(
            model_name='rerating',
            constraint=models.UniqueConstraint(fields=('accrual', 'terms_version'), name='rerated_once_by_version'),
        ),
        migrations.AddConstraint(
            model_name='restatement',
            constraint=models.UniqueConstraint(fields=('statement', 'version'), name='restatement_version_once'),
        ),
        migrations.AddConstraint(
            model_name='restatement',
            constraint=models.CheckConstraint(condition=models.Q(('version__gte', 2)), name='restatement_follows_the_statement'),
        ),
        migrations.AddConstraint(
            model_name='restatement',
            constraint=models.CheckConstraint(condition=models.Q(('delta_minor', 0), _negated=True), name='restatement_differs'),
        ),
        RunSqlFile(SQL / "proposals.sql"),
        CompositeForeignKey("settlements_proposedadjustment", ["agreement_id", "alliance_id"], "partners_agreement", ["id", "alliance_id"]),
        CompositeForeignKey("settlements_proposedadjustment", ["alliance_id", "organization_id"], "partners_alliance", ["id", "host_id"]),
        CompositeForeignKey(
            "settlements_restatement", ["statement_id", "organization_id", "host_id"], "settlements_statement", ["id", "organization_id", "host_id"]
        ),
    ]
