"""What a shop says of an order beside its amount: its parent order, why it is invalid, how many units came back."""

from pathlib import Path

from django.db import migrations, models
from django.db.models import Q

from alliance.kernel.tenancy.operations import RunSqlFile

SQL = Path(__file__).parent / "sql"
REASONS = [
    ("split", "Split into several orders"),
    ("cancelled", "Cancelled"),
    ("account_abnormal", "Abnormal account"),
    ("company_order", "Order of a company"),
    ("source_differs", "Source other than registered"),
    ("traffic_hijacked", "Hijacked traffic"),
    ("traffic_abnormal", "Abnormal traffic"),
    ("orders_abnormal", "Abnormal series of orders"),
    ("other", "Another reason"),
]


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0004_order_by_customer")]

    operations = [
        migrations.AddField(
            model_name="conversion",
            name="parent_reference",
            field=models.CharField(blank=True, db_default="", max_length=80, verbose_name="parent order"),
        ),
        migrations.AddField(
            model_name="conversion",
            name="invalid_reason",
            field=models.CharField(blank=True, choices=REASONS, db_default="", max_length=20, verbose_name="invalid because"),
        ),
        migrations.AddField(
            model_name="conversion",
            name="returned_quantity",
            field=models.IntegerField(db_default=0, verbose_name="returned units"),
        ),
        migrations.AddConstraint(
            model_name="conversion",
            constraint=models.CheckConstraint(
                condition=Q(invalid_reason__in=["", *(name for name, _ in REASONS)]), name="conversion_reason_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="conversion",
            constraint=models.CheckConstraint(condition=Q(returned_quantity__gte=0), name="conversion_returned_not_below_0"),
        ),
        RunSqlFile(SQL / "shop_words.sql"),
    ]
