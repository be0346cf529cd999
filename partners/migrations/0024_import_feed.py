"""Which feed brought an imported file."""

import django.db.models.deletion
from django.db import migrations, models

from alliance.kernel.tenancy.operations import CompositeForeignKey


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0023_item_pictures'),
    ]

    operations = [
        migrations.AddField(
            model_name='itemimport',
            name='feed',
            field=models.ForeignKey(db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='imports', to='partners.itemfeed', verbose_name='feed of items'),
        ),
        CompositeForeignKey("partners_itemimport", ["feed_id", "organization_id"], "partners_itemfeed", ["id", "organization_id"]),
    ]
