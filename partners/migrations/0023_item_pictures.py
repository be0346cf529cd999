"""Pictures of items."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0022_item_feeds'),
    ]

    operations = [
        migrations.AddField(
            model_name='item',
            name='pictures',
            field=models.JSONField(blank=True, db_default=models.Value([], models.JSONField()), default=list, editable=False, verbose_name='pictures'),
        ),
    ]
