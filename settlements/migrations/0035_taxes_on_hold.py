"""Value-added tax is held with what it was added to; tax that can't be given back has a line of its own."""

from pathlib import Path

from django.db import migrations, models

from alliance.kernel.tenancy.operations import RunSqlFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0024_import_feed'),
        ('settlements', '0034_payout_limit'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='adjustment',
            name='adjustment_not_zero',
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
            field=models.CharField(choices=[('flat_fee', 'Fixed amount of the period'), ('pooled_revenue', 'Pooled revenue'), ('guarantee', 'Guaranteed minimum'), ('advance', 'Advance'), ('advance_recouped', 'Advance recouped'), ('chargeback_fee', 'Chargeback fee'), ('cap_approved', 'Approved above a cap'), ('rerated', 'Other terms for past conversions'), ('restatement', 'Restatement'), ('correction', 'Correction'), ('clawback', 'Clawback'), ('write_off', 'Written off'), ('repayment', 'Repaid'), ('value_added_tax', 'Value-added tax'), ('tax_reversed', 'Withheld tax reversed'), ('tax_unrecovered', 'Tax not recoverable'), ('exchanged', 'Exchanged'), ('offset', 'Offset with another agreement')], max_length=16, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='proposedadjustment',
            name='kind',
            field=models.CharField(choices=[('flat_fee', 'Fixed amount of the period'), ('pooled_revenue', 'Pooled revenue'), ('guarantee', 'Guaranteed minimum'), ('advance', 'Advance'), ('advance_recouped', 'Advance recouped'), ('chargeback_fee', 'Chargeback fee'), ('cap_approved', 'Approved above a cap'), ('rerated', 'Other terms for past conversions'), ('restatement', 'Restatement'), ('correction', 'Correction'), ('clawback', 'Clawback'), ('write_off', 'Written off'), ('repayment', 'Repaid'), ('value_added_tax', 'Value-added tax'), ('tax_reversed', 'Withheld tax reversed'), ('tax_unrecovered', 'Tax not recoverable'), ('exchanged', 'Exchanged'), ('offset', 'Offset with another agreement')], max_length=16, verbose_name='kind'),
        ),
        migrations.AddConstraint(
            model_name='adjustment',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['flat_fee', 'pooled_revenue', 'guarantee', 'advance', 'advance_recouped', 'chargeback_fee', 'cap_approved', 'rerated', 'restatement', 'correction', 'clawback', 'write_off', 'repayment', 'value_added_tax', 'tax_reversed', 'tax_unrecovered', 'exchanged', 'offset'])), name='adjustment_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='adjustment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('amount_minor', 0), _negated=True), ('kind__in', ['tax_reversed', 'tax_unrecovered']), _connector='OR'), name='adjustment_not_zero'),
        ),
        migrations.AddConstraint(
            model_name='adjustment',
            constraint=models.CheckConstraint(condition=models.Q(('counterparty__isnull', False), ('kind__in', ['advance', 'advance_recouped', 'write_off', 'repayment', 'value_added_tax', 'tax_reversed', 'tax_unrecovered', 'exchanged', 'offset']), _connector='OR'), name='adjustment_comes_from_somebody'),
        ),
        RunSqlFile(SQL / "taxes_on_hold.sql"),
    ]
