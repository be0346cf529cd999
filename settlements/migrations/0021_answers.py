"""What people say to a closed statement: reviews, disputed lines, comments."""

from pathlib import Path

import alliance.kernel.ids
import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from alliance.kernel.tenancy.operations import CompositeForeignKey, RunSqlFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0019_single_sign_on'),
        ('settlements', '0020_statement_pdf'),
    ]

    operations = [
        migrations.CreateModel(
            name='LineDispute',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('parties', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, editable=False, size=None)),
                ('line_number', models.IntegerField(verbose_name='line')),
                ('reference', models.CharField(max_length=80, verbose_name='reference')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('share_minor', models.BigIntegerField(verbose_name='share')),
                ('claimed_minor', models.BigIntegerField(null=True, verbose_name='should be')),
                ('reason', models.TextField(verbose_name='reason')),
                ('opened_by_id', models.UUIDField(editable=False, null=True)),
                ('opened_by', models.CharField(max_length=160, verbose_name='by')),
                ('opened_at', models.DateTimeField(verbose_name='disputed')),
                ('state', models.CharField(choices=[('open', 'Disputed'), ('stands', 'The line stands'), ('corrected', 'The line was corrected'), ('withdrawn', 'Withdrawn')], default='open', max_length=9, verbose_name='state')),
                ('set_aside_minor', models.BigIntegerField(null=True, verbose_name='set aside')),
                ('set_aside_currency', models.CharField(blank=True, max_length=3, verbose_name='set aside in')),
                ('released_at', models.DateTimeField(null=True, verbose_name='released')),
                ('settled_at', models.DateTimeField(null=True, verbose_name='settled')),
                ('settled_by', models.CharField(blank=True, max_length=160, verbose_name='settled by')),
                ('note', models.TextField(blank=True, verbose_name='note')),
                ('corrected_minor', models.BigIntegerField(null=True, verbose_name='corrected to')),
                ('accrual', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='settlements.accrual', verbose_name='accrual')),
                ('agreement', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.agreement', verbose_name='agreement')),
                ('correction', models.OneToOneField(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='dispute', to='settlements.adjustment', verbose_name='correction')),
                ('host', models.ForeignKey(db_constraint=False, db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization')),
                ('opened_by_organization', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization', verbose_name='disputed by')),
                ('organization', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization', verbose_name='organization')),
                ('statement', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='disputes', to='settlements.statement', verbose_name='statement')),
            ],
            options={
                'verbose_name': 'disputed line',
                'verbose_name_plural': 'disputed lines',
                'ordering': ['-opened_at', '-id'],
            },
        ),
        migrations.AddField(
            model_name='proposedadjustment',
            name='dispute',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='settlements.linedispute', verbose_name='disputed line'),
        ),
        migrations.CreateModel(
            name='StatementComment',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('parties', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, editable=False, size=None)),
                ('author_id', models.UUIDField(editable=False, null=True)),
                ('author', models.CharField(max_length=160, verbose_name='author')),
                ('text', models.TextField(verbose_name='text')),
                ('written_at', models.DateTimeField(verbose_name='written')),
                ('author_organization', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization', verbose_name='of')),
                ('dispute', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='comments', to='settlements.linedispute', verbose_name='disputed line')),
                ('host', models.ForeignKey(db_constraint=False, db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization')),
                ('organization', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization', verbose_name='organization')),
                ('statement', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='comments', to='settlements.statement', verbose_name='statement')),
            ],
            options={
                'verbose_name': 'comment on a statement',
                'verbose_name_plural': 'comments on statements',
                'ordering': ['written_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='StatementReview',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('parties', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, editable=False, size=None)),
                ('state', models.CharField(choices=[('open', 'Waits for acceptance'), ('accepted', 'Accepted')], default='open', max_length=8, verbose_name='state')),
                ('closed_at', models.DateTimeField(verbose_name='closed')),
                ('accepted_at', models.DateTimeField(null=True, verbose_name='accepted')),
                ('accepted_by_id', models.UUIDField(editable=False, null=True)),
                ('accepted_by', models.CharField(blank=True, max_length=160, verbose_name='accepted by')),
                ('is_by_silence', models.BooleanField(default=False, verbose_name='by silence')),
                ('content_sha256', models.CharField(blank=True, max_length=64, verbose_name='content hash')),
                ('host', models.ForeignKey(db_constraint=False, db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization')),
                ('organization', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization', verbose_name='organization')),
                ('statement', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='review', to='settlements.statement', verbose_name='statement')),
            ],
            options={
                'verbose_name': 'review of a statement',
                'verbose_name_plural': 'reviews of statements',
            },
        ),
        migrations.AddIndex(
            model_name='linedispute',
            index=models.Index(fields=['host', '-opened_at'], name='dispute_of_host'),
        ),
        migrations.AddIndex(
            model_name='linedispute',
            index=models.Index(fields=['organization', '-opened_at'], name='dispute_of_party'),
        ),
        migrations.AddIndex(
            model_name='linedispute',
            index=models.Index(condition=models.Q(('state', 'open')), fields=['agreement'], name='dispute_open'),
        ),
        migrations.AddConstraint(
            model_name='linedispute',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('statement', 'line_number'), name='line_disputed_once'),
        ),
        migrations.AddConstraint(
            model_name='linedispute',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='dispute_says_why'),
        ),
        migrations.AddConstraint(
            model_name='linedispute',
            constraint=models.CheckConstraint(condition=models.Q(('set_aside_minor__isnull', True), ('set_aside_minor__gte', 0), _connector='OR'), name='dispute_sets_aside'),
        ),
        migrations.AddConstraint(
            model_name='linedispute',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('correction__isnull', True), ('released_at__isnull', True), ('settled_at__isnull', True), ('state', 'open')), models.Q(('corrected_minor__isnull', True), ('settled_at__isnull', False), ('state__in', ['stands', 'withdrawn'])), models.Q(('corrected_minor__isnull', False), ('settled_at__isnull', False), ('state', 'corrected')), _connector='OR'), name='dispute_settled_says_how'),
        ),
        migrations.AddConstraint(
            model_name='statementcomment',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='comment_says_something'),
        ),
        migrations.AddIndex(
            model_name='statementreview',
            index=models.Index(condition=models.Q(('state', 'open')), fields=['closed_at'], name='review_open'),
        ),
        migrations.AddConstraint(
            model_name='statementreview',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('accepted_at__isnull', True), ('content_sha256', ''), ('state', 'open')), models.Q(('accepted_at__isnull', False), ('state', 'accepted'), models.Q(('content_sha256', ''), _negated=True)), _connector='OR'), name='review_accepted_says_when'),
        ),
        RunSqlFile(SQL / "answers.sql"),
        *[
            CompositeForeignKey(table, ["statement_id", "organization_id", "host_id"], "settlements_statement", ["id", "organization_id", "host_id"])
            for table in ("settlements_statementreview", "settlements_linedispute", "settlements_statementcomment")
        ],
    ]
