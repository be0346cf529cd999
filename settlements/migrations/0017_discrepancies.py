"""What the auditor found: figures that must be equal and are not."""

import alliance.kernel.ids
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0023_item_pictures'),
        ('settlements', '0016_taxes'),
    ]

    operations = [
        migrations.CreateModel(
            name='Discrepancy',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('trial_balance', "The entries of a book don't sum to zero"), ('statement_ledger', "A statement's closing is not what its party's accounts say"), ('statement_opening', 'A statement does not open with the closing before'), ('statement_lines', "A statement's lines don't sum to its figures"), ('payout_transit', 'Payouts on their way are not what is in transit in the ledger'), ('payout_bank', 'Confirmed payouts are not what left the bank account in the ledger'), ('chain_head', "A head printed on a statement is not in the book's chain")], max_length=20, verbose_name='kind')),
                ('subject_id', models.UUIDField(verbose_name='about')),
                ('label', models.CharField(max_length=200, verbose_name='what')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('expected_minor', models.BigIntegerField(verbose_name='expected')),
                ('found_minor', models.BigIntegerField(verbose_name='found')),
                ('first_seen_at', models.DateTimeField(verbose_name='first seen')),
                ('last_seen_at', models.DateTimeField(verbose_name='last seen')),
                ('resolved_at', models.DateTimeField(null=True, verbose_name='resolved')),
                ('alliance', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.alliance', verbose_name='alliance')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization')),
            ],
            options={
                'verbose_name': 'discrepancy',
                'verbose_name_plural': 'discrepancies',
                'ordering': ['first_seen_at', 'id'],
                'indexes': [models.Index(condition=models.Q(('resolved_at__isnull', True)), fields=['organization', 'first_seen_at'], name='discrepancy_open')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('resolved_at__isnull', True)), fields=('organization', 'kind', 'subject_id', 'currency'), name='discrepancy_once_at_a_time'), models.CheckConstraint(condition=models.Q(('kind__in', ['trial_balance', 'statement_ledger', 'statement_opening', 'statement_lines', 'payout_transit', 'payout_bank', 'chain_head'])), name='discrepancy_kind_known')],
            },
        ),
    ]
