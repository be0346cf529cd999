"""Companies that want to host apply to the operators; those that want to join now apply to a host (0013)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0011_api_keys'),
    ]

    operations = [
        # An organization that was approved from such an application stays; what is forgotten is the request alone.
        migrations.RunSQL("DELETE FROM partners_application WHERE kind = 'partner'", migrations.RunSQL.noop),
        migrations.RenameModel(old_name='Application', new_name='HostApplication'),
        migrations.RemoveField(model_name='hostapplication', name='kind'),
        migrations.AlterModelOptions(
            name='hostapplication',
            options={'ordering': ['-created_at'], 'verbose_name': 'host application', 'verbose_name_plural': 'host applications'},
        ),
    ]
