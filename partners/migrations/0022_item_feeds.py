"""Feeds of items and their log."""

import alliance.kernel.clock
import alliance.kernel.ids
import django.db.models.deletion
from django.db import migrations, models

from alliance.kernel.tenancy.operations import CompositeForeignKey


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0021_payees'),
    ]

    operations = [
        migrations.CreateModel(
            name='ItemFeed',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('url', models.CharField(max_length=2048, verbose_name='address')),
                ('every_hours', models.PositiveSmallIntegerField(verbose_name='fetched every so many hours')),
                ('mapping', models.JSONField(default=dict, verbose_name='columns and rules')),
                ('is_active', models.BooleanField(default=True, verbose_name='is fetched')),
                ('paused_because', models.CharField(blank=True, choices=[('member', 'Paused by a member'), ('failing', 'Paused: it failed eight times in a row'), ('gone', 'Paused: the server says that the file is gone for good')], editable=False, max_length=10, verbose_name='reason')),
                ('next_fetch_at', models.DateTimeField(default=alliance.kernel.clock.utc_now, editable=False, verbose_name='next fetch')),
                ('etag', models.CharField(blank=True, editable=False, max_length=200)),
                ('last_modified', models.CharField(blank=True, editable=False, max_length=200)),
                ('content_sha256', models.CharField(blank=True, editable=False, max_length=64)),
                ('row_count', models.PositiveIntegerField(default=0, editable=False)),
                ('is_forced_next', models.BooleanField(default=False, editable=False)),
                ('failures', models.PositiveIntegerField(default=0, editable=False, verbose_name='failures in a row')),
                ('succeeded_at', models.DateTimeField(editable=False, null=True, verbose_name='last success')),
                ('removed_at', models.DateTimeField(editable=False, null=True, verbose_name='removed')),
                ('created_by', models.CharField(blank=True, editable=False, max_length=160, verbose_name='by')),
                ('created_at', models.DateTimeField(default=alliance.kernel.clock.utc_now, editable=False, verbose_name='created')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization', verbose_name='owner')),
            ],
            options={
                'verbose_name': 'feed of items',
                'verbose_name_plural': 'feeds of items',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='ItemFeedFetch',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('state', models.CharField(choices=[('queued', 'Waiting'), ('running', 'Running'), ('succeeded', 'Finished'), ('failed', 'Failed')], default='queued', editable=False, max_length=10, verbose_name='state')),
                ('done', models.PositiveBigIntegerField(default=0, editable=False, verbose_name='done')),
                ('total', models.PositiveBigIntegerField(default=0, editable=False, verbose_name='of')),
                ('attempts', models.PositiveSmallIntegerField(default=0, editable=False, verbose_name='attempts')),
                ('lease_until', models.DateTimeField(editable=False, null=True)),
                ('lease_token', models.UUIDField(editable=False, null=True)),
                ('queued_at', models.DateTimeField(default=alliance.kernel.clock.utc_now, editable=False, verbose_name='queued')),
                ('started_at', models.DateTimeField(editable=False, null=True, verbose_name='started')),
                ('finished_at', models.DateTimeField(editable=False, null=True, verbose_name='finished')),
                ('error_code', models.CharField(blank=True, editable=False, max_length=60, verbose_name='error code')),
                ('error_detail', models.TextField(blank=True, editable=False, verbose_name='error')),
                ('is_forced', models.BooleanField(default=False, editable=False)),
                ('outcome', models.CharField(blank=True, choices=[('unchanged', 'Nothing new'), ('stored', 'Fetched; say how to read it'), ('imported', 'Imported'), ('failed', 'Failed')], editable=False, max_length=10, verbose_name='outcome')),
                ('status', models.PositiveSmallIntegerField(editable=False, null=True, verbose_name='answer')),
                ('error', models.CharField(blank=True, editable=False, max_length=60, verbose_name='what went wrong')),
                ('error_where', models.CharField(blank=True, editable=False, max_length=400)),
                ('size_bytes', models.BigIntegerField(editable=False, null=True, verbose_name='size')),
                ('milliseconds', models.PositiveIntegerField(editable=False, null=True, verbose_name='took')),
                ('feed', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='fetches', to='partners.itemfeed', verbose_name='feed of items')),
                ('item_file', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.itemfile', verbose_name='file')),
                ('item_import', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.itemimport', verbose_name='import')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization')),
            ],
            options={
                'verbose_name': 'fetch of a feed',
                'verbose_name_plural': 'fetches of feeds',
                'ordering': ['-id'],
                'abstract': False,
            },
        ),
        migrations.AddIndex(
            model_name='itemfeed',
            index=models.Index(condition=models.Q(('is_active', True)), fields=['next_fetch_at'], name='item_feed_due'),
        ),
        migrations.AddConstraint(
            model_name='itemfeed',
            constraint=models.UniqueConstraint(fields=('id', 'organization'), name='item_feed_id_organization'),
        ),
        migrations.AddConstraint(
            model_name='itemfeed',
            constraint=models.UniqueConstraint(condition=models.Q(('removed_at__isnull', True)), fields=('organization', 'url'), name='item_feed_url_once'),
        ),
        migrations.AddConstraint(
            model_name='itemfeed',
            constraint=models.CheckConstraint(condition=models.Q(('every_hours__in', [1, 3, 6, 12, 24])), name='item_feed_interval_known'),
        ),
        migrations.AddConstraint(
            model_name='itemfeed',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('is_active', True), ('paused_because', ''), ('removed_at__isnull', True)), models.Q(('is_active', False), models.Q(('paused_because', ''), _negated=True)), _connector='OR'), name='item_feed_paused_says_why'),
        ),
        migrations.AddIndex(
            model_name='itemfeedfetch',
            index=models.Index(condition=models.Q(('state__in', ['queued', 'running'])), fields=['lease_until'], name='partners_itemfeedfetch_live'),
        ),
        migrations.AddConstraint(
            model_name='itemfeedfetch',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['queued', 'running', 'succeeded', 'failed'])), name='partners_itemfeedfetch_job_state'),
        ),
        migrations.AddConstraint(
            model_name='itemfeedfetch',
            constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ['', 'unchanged', 'stored', 'imported', 'failed'])), name='item_fetch_outcome_known'),
        ),
        migrations.AddConstraint(
            model_name='itemfeedfetch',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['queued', 'running'])), fields=('organization',), name='item_fetch_one_at_a_time'),
        ),
        CompositeForeignKey("partners_itemfeedfetch", ["feed_id", "organization_id"], "partners_itemfeed", ["id", "organization_id"]),
        CompositeForeignKey("partners_itemfeedfetch", ["item_file_id", "organization_id"], "partners_itemfile", ["id", "organization_id"]),
        CompositeForeignKey("partners_itemfeedfetch", ["item_import_id", "organization_id"], "partners_itemimport", ["id", "organization_id"]),
    ]
