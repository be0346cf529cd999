"""Payouts: batches, approvals, payments, their steps; holds, and outcomes entered by hand."""

import alliance.kernel.ids
import django.contrib.postgres.fields
import django.db.models.deletion
from pathlib import Path

from django.db import migrations, models

from alliance.kernel.tenancy.operations import CompositeForeignKey, RunSqlFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0021_payees'),
        ('settlements', '0011_exchange_rates'),
    ]

    operations = [
        migrations.CreateModel(
            name='PayoutBatch',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField(verbose_name='number')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('gateway', models.CharField(max_length=20, verbose_name='way of payment')),
                ('state', models.CharField(choices=[('prepared', 'Waits for approval'), ('approved', 'Approved'), ('sent', 'Sent'), ('finished', 'Finished'), ('cancelled', 'Cancelled')], default='prepared', max_length=9, verbose_name='state')),
                ('payout_count', models.PositiveIntegerField(verbose_name='payouts')),
                ('total_minor', models.BigIntegerField(verbose_name='total')),
                ('content_sha256', models.CharField(max_length=64, verbose_name='content hash')),
                ('approvals_needed', models.PositiveSmallIntegerField(verbose_name='approvals needed')),
                ('due_on', models.DateField(null=True, verbose_name='due')),
                ('left_out', models.JSONField(default=list, verbose_name='not payable')),
                ('prepared_at', models.DateTimeField(verbose_name='prepared')),
                ('prepared_by_id', models.UUIDField(editable=False, null=True)),
                ('prepared_by', models.CharField(max_length=160, verbose_name='prepared by')),
                ('approved_at', models.DateTimeField(null=True, verbose_name='approved')),
                ('sent_at', models.DateTimeField(null=True, verbose_name='sent')),
                ('sent_by', models.CharField(blank=True, max_length=160, verbose_name='sent by')),
                ('finished_at', models.DateTimeField(null=True, verbose_name='finished')),
                ('cancelled_at', models.DateTimeField(null=True, verbose_name='cancelled')),
                ('cancelled_by', models.CharField(blank=True, max_length=160, verbose_name='cancelled by')),
                ('note', models.TextField(blank=True, verbose_name='note')),
                ('alliance', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.alliance', verbose_name='alliance')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization')),
            ],
            options={
                'verbose_name': 'payout batch',
                'verbose_name_plural': 'payout batches',
                'ordering': ['-prepared_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='PayoutApproval',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('content_sha256', models.CharField(max_length=64, verbose_name='content hash')),
                ('approved_by_id', models.UUIDField(editable=False)),
                ('approved_by', models.CharField(max_length=160, verbose_name='approved by')),
                ('approved_at', models.DateTimeField(verbose_name='approved')),
                ('voided_at', models.DateTimeField(null=True, verbose_name='voided')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization')),
                ('batch', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='approvals', to='settlements.payoutbatch', verbose_name='batch')),
            ],
            options={
                'verbose_name': 'approval of a payout batch',
                'verbose_name_plural': 'approvals of payout batches',
                'ordering': ['approved_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Payout',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('parties', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, editable=False, size=None)),
                ('reference', models.CharField(max_length=35, verbose_name='reference')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('amount_minor', models.BigIntegerField(verbose_name='amount')),
                ('gateway', models.CharField(max_length=20, verbose_name='way of payment')),
                ('account_id', models.UUIDField(editable=False)),
                ('account_kind', models.CharField(max_length=12, verbose_name='kind of account')),
                ('account_holder', models.CharField(max_length=160, verbose_name='account holder')),
                ('account_masked', models.CharField(max_length=16, verbose_name='account')),
                ('account_sha256', models.CharField(max_length=64, verbose_name='fingerprint of the account')),
                ('state', models.CharField(choices=[('prepared', 'Prepared'), ('reserved', 'Approved, not sent yet'), ('sending', 'Being sent'), ('unknown', 'Outcome not known yet'), ('accepted', 'On its way'), ('confirmed', 'Paid'), ('returned', 'Came back'), ('cancelled', 'Cancelled')], default='prepared', max_length=9, verbose_name='state')),
                ('gateway_reference', models.CharField(blank=True, max_length=80, verbose_name="the gateway's reference")),
                ('bank_reference', models.CharField(blank=True, max_length=80, verbose_name="the bank's reference")),
                ('reason_code', models.CharField(blank=True, max_length=40, verbose_name='reason')),
                ('reason_text', models.CharField(blank=True, max_length=200, verbose_name='reason in words')),
                ('prepared_at', models.DateTimeField(verbose_name='prepared')),
                ('sent_at', models.DateTimeField(null=True, verbose_name='sent')),
                ('confirmed_at', models.DateTimeField(null=True, verbose_name='paid')),
                ('returned_at', models.DateTimeField(null=True, verbose_name='came back')),
                ('look_at', models.DateTimeField(editable=False, null=True)),
                ('tries', models.PositiveIntegerField(default=0, editable=False)),
                ('lease_until', models.DateTimeField(editable=False, null=True)),
                ('lease_token', models.UUIDField(editable=False, null=True)),
                ('alliance', models.ForeignKey(db_constraint=False, db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.alliance')),
                ('host', models.ForeignKey(db_constraint=False, db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization')),
                ('organization', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization', verbose_name='partner')),
                ('batch', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='payouts', to='settlements.payoutbatch', verbose_name='batch')),
            ],
            options={
                'verbose_name': 'payout',
                'verbose_name_plural': 'payouts',
                'ordering': ['-prepared_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='PayoutHold',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('parties', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, editable=False, size=None)),
                ('reason', models.CharField(max_length=200, verbose_name='reason')),
                ('placed_at', models.DateTimeField(verbose_name='placed')),
                ('placed_by', models.CharField(max_length=160, verbose_name='by')),
                ('lifted_at', models.DateTimeField(null=True, verbose_name='lifted')),
                ('lifted_by', models.CharField(blank=True, max_length=160, verbose_name='lifted by')),
                ('host', models.ForeignKey(db_constraint=False, db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization')),
                ('organization', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization', verbose_name='partner')),
            ],
            options={
                'verbose_name': 'hold on payouts',
                'verbose_name_plural': 'holds on payouts',
                'ordering': ['-placed_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='PayoutPart',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('parties', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, editable=False, size=None)),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('gross_minor', models.BigIntegerField(verbose_name='from its balance')),
                ('withheld_minor', models.BigIntegerField(default=0, verbose_name='withheld')),
                ('is_draft', models.BooleanField(default=True, editable=False)),
                ('agreement', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.agreement', verbose_name='agreement')),
                ('host', models.ForeignKey(db_constraint=False, db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization')),
                ('organization', models.ForeignKey(db_constraint=False, db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization')),
                ('payout', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='settlements.payout', verbose_name='payout')),
                ('statement', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='settlements.statement', verbose_name='statement')),
            ],
            options={
                'verbose_name': 'part of a payout',
                'verbose_name_plural': 'parts of payouts',
                'ordering': ['payout', 'agreement'],
            },
        ),
        migrations.CreateModel(
            name='PayoutStep',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('parties', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, editable=False, size=None)),
                ('kind', models.CharField(choices=[('prepared', 'Prepared'), ('reserved', 'Approved; the money is set aside'), ('sent', 'Sent to the bank'), ('unknown', 'No answer; the outcome is looked up'), ('accepted', 'Accepted by the bank'), ('confirmed', 'Paid'), ('rejected', 'Rejected; the money is available again'), ('returned', 'Returned by the bank; the money is available again'), ('reported', 'Outcome entered by hand, to be confirmed'), ('report_declined', 'The entered outcome was declined'), ('cancelled', 'Cancelled')], max_length=16, verbose_name='kind')),
                ('at', models.DateTimeField(verbose_name='time')),
                ('detail', models.CharField(blank=True, max_length=200, verbose_name='detail')),
                ('journal_ids', models.JSONField(default=list, verbose_name='journals')),
                ('host', models.ForeignKey(db_constraint=False, db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization')),
                ('organization', models.ForeignKey(db_constraint=False, db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization')),
                ('payout', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='settlements.payout', verbose_name='payout')),
            ],
            options={
                'verbose_name': 'step of a payout',
                'verbose_name_plural': 'steps of payouts',
                'ordering': ['at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='OutcomeReport',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('is_paid', models.BooleanField(verbose_name='paid')),
                ('bank_reference', models.CharField(max_length=80, verbose_name="the bank's reference")),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('state', models.CharField(choices=[('waiting', 'Waits for a second person'), ('confirmed', 'Confirmed'), ('declined', 'Declined')], default='waiting', max_length=9, verbose_name='state')),
                ('reported_by_id', models.UUIDField(editable=False)),
                ('reported_by', models.CharField(max_length=160, verbose_name='entered by')),
                ('reported_at', models.DateTimeField(verbose_name='entered')),
                ('decided_by_id', models.UUIDField(editable=False, null=True)),
                ('decided_by', models.CharField(blank=True, max_length=160, verbose_name='decided by')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization')),
                ('payout', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='settlements.payout', verbose_name='payout')),
            ],
            options={
                'verbose_name': 'outcome entered by hand',
                'verbose_name_plural': 'outcomes entered by hand',
                'ordering': ['-reported_at', '-id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('payout',), name='payout_outcome_one_report_at_a_time'), models.CheckConstraint(condition=models.Q(('bank_reference', ''), _negated=True), name='payout_outcome_names_the_bank_entry'), models.CheckConstraint(condition=models.Q(models.Q(('decided_by_id__isnull', True), ('state', 'waiting')), models.Q(('decided_by_id__isnull', False), ('state', 'declined')), models.Q(('decided_by_id__isnull', False), ('state', 'confirmed'), models.Q(('decided_by_id', models.F('reported_by_id')), _negated=True)), _connector='OR'), name='payout_outcome_decided_by_somebody_else')],
            },
        ),
        migrations.AddIndex(
            model_name='payoutbatch',
            index=models.Index(fields=['organization', 'state', '-prepared_at'], name='payout_batch_by_state'),
        ),
        migrations.AddConstraint(
            model_name='payoutbatch',
            constraint=models.UniqueConstraint(fields=('organization', 'number'), name='payout_batch_number_once'),
        ),
        migrations.AddConstraint(
            model_name='payoutbatch',
            constraint=models.UniqueConstraint(fields=('id', 'organization'), name='payout_batch_id_organization'),
        ),
        migrations.AddConstraint(
            model_name='payoutbatch',
            constraint=models.UniqueConstraint(condition=models.Q(('due_on__isnull', False)), fields=('alliance', 'currency', 'due_on'), name='payout_batch_once_by_schedule'),
        ),
        migrations.AddConstraint(
            model_name='payoutbatch',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['prepared', 'approved', 'sent', 'finished', 'cancelled'])), name='payout_batch_state_known'),
        ),
        migrations.AddConstraint(
            model_name='payoutbatch',
            constraint=models.CheckConstraint(condition=models.Q(('approvals_needed__gte', 1), ('total_minor__gte', 0)), name='payout_batch_needs_approval'),
        ),
        migrations.AddConstraint(
            model_name='payoutbatch',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('approved_at__isnull', True), ('state', 'prepared')), models.Q(('cancelled_at__isnull', False), ('sent_at__isnull', True), ('state', 'cancelled')), models.Q(('approved_at__isnull', False), ('sent_at__isnull', True), ('state', 'approved')), models.Q(('approved_at__isnull', False), ('finished_at__isnull', True), ('sent_at__isnull', False), ('state', 'sent')), models.Q(('approved_at__isnull', False), ('finished_at__isnull', False), ('sent_at__isnull', False), ('state', 'finished')), _connector='OR'), name='payout_batch_state_says_when'),
        ),
        migrations.AddConstraint(
            model_name='payoutapproval',
            constraint=models.UniqueConstraint(condition=models.Q(('voided_at__isnull', True)), fields=('batch', 'approved_by_id'), name='payout_approved_once_by_person'),
        ),
        migrations.AddIndex(
            model_name='payout',
            index=models.Index(fields=['host', '-prepared_at', '-id'], name='payout_of_host'),
        ),
        migrations.AddIndex(
            model_name='payout',
            index=models.Index(fields=['organization', '-prepared_at', '-id'], name='payout_of_partner'),
        ),
        migrations.AddIndex(
            model_name='payout',
            index=models.Index(condition=models.Q(('look_at__isnull', False)), fields=['look_at'], name='payout_to_look_at'),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=models.UniqueConstraint(fields=('host', 'reference'), name='payout_reference_once'),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=models.UniqueConstraint(fields=('id', 'host'), name='payout_id_host'),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'cancelled'), _negated=True), fields=('batch', 'organization'), name='payout_once_per_batch_and_partner'),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='payout_pays_something'),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['prepared', 'reserved', 'sending', 'unknown', 'accepted', 'confirmed', 'returned', 'cancelled'])), name='payout_state_known'),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=models.CheckConstraint(condition=models.Q(('organization', models.F('host')), _negated=True), name='payout_to_a_partner'),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('state', 'confirmed'), _negated=True), ('confirmed_at__isnull', False), _connector='OR'), models.Q(models.Q(('state', 'returned'), _negated=True), ('returned_at__isnull', False), _connector='OR')), name='payout_outcome_says_when'),
        ),
        migrations.AddConstraint(
            model_name='payouthold',
            constraint=models.UniqueConstraint(condition=models.Q(('lifted_at__isnull', True)), fields=('host', 'organization'), name='payout_hold_one_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='payouthold',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='payout_hold_says_why'),
        ),
        migrations.AddIndex(
            model_name='payoutpart',
            index=models.Index(fields=['agreement', 'organization'], name='payout_part_of_agreement'),
        ),
        migrations.AddConstraint(
            model_name='payoutpart',
            constraint=models.UniqueConstraint(fields=('payout', 'agreement'), name='payout_part_once_per_agreement'),
        ),
        migrations.AddConstraint(
            model_name='payoutpart',
            constraint=models.UniqueConstraint(condition=models.Q(('is_draft', True)), fields=('agreement', 'organization'), name='payout_part_in_one_draft'),
        ),
        migrations.AddConstraint(
            model_name='payoutpart',
            constraint=models.CheckConstraint(condition=models.Q(('gross_minor__gt', 0), ('gross_minor__gte', models.F('withheld_minor')), ('withheld_minor__gte', 0)), name='payout_part_adds_up'),
        ),
        migrations.AddIndex(
            model_name='payoutstep',
            index=models.Index(fields=['payout', 'at'], name='payout_step_of_payout'),
        ),
        migrations.AddConstraint(
            model_name='payoutstep',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['prepared', 'reserved', 'sent', 'unknown', 'accepted', 'confirmed', 'rejected', 'returned', 'reported', 'report_declined', 'cancelled'])), name='payout_step_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=models.UniqueConstraint(fields=('id', 'host', 'organization'), name='payout_tie'),
        ),
        CompositeForeignKey('settlements_payoutbatch', ('alliance_id', 'organization_id'), 'partners_alliance', ('id', 'host_id')),
        CompositeForeignKey('settlements_payoutapproval', ('batch_id', 'organization_id'), 'settlements_payoutbatch', ('id', 'organization_id')),
        CompositeForeignKey('settlements_payout', ('batch_id', 'host_id'), 'settlements_payoutbatch', ('id', 'organization_id')),
        CompositeForeignKey('settlements_payout', ('alliance_id', 'organization_id'), 'partners_alliancemembership', ('alliance_id', 'organization_id')),
        CompositeForeignKey('settlements_payout', ('account_id', 'organization_id'), 'partners_bankaccount', ('id', 'organization_id')),
        CompositeForeignKey('settlements_payoutpart', ('payout_id', 'host_id', 'organization_id'), 'settlements_payout', ('id', 'host_id', 'organization_id')),
        CompositeForeignKey('settlements_payoutpart', ('agreement_id', 'host_id'), 'partners_agreement', ('id', 'host_id')),
        CompositeForeignKey('settlements_payoutpart', ('statement_id', 'organization_id', 'host_id'), 'settlements_statement', ('id', 'organization_id', 'host_id')),
        CompositeForeignKey('settlements_payoutstep', ('payout_id', 'host_id', 'organization_id'), 'settlements_payout', ('id', 'host_id', 'organization_id')),
        CompositeForeignKey('settlements_outcomereport', ('payout_id', 'organization_id'), 'settlements_payout', ('id', 'host_id')),
        RunSqlFile(SQL / "payouts.sql"),
    ]
