"""What people take bank entries for: proposed by one, approved by another."""

from pathlib import Path

import alliance.kernel.ids
import django.db.models.deletion
from django.db import migrations, models

from alliance.kernel.tenancy.operations import CompositeForeignKey, RunSqlFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0022_item_feeds'),
        ('settlements', '0017_discrepancies'),
    ]

    operations = [
        migrations.CreateModel(
            name='BankMatch',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('payout', 'Payment of a payout'), ('return', 'Payout that came back'), ('fee', 'Bank fee'), ('customers', 'Money of customers'), ('suspense', 'Not known yet: into suspense')], max_length=9, verbose_name='kind')),
                ('basis', models.CharField(choices=[('reference', 'Reference'), ('account', 'Amount and account'), ('name', 'Amount and name'), ('charge', 'The bank says so'), ('unknown', 'Nothing fits'), ('person', "Somebody's decision")], max_length=9, verbose_name='because of')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('amount_minor', models.BigIntegerField(verbose_name='amount')),
                ('difference_minor', models.BigIntegerField(default=0, verbose_name='difference')),
                ('note', models.CharField(blank=True, max_length=500, verbose_name='note')),
                ('state', models.CharField(choices=[('waiting', 'Waits for approval'), ('approved', 'Approved'), ('rejected', 'Rejected'), ('replaced', 'Replaced')], default='waiting', max_length=8, verbose_name='state')),
                ('proposed_by_id', models.UUIDField(editable=False, null=True)),
                ('proposed_by', models.CharField(max_length=160, verbose_name='proposed by')),
                ('proposed_at', models.DateTimeField(verbose_name='proposed')),
                ('decided_by_id', models.UUIDField(editable=False, null=True)),
                ('decided_by', models.CharField(blank=True, max_length=160, verbose_name='decided by')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided')),
                ('decision_note', models.CharField(blank=True, max_length=500, verbose_name='note on the decision')),
                ('journal_ids', models.JSONField(default=list, verbose_name='journals')),
                ('alliance', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.alliance', verbose_name='alliance')),
                ('entry', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='matches', to='settlements.bankentry', verbose_name='bank entry')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization')),
                ('payout', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='settlements.payout', verbose_name='payout')),
            ],
            options={
                'verbose_name': 'bank match',
                'verbose_name_plural': 'bank matches',
                'ordering': ['-proposed_at', '-id'],
                'indexes': [models.Index(fields=['organization', 'state', '-proposed_at'], name='bank_match_by_state')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['payout', 'return', 'fee', 'customers', 'suspense'])), name='bank_match_kind_known'), models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('entry',), name='bank_match_one_waits'), models.UniqueConstraint(condition=models.Q(('state', 'approved')), fields=('entry',), name='bank_match_one_holds'), models.UniqueConstraint(condition=models.Q(('state__in', ['waiting', 'approved']), ('kind__in', ['payout', 'return'])), fields=('payout', 'kind'), name='bank_match_payout_once'), models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['payout', 'return']), ('payout__isnull', False)), models.Q(models.Q(('kind__in', ['payout', 'return']), _negated=True), ('difference_minor', 0), ('payout__isnull', True)), _connector='OR'), name='bank_match_names_its_payout'), models.CheckConstraint(condition=models.Q(models.Q(models.Q(('kind', 'payout'), _negated=True), ('amount_minor__lt', 0), _connector='OR'), models.Q(models.Q(('kind', 'return'), _negated=True), ('amount_minor__gt', 0), _connector='OR')), name='bank_match_in_the_right_direction'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('state', 'waiting')), models.Q(('decided_at__isnull', False), ('state', 'rejected')), models.Q(('decided_at__isnull', False), ('decided_by_id__isnull', False), ('state__in', ['approved', 'replaced']), models.Q(('proposed_by_id__isnull', True), models.Q(('proposed_by_id', models.F('decided_by_id')), _negated=True), _connector='OR')), _connector='OR'), name='bank_match_approved_by_somebody_else')],
            },
        ),
        RunSqlFile(SQL / "bank_matches.sql"),
        CompositeForeignKey("settlements_bankmatch", ["alliance_id", "organization_id"], "partners_alliance", ["id", "host_id"]),
        CompositeForeignKey("settlements_bankmatch", ["entry_id", "organization_id", "alliance_id"], "settlements_bankentry", ["id", "organization_id", "alliance_id"]),
        CompositeForeignKey("settlements_bankmatch", ["payout_id", "organization_id"], "settlements_payout", ["id", "host_id"]),
    ]
