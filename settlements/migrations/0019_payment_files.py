"""Files for the bank among the exports, and what has found a file valid."""

import django.db.models.deletion
from django.db import migrations, models

from alliance.kernel.tenancy.operations import CompositeForeignKey


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0022_item_feeds'),
        ('settlements', '0018_bank_matches'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='export',
            name='export_of_one_thing',
        ),
        migrations.RemoveConstraint(
            model_name='export',
            name='export_format_known',
        ),
        migrations.AddField(
            model_name='export',
            name='batch',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='settlements.payoutbatch', verbose_name='payout batch'),
        ),
        migrations.AddField(
            model_name='export',
            name='checked_with',
            field=models.CharField(blank=True, editable=False, max_length=200, verbose_name='checked with'),
        ),
        migrations.AlterField(
            model_name='export',
            name='file_format',
            field=models.CharField(choices=[('csv', 'CSV'), ('xlsx', 'Excel (XLSX)'), ('json', 'JSON'), ('evidence', 'Evidence (JSON)'), ('beancount', 'Beancount'), ('hledger', 'hledger'), ('jsonl', 'JSON Lines'), ('pain.001.001.09', 'ISO 20022 pain.001.001.09'), ('pain.001.001.03', 'ISO 20022 pain.001.001.03'), ('pain.001.001.11', 'ISO 20022 pain.001.001.11'), ('cn-csv', 'Chinese batch transfer (CSV, UTF-8)'), ('cn-csv-gb18030', 'Chinese batch transfer (CSV, GB18030)')], max_length=20, verbose_name='format'),
        ),
        migrations.AddConstraint(
            model_name='export',
            constraint=models.CheckConstraint(condition=models.Q(('file_format__in', ['csv', 'xlsx', 'json', 'evidence', 'beancount', 'hledger', 'jsonl', 'pain.001.001.09', 'pain.001.001.03', 'pain.001.001.11', 'cn-csv', 'cn-csv-gb18030'])), name='export_format_known'),
        ),
        migrations.AddConstraint(
            model_name='export',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('alliance__isnull', True), ('audit_question__isnull', True), ('batch__isnull', True), ('statement__isnull', False)), models.Q(('alliance__isnull', False), ('audit_question__isnull', True), ('batch__isnull', True), ('statement__isnull', True)), models.Q(('alliance__isnull', True), ('audit_question__isnull', False), ('batch__isnull', True), ('statement__isnull', True)), models.Q(('alliance__isnull', True), ('audit_question__isnull', True), ('batch__isnull', False), ('statement__isnull', True)), _connector='OR'), name='export_of_one_thing'),
        ),
        CompositeForeignKey("settlements_export", ["batch_id", "organization_id"], "settlements_payoutbatch", ["id", "organization_id"]),
    ]
