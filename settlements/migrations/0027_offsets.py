"""Debts may be offset across agreements."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0024_import_feed'),
        ('settlements', '0026_payout_forgotten'),
    ]

    operations = [
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
            field=models.CharField(choices=[('flat_fee', 'Fixed amount of the period'), ('pooled_revenue', 'Pooled revenue'), ('guarantee', 'Guaranteed minimum'), ('advance', 'Advance'), ('advance_recouped', 'Advance recouped'), ('chargeback_fee', 'Chargeback fee'), ('cap_approved', 'Approved above a cap'), ('rerated', 'Other terms for past conversions'), ('restatement', 'Restatement'), ('correction', 'Correction'), ('clawback', 'Clawback'), ('write_off', 'Written off'), ('value_added_tax', 'Value-added tax'), ('tax_reversed', 'Withheld tax reversed'), ('exchanged', 'Exchanged'), ('offset', 'Offset with another agreement')], max_length=16, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='proposedadjustment',
            name='kind',
            field=models.CharField(choices=[('flat_fee', 'Fixed amount of the period'), ('pooled_revenue', 'Pooled revenue'), ('guarantee', 'Guaranteed minimum'), ('advance', 'Advance'), ('advance_recouped', 'Advance recouped'), ('chargeback_fee', 'Chargeback fee'), ('cap_approved', 'Approved above a cap'), ('rerated', 'Other terms for past conversions'), ('restatement', 'Restatement'), ('correction', 'Correction'), ('clawback', 'Clawback'), ('write_off', 'Written off'), ('value_added_tax', 'Value-added tax'), ('tax_reversed', 'Withheld tax reversed'), ('exchanged', 'Exchanged'), ('offset', 'Offset with another agreement')], max_length=16, verbose_name='kind'),
        ),
        migrations.AddConstraint(
            model_name='adjustment',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['flat_fee', 'pooled_revenue', 'guarantee', 'advance', 'advance_recouped', 'chargeback_fee', 'cap_approved', 'rerated', 'restatement', 'correction', 'clawback', 'write_off', 'value_added_tax', 'tax_reversed', 'exchanged', 'offset'])), name='adjustment_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='adjustment',
            constraint=models.CheckConstraint(condition=models.Q(('counterparty__isnull', False), ('kind__in', ['advance', 'advance_recouped', 'write_off', 'value_added_tax', 'tax_reversed', 'exchanged', 'offset']), _connector='OR'), name='adjustment_comes_from_somebody'),
        ),
    ]
