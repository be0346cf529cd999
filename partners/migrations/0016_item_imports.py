"""Files of items and the jobs that read them."""

import alliance.kernel.clock
import alliance.kernel.ids
import django.db.models.deletion
from django.db import migrations, models

from alliance.kernel.tenancy.operations import CompositeForeignKey


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0015_item_categories'),
    ]

    operations = [
        migrations.CreateModel(
            name='ItemFile',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=200, verbose_name='file name')),
                ('stored_as', models.CharField(editable=False, max_length=200)),
                ('size_bytes', models.BigIntegerField(verbose_name='size')),
                ('sha256', models.CharField(editable=False, max_length=64, verbose_name='content hash')),
                ('layout', models.JSONField(verbose_name='layout')),
                ('uploaded_by', models.CharField(blank=True, max_length=160, verbose_name='uploaded by')),
                ('uploaded_at', models.DateTimeField(default=alliance.kernel.clock.utc_now, verbose_name='uploaded')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization')),
            ],
            options={
                'verbose_name': 'item file',
                'verbose_name_plural': 'item files',
                'ordering': ['-uploaded_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='ItemImport',
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
                ('mapping', models.JSONField(verbose_name='columns and rules')),
                ('tally', models.JSONField(default=dict, verbose_name='counts')),
                ('problem', models.CharField(blank=True, editable=False, max_length=40, verbose_name='what is wrong with the file')),
                ('problem_where', models.CharField(blank=True, editable=False, max_length=400)),
                ('created_by', models.CharField(blank=True, max_length=160, verbose_name='by')),
                ('chunks_done', models.PositiveIntegerField(default=0, editable=False)),
                ('item_file', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='partners.itemfile', verbose_name='file')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization')),
            ],
            options={
                'verbose_name': 'item import',
                'verbose_name_plural': 'item imports',
                'ordering': ['-queued_at', '-id'],
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='item',
            name='item_import',
            field=models.ForeignKey(db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='items', to='partners.itemimport', verbose_name='import'),
        ),
        migrations.CreateModel(
            name='ItemImportError',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('row_number', models.PositiveIntegerField(verbose_name='row')),
                ('column', models.CharField(blank=True, max_length=200, verbose_name='column')),
                ('reference', models.CharField(blank=True, max_length=200, verbose_name='reference')),
                ('cells', models.JSONField(verbose_name='cells')),
                ('code', models.CharField(choices=[('missing', 'This is missing.'), ('code_twice', 'Another row or item with this code came before.'), ('title_missing', 'Give a title in Chinese or in English.'), ('too_long', 'The text is too long.'), ('odd_characters', "The text has characters that can't be shown."), ('not_https', 'Only addresses that begin with https:// are taken.'), ('not_a_kind', 'This is not a kind of item.'), ('not_a_category', 'There is no such category.'), ('not_a_level', 'This is not a level.'), ('not_a_currency', 'This is not a currency of ISO 4217, such as EUR, GBP or CNY.'), ('not_a_status', 'This is not a status.'), ('too_many', 'There are too many of them.'), ('negative', 'This must not be below zero.'), ('too_large', 'This number is too large.'), ('empty_window', 'The end comes after the beginning.'), ('attribute_name', 'A property has a name of up to 40 characters.'), ('attribute_value', 'A property is a text of up to 200 characters, a number, or yes or no.'), ('cell_count', 'The row has more or fewer cells than the header.'), ('not_json', 'The line is not a JSON object.'), ('unknown_key', 'The object has a key that the first objects of the file do not have.'), ('not_a_number', 'This is not a number.'), ('not_a_whole_number', 'This is not a whole number.'), ('too_precise', "The amount is finer than the currency's smallest unit, or has too many digits."), ('not_a_time', 'This is not a time. Write it like 2026-03-01 08:00 or 2026-03-01T08:00:00+08:00.'), ('not_properties', 'Write each property as “name: value”, or all of them as a JSON object.'), ('disclosure_missing', 'Financial products and medicine need a disclosure in Chinese or English to be published.')], max_length=20, verbose_name='reason')),
                ('item_import', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='errors', to='partners.itemimport', verbose_name='import')),
                ('organization', models.ForeignKey(db_constraint=False, db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization')),
            ],
            options={
                'verbose_name': 'refused row of an item import',
                'verbose_name_plural': 'refused rows of item imports',
                'ordering': ['row_number', 'column'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ItemPreview',
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
                ('mapping', models.JSONField(verbose_name='columns and rules')),
                ('tally', models.JSONField(default=dict, verbose_name='counts')),
                ('problem', models.CharField(blank=True, editable=False, max_length=40, verbose_name='what is wrong with the file')),
                ('problem_where', models.CharField(blank=True, editable=False, max_length=400)),
                ('created_by', models.CharField(blank=True, max_length=160, verbose_name='by')),
                ('sample', models.JSONField(default=list, verbose_name='first rows')),
                ('examples', models.JSONField(default=list, verbose_name='first errors')),
                ('item_file', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='partners.itemfile', verbose_name='file')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization')),
            ],
            options={
                'verbose_name': 'preview of an item import',
                'verbose_name_plural': 'previews of item imports',
                'ordering': ['-queued_at', '-id'],
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='itemimport',
            name='preview',
            field=models.OneToOneField(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='item_import', to='partners.itempreview', verbose_name='preview'),
        ),
        migrations.AddConstraint(
            model_name='itemfile',
            constraint=models.UniqueConstraint(fields=('id', 'organization'), name='item_file_id_organization'),
        ),
        migrations.AddConstraint(
            model_name='itemimporterror',
            constraint=models.UniqueConstraint(fields=('item_import', 'row_number', 'column', 'code'), name='item_import_error_once'),
        ),
        migrations.AddIndex(
            model_name='itempreview',
            index=models.Index(condition=models.Q(('state__in', ['queued', 'running'])), fields=['lease_until'], name='partners_itempreview_live'),
        ),
        migrations.AddConstraint(
            model_name='itempreview',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['queued', 'running', 'succeeded', 'failed'])), name='partners_itempreview_job_state'),
        ),
        migrations.AddConstraint(
            model_name='itempreview',
            constraint=models.UniqueConstraint(fields=('id', 'organization'), name='item_preview_id_organization'),
        ),
        migrations.AddIndex(
            model_name='itemimport',
            index=models.Index(condition=models.Q(('state__in', ['queued', 'running'])), fields=['lease_until'], name='partners_itemimport_live'),
        ),
        migrations.AddConstraint(
            model_name='itemimport',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['queued', 'running', 'succeeded', 'failed'])), name='partners_itemimport_job_state'),
        ),
        migrations.AddConstraint(
            model_name='itemimport',
            constraint=models.UniqueConstraint(fields=('id', 'organization'), name='item_import_id_organization'),
        ),
        CompositeForeignKey("partners_itempreview", ["item_file_id", "organization_id"], "partners_itemfile", ["id", "organization_id"]),
        CompositeForeignKey("partners_itemimport", ["item_file_id", "organization_id"], "partners_itemfile", ["id", "organization_id"]),
        CompositeForeignKey("partners_itemimport", ["preview_id", "organization_id"], "partners_itempreview", ["id", "organization_id"]),
        CompositeForeignKey("partners_itemimporterror", ["item_import_id", "organization_id"], "partners_itemimport", ["id", "organization_id"]),
        CompositeForeignKey("partners_item", ["item_import_id", "organization_id"], "partners_itemimport", ["id", "organization_id"]),
    ]
