"""Items, their categories, and who sees them."""

import alliance.kernel.clock
import alliance.kernel.ids
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from pathlib import Path

from django.db import migrations, models

from alliance.kernel.tenancy.operations import CompositeForeignKey, RunSqlFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0013_onboarding'),
    ]

    operations = [
        migrations.CreateModel(
            name='ItemCategory',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('key', models.CharField(max_length=60, unique=True, verbose_name='key')),
                ('name_zh', models.CharField(max_length=80, verbose_name='name in Chinese')),
                ('name_en', models.CharField(max_length=80, verbose_name='name in English')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='partners.itemcategory', verbose_name='parent category')),
            ],
            options={
                'verbose_name': 'category',
                'verbose_name_plural': 'categories',
                'ordering': ['position', 'key'],
            },
        ),
        migrations.CreateModel(
            name='ItemVisibility',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('parties', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, editable=False, size=None)),
                ('reach', models.CharField(choices=[('private', 'Only us'), ('agreements', 'Parties of our signed agreements'), ('alliances', 'All members of the alliance')], max_length=10, verbose_name='who sees it')),
                ('alliance_ids', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None, verbose_name='in which alliances')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization')),
            ],
            options={
                'verbose_name': 'visibility',
                'verbose_name_plural': 'visibilities',
            },
        ),
        migrations.CreateModel(
            name='ItemViewer',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization')),
                ('visibility', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='viewers', to='partners.itemvisibility')),
            ],
            options={
                'verbose_name': 'viewer',
                'verbose_name_plural': 'viewers',
            },
        ),
        migrations.CreateModel(
            name='Item',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=80, verbose_name='item code')),
                ('kind', models.CharField(choices=[('course', 'Course'), ('lecture', 'Lecture'), ('live_event', 'Live event'), ('membership', 'Membership'), ('publication', 'Book or publication'), ('physical_good', 'Physical good'), ('service', 'Service'), ('travel', 'Travel'), ('property', 'Property'), ('financial_product', 'Financial product'), ('medicine', 'Medicine')], max_length=20, verbose_name='kind')),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published'), ('archived', 'Archived')], default='draft', max_length=10, verbose_name='status')),
                ('title_zh', models.CharField(blank=True, max_length=200, verbose_name='title in Chinese')),
                ('title_en', models.CharField(blank=True, max_length=200, verbose_name='title in English')),
                ('description_zh', models.TextField(blank=True, verbose_name='description in Chinese')),
                ('description_en', models.TextField(blank=True, verbose_name='description in English')),
                ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None, verbose_name='tags')),
                ('price_minor', models.BigIntegerField(blank=True, null=True, verbose_name='price')),
                ('currency', models.CharField(blank=True, max_length=3, verbose_name='currency')),
                ('image_urls', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=500), blank=True, default=list, size=None, verbose_name='images')),
                ('page_url', models.CharField(blank=True, max_length=500, verbose_name='page')),
                ('available_from', models.DateTimeField(blank=True, null=True, verbose_name='available from')),
                ('available_until', models.DateTimeField(blank=True, null=True, verbose_name='available until')),
                ('stock', models.PositiveIntegerField(blank=True, null=True, verbose_name='stock')),
                ('level', models.CharField(blank=True, choices=[('beginner', 'Beginner'), ('intermediate', 'Intermediate'), ('advanced', 'Advanced')], max_length=12, verbose_name='level')),
                ('duration_minutes', models.PositiveIntegerField(blank=True, null=True, verbose_name='duration')),
                ('brand', models.CharField(blank=True, max_length=120, verbose_name='instructor or brand')),
                ('minimum_age', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='minimum age')),
                ('licence', models.CharField(blank=True, max_length=120, verbose_name='licence number')),
                ('disclosure_zh', models.TextField(blank=True, verbose_name='disclosure in Chinese')),
                ('disclosure_en', models.TextField(blank=True, verbose_name='disclosure in English')),
                ('attributes', models.JSONField(blank=True, default=dict, verbose_name='further properties')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('content_sha256', models.CharField(editable=False, max_length=64, verbose_name='content hash')),
                ('words', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, editable=False, size=None)),
                ('shown_as', models.GeneratedField(db_persist=True, expression=models.Case(models.When(status='published', then=models.F('visibility'))), output_field=models.UUIDField(null=True))),
                ('archived_as_missing', models.BooleanField(default=False, editable=False)),
                ('created_at', models.DateTimeField(default=alliance.kernel.clock.utc_now, editable=False, verbose_name='created')),
                ('updated_at', models.DateTimeField(default=alliance.kernel.clock.utc_now, editable=False, verbose_name='changed')),
                ('organization', models.ForeignKey(db_constraint=False, db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization', verbose_name='owner')),
                ('category', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.itemcategory', verbose_name='category')),
                ('visibility', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='items', to='partners.itemvisibility', verbose_name='who sees it')),
            ],
            options={
                'verbose_name': 'item',
                'verbose_name_plural': 'items',
                'ordering': ['-id'],
            },
        ),
        migrations.AddConstraint(
            model_name='itemcategory',
            constraint=models.CheckConstraint(condition=models.Q(('key__regex', '^[a-z0-9_]+(\\.[a-z0-9_]+){0,3}$')), name='category_key_shape'),
        ),
        migrations.AddConstraint(
            model_name='itemcategory',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('name_zh', ''), _negated=True), models.Q(('name_en', ''), _negated=True)), name='category_named_in_both_languages'),
        ),
        migrations.AddConstraint(
            model_name='itemvisibility',
            constraint=models.UniqueConstraint(fields=('organization', 'reach', 'alliance_ids'), name='visibility_once'),
        ),
        migrations.AddConstraint(
            model_name='itemvisibility',
            constraint=models.UniqueConstraint(fields=('id', 'organization'), name='visibility_id_organization'),
        ),
        migrations.AddConstraint(
            model_name='itemvisibility',
            constraint=models.CheckConstraint(condition=models.Q(('reach__in', ['private', 'agreements', 'alliances'])), name='visibility_reach_known'),
        ),
        migrations.AddConstraint(
            model_name='itemviewer',
            constraint=models.UniqueConstraint(fields=('organization', 'visibility'), name='viewer_once'),
        ),
        migrations.AddIndex(
            model_name='item',
            index=models.Index(fields=['organization', 'status', 'id'], name='item_by_owner_status'),
        ),
        migrations.AddIndex(
            model_name='item',
            index=models.Index(fields=['shown_as', 'id'], name='item_by_shown_as'),
        ),
        migrations.AddIndex(
            model_name='item',
            index=django.contrib.postgres.indexes.GinIndex(models.Func(models.F('words'), function='array_to_tsvector'), name='item_by_word'),
        ),
        migrations.AddConstraint(
            model_name='item',
            constraint=models.UniqueConstraint(fields=('organization', 'code'), name='item_code_once'),
        ),
        migrations.AddConstraint(
            model_name='item',
            constraint=models.UniqueConstraint(fields=('organization', 'id'), name='item_organization_id'),
        ),
        migrations.AddConstraint(
            model_name='item',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['course', 'lecture', 'live_event', 'membership', 'publication', 'physical_good', 'service', 'travel', 'property', 'financial_product', 'medicine'])), name='item_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='item',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'published', 'archived'])), name='item_status_known'),
        ),
        migrations.AddConstraint(
            model_name='item',
            constraint=models.CheckConstraint(condition=models.Q(('level__in', ['', 'beginner', 'intermediate', 'advanced'])), name='item_level_known'),
        ),
        migrations.AddConstraint(
            model_name='item',
            constraint=models.CheckConstraint(condition=models.Q(('code', ''), _negated=True), name='item_code_given'),
        ),
        migrations.AddConstraint(
            model_name='item',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('title_zh', ''), _negated=True), models.Q(('title_en', ''), _negated=True), _connector='OR'), name='item_titled'),
        ),
        migrations.AddConstraint(
            model_name='item',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('currency', ''), ('price_minor__isnull', True)), models.Q(('currency__regex', '^[A-Z]{3}$'), ('price_minor__gte', 0)), _connector='OR'), name='item_price_with_currency'),
        ),
        migrations.AddConstraint(
            model_name='item',
            constraint=models.CheckConstraint(condition=models.Q(('available_from__isnull', True), ('available_until__isnull', True), ('available_until__gt', models.F('available_from')), _connector='OR'), name='item_window_not_empty'),
        ),
        migrations.AddConstraint(
            model_name='item',
            constraint=models.CheckConstraint(condition=models.Q(('minimum_age__isnull', True), ('minimum_age__lte', 120), _connector='OR'), name='item_age_possible'),
        ),
        migrations.AddConstraint(
            model_name='item',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'published'), _negated=True), models.Q(('kind__in', ['financial_product', 'medicine']), _negated=True), models.Q(('disclosure_zh', ''), _negated=True), models.Q(('disclosure_en', ''), _negated=True), _connector='OR'), name='item_discloses_what_the_law_wants'),
        ),
        RunSqlFile(SQL / "catalogue.sql"),
        CompositeForeignKey(
            "partners_item", ["visibility_id", "organization_id"], "partners_itemvisibility", ["id", "organization_id"]
        ),
    ]
