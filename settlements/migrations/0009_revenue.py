"""Own revenue that parties report where terms pool it."""

import alliance.kernel.ids
import django.contrib.postgres.fields
import django.db.models.deletion
from pathlib import Path

from django.db import migrations, models

from alliance.kernel.tenancy.operations import RunSqlFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0016_item_imports'),
        ('settlements', '0008_proof'),
    ]

    operations = [
        migrations.CreateModel(
            name='ReportedRevenue',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('parties', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, editable=False, size=None)),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('amount_minor', models.BigIntegerField(verbose_name='revenue')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
                ('reported_by', models.CharField(max_length=160, verbose_name='by')),
                ('reported_at', models.DateTimeField(verbose_name='reported')),
                ('agreement', models.ForeignKey(db_constraint=False, db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.agreement')),
                ('organization', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization', verbose_name='organization')),
                ('period', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='revenues', to='settlements.period', verbose_name='period')),
            ],
            options={
                'verbose_name': 'reported revenue',
                'verbose_name_plural': 'reported revenues',
                'constraints': [models.UniqueConstraint(fields=('period', 'organization'), name='revenue_once_per_party'), models.CheckConstraint(condition=models.Q(('amount_minor__gte', 0)), name='revenue_not_negative')],
            },
        ),
        RunSqlFile(SQL / "revenue.sql"),
    ]
