"""Rules about who may show an item."""

from pathlib import Path

import alliance.kernel.clock
import alliance.kernel.ids
import django.db.models.deletion
from django.db import migrations, models

from alliance.kernel.tenancy.operations import CompositeForeignKey, RunSqlFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0019_single_sign_on'),
    ]

    operations = [
        migrations.CreateModel(
            name='DisplayRule',
            fields=[
                ('id', models.UUIDField(default=alliance.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('effect', models.CharField(choices=[('allow', 'May be shown'), ('deny', 'Must not be shown'), ('exclusive', 'Only this partner may show it'), ('price_floor', 'Not below a price')], max_length=12, verbose_name='effect')),
                ('floor_minor', models.BigIntegerField(blank=True, null=True, verbose_name='lowest price')),
                ('currency', models.CharField(blank=True, max_length=3, verbose_name='currency')),
                ('holds_from', models.DateTimeField(blank=True, null=True, verbose_name='holds from')),
                ('holds_until', models.DateTimeField(blank=True, null=True, verbose_name='holds until')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
                ('created_by', models.CharField(blank=True, editable=False, max_length=160, verbose_name='by')),
                ('created_at', models.DateTimeField(default=alliance.kernel.clock.utc_now, editable=False, verbose_name='created')),
                ('updated_at', models.DateTimeField(default=alliance.kernel.clock.utc_now, editable=False, verbose_name='changed')),
                ('alliance', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.alliance', verbose_name='alliance')),
                ('category', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.itemcategory', verbose_name='category')),
                ('item', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='display_rules', to='partners.item', verbose_name='item')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization', verbose_name='owner')),
                ('partner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.organization', verbose_name='partner')),
            ],
            options={
                'verbose_name': 'display rule',
                'verbose_name_plural': 'display rules',
                'ordering': ['-id'],
                'constraints': [models.UniqueConstraint(fields=('organization', 'effect', 'alliance', 'partner', 'item', 'category', 'currency', 'holds_from'), name='display_rule_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('effect__in', ['allow', 'deny', 'exclusive', 'price_floor'])), name='display_rule_effect_known'), models.CheckConstraint(condition=models.Q(('item__isnull', True), ('category__isnull', True), _connector='OR'), name='display_rule_one_target'), models.CheckConstraint(condition=models.Q(models.Q(('effect', 'exclusive'), _negated=True), ('partner__isnull', False), _connector='OR'), name='display_rule_exclusive_to_somebody'), models.CheckConstraint(condition=models.Q(models.Q(('currency__regex', '^[A-Z]{3}$'), ('effect', 'price_floor'), ('floor_minor__gt', 0)), models.Q(models.Q(('effect', 'price_floor'), _negated=True), ('currency', ''), ('floor_minor__isnull', True)), _connector='OR'), name='display_rule_floor_with_currency'), models.CheckConstraint(condition=models.Q(('holds_from__isnull', True), ('holds_until__isnull', True), ('holds_until__gt', models.F('holds_from')), _connector='OR'), name='display_rule_window_not_empty'), models.CheckConstraint(condition=models.Q(('partner', models.F('organization')), _negated=True), name='display_rule_of_others')],
            },
        ),
        CompositeForeignKey("partners_displayrule", ["item_id", "organization_id"], "partners_item", ["id", "organization_id"]),
        RunSqlFile(SQL / "display_rules.sql"),
    ]
