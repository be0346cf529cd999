"""A second person confirms changed bank accounts; hosts see where they pay to."""

import alliance.kernel.ids
import django.db.models.deletion
from pathlib import Path

from django.db import migrations, models

from alliance.kernel.tenancy.operations import CompositeForeignKey, RunSqlFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0020_display_rules'),
    ]

    operations = [
        migrations.AddField(
            model_name='bankaccount',
            name='created_by_id',
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='bankaccount',
            name='needs_confirmation',
            field=models.BooleanField(default=False, verbose_name='waits for a second person'),
        ),
        migrations.CreateModel(
            name='BankAccountDecision',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('is_confirmed', models.BooleanField(verbose_name='confirmed')),
                ('decided_at', models.DateTimeField(verbose_name='decided')),
                ('decided_by_id', models.UUIDField(editable=False)),
                ('decided_by', models.CharField(max_length=160, verbose_name='by')),
                ('account', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='decision', to='partners.bankaccount', verbose_name='bank account')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization')),
            ],
            options={
                'verbose_name': 'decision on a bank account',
                'verbose_name_plural': 'decisions on bank accounts',
                'ordering': ['-decided_at', '-id'],
            },
        ),
        CompositeForeignKey('partners_bankaccountdecision', ('account_id', 'organization_id'), 'partners_bankaccount', ('id', 'organization_id')),
        RunSqlFile(SQL / "payees.sql"),
    ]
