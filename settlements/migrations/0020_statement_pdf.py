"""Statements as PDF."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0023_item_pictures'),
        ('settlements', '0019_payment_files'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='export',
            name='export_format_known',
        ),
        migrations.AlterField(
            model_name='export',
            name='file_format',
            field=models.CharField(choices=[('csv', 'CSV'), ('xlsx', 'Excel (XLSX)'), ('json', 'JSON'), ('pdf', 'PDF'), ('evidence', 'Evidence (JSON)'), ('beancount', 'Beancount'), ('hledger', 'hledger'), ('jsonl', 'JSON Lines'), ('pain.001.001.09', 'ISO 20022 pain.001.001.09'), ('pain.001.001.03', 'ISO 20022 pain.001.001.03'), ('pain.001.001.11', 'ISO 20022 pain.001.001.11'), ('cn-csv', 'Chinese batch transfer (CSV, UTF-8)'), ('cn-csv-gb18030', 'Chinese batch transfer (CSV, GB18030)')], max_length=20, verbose_name='format'),
        ),
        migrations.AddConstraint(
            model_name='export',
            constraint=models.CheckConstraint(condition=models.Q(('file_format__in', ['csv', 'xlsx', 'json', 'pdf', 'evidence', 'beancount', 'hledger', 'jsonl', 'pain.001.001.09', 'pain.001.001.03', 'pain.001.001.11', 'cn-csv', 'cn-csv-gb18030'])), name='export_format_known'),
        ),
    ]
