"""The auditor compares payouts with what tells of them, and with the bank's statements."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('settlements', '0028_proven_adjustments'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='discrepancy',
            name='discrepancy_kind_known',
        ),
        migrations.AlterField(
            model_name='discrepancy',
            name='kind',
            field=models.CharField(choices=[('trial_balance', "The entries of a book don't sum to zero"), ('statement_ledger', "A statement's closing is not what its party's accounts say"), ('statement_opening', 'A statement does not open with the closing before'), ('statement_lines', "A statement's lines don't sum to its figures"), ('payout_transit', 'Payouts on their way are not what is in transit in the ledger'), ('payout_bank', 'Confirmed payouts are not what left the bank account in the ledger'), ('chain_head', "A head printed on a statement is not in the book's chain"), ('payout_sent', 'A payout was not handed to the bank exactly once'), ('payout_message', 'A payout and the messages that tell of it differ'), ('payout_stuck', 'A payout, or a message that tells of it, waits too long (hours)'), ('bank_line', "A confirmed payout has no line on the bank's statement"), ('bank_match', "A bank line is not of its payout's amount and currency"), ('bank_state', 'A payout is not what its bank lines say: paid, or come back'), ('bank_line_twice', 'A bank line is matched twice')], max_length=20, verbose_name='kind'),
        ),
        migrations.AddConstraint(
            model_name='discrepancy',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['trial_balance', 'statement_ledger', 'statement_opening', 'statement_lines', 'payout_transit', 'payout_bank', 'chain_head', 'payout_sent', 'payout_message', 'payout_stuck', 'bank_line', 'bank_match', 'bank_state', 'bank_line_twice'])), name='discrepancy_kind_known'),
        ),
    ]
