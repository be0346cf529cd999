"""Evidence of statements: what a party may have of the chain."""

from pathlib import Path

from django.db import migrations, models

from alliance.kernel.tenancy.operations import RunSqlFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0019_single_sign_on'),
        ('settlements', '0014_bank'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='export',
            name='export_format_known',
        ),
        migrations.AlterField(
            model_name='export',
            name='file_format',
            field=models.CharField(choices=[('csv', 'CSV'), ('xlsx', 'Excel (XLSX)'), ('json', 'JSON'), ('evidence', 'Evidence (JSON)'), ('beancount', 'Beancount'), ('hledger', 'hledger'), ('jsonl', 'JSON Lines')], max_length=10, verbose_name='format'),
        ),
        migrations.AddIndex(
            model_name='seal',
            index=models.Index(fields=['book', 'first'], name='seal_by_journal'),
        ),
        migrations.AddConstraint(
            model_name='export',
            constraint=models.CheckConstraint(condition=models.Q(('file_format__in', ['csv', 'xlsx', 'json', 'evidence', 'beancount', 'hledger', 'jsonl'])), name='export_format_known'),
        ),
        RunSqlFile(SQL / "evidence.sql"),
    ]
