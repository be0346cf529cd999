"""Seals: the journals of each book, numbered and chained."""

import alliance.kernel.ids
import datetime
import django.db.models.deletion
import settlements.ledger.models
from pathlib import Path

from django.db import migrations, models

from alliance.kernel.tenancy.operations import CompositeForeignKey, RunSqlFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0016_item_imports'),
        ('settlements', '0007_proposals'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='book',
            constraint=models.UniqueConstraint(fields=('id', 'host'), name='book_id_host'),
        ),
        migrations.AddConstraint(
            model_name='journal',
            constraint=models.CheckConstraint(condition=models.Q(('effective_on__range', (datetime.date(1, 1, 2), datetime.date(9999, 12, 30))), ('occurred_at__range', (datetime.datetime(1, 1, 2, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9999, 12, 30, 0, 0, tzinfo=datetime.timezone.utc)))), name='journal_in_history'),
        ),
        migrations.RemoveIndex(
            model_name='journal',
            name='journal_book_order',
        ),
        migrations.AddIndex(
            model_name='journal',
            index=models.Index(fields=['book', 'posted_xid'], name='journal_by_transaction'),
        ),
        migrations.CreateModel(
            name='Seal',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('number', models.BigIntegerField(verbose_name='number')),
                ('first', models.BigIntegerField(verbose_name='first journal')),
                ('last', models.BigIntegerField(verbose_name='last journal')),
                ('digests_sha256', models.CharField(max_length=64, verbose_name='hash of the journals')),
                ('previous_head', models.CharField(blank=True, max_length=64, verbose_name='head before')),
                ('head', models.CharField(max_length=64, verbose_name='head')),
                ('sealed_at', models.DateTimeField(verbose_name='sealed')),
                ('sealed_xid', settlements.ledger.models.Xid8Field(editable=False)),
                ('settled_xid', settlements.ledger.models.Xid8Field(editable=False)),
                ('cluster', models.BigIntegerField(editable=False)),
                ('book', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='seals', to='settlements.book', verbose_name='book')),
                ('host', models.ForeignKey(db_constraint=False, db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization')),
            ],
            options={
                'verbose_name': 'seal',
                'verbose_name_plural': 'seals',
                'db_table': 'ledger_seal',
                'ordering': ['book', '-number'],
                'constraints': [
                    models.UniqueConstraint(fields=('book', 'number'), name='seal_number_once'),
                    models.CheckConstraint(condition=models.Q(('first__gte', 1), ('last__gte', models.F('first')), ('number__gte', 1)), name='seal_holds_journals'),
                ],
            },
        ),
        migrations.CreateModel(
            name='SealedJournal',
            fields=[
                ('pk', models.CompositePrimaryKey('book_id', 'number', blank=True, editable=False, primary_key=True, serialize=False)),
                ('number', models.BigIntegerField(verbose_name='number')),
                ('digest', models.BinaryField(max_length=32, verbose_name='digest')),
                ('book', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='settlements.book', verbose_name='book')),
                ('host', models.ForeignKey(db_constraint=False, db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization')),
                ('journal', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='sealed', to='settlements.journal', verbose_name='journal')),
            ],
            options={
                'verbose_name': 'sealed journal',
                'verbose_name_plural': 'sealed journals',
                'db_table': 'ledger_sealedjournal',
            },
        ),
        RunSqlFile(SQL / "sealing.sql"),
        CompositeForeignKey("ledger_seal", ["book_id", "host_id"], "ledger_book", ["id", "host_id"]),
    ]
