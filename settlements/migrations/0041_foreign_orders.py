"""Orders in another currency than their agreement's accrue at the stored rate of their day, or wait for one."""

from pathlib import Path

from django.db import migrations, models
from django.db.models import Q

from alliance.kernel.tenancy.operations import RunSqlFile

SQL = Path(__file__).parent / "sql"
REASONS = [
    ("unknown_partner", "No partner of the alliance has this code"),
    ("no_agreement", "No agreement with the partner was in force"),
    ("original_unknown", "The order that it takes back has not come yet"),
    ("refund_too_large", "It takes back more than is left of its order"),
    ("rate_missing", "No exchange rate of its day into the agreement's currency is stored"),
]


class Migration(migrations.Migration):
    dependencies = [("settlements", "0040_taxes_by_original")]

    operations = [
        migrations.AlterField(
            model_name="suspenseitem",
            name="reason",
            field=models.CharField(choices=REASONS, max_length=20, verbose_name="reason"),
        ),
        migrations.RemoveConstraint(model_name="suspenseitem", name="suspense_reason_known"),
        migrations.AddConstraint(
            model_name="suspenseitem",
            constraint=models.CheckConstraint(condition=Q(reason__in=[name for name, _ in REASONS]), name="suspense_reason_known"),
        ),
        RunSqlFile(SQL / "foreign_orders.sql"),
    ]
