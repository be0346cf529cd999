"""Find the orders of one customer: who bought first under terms that did not count people yet."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0003_taking_back"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("customer", ""), _negated=True),
                fields=["organization", "customer"],
                name="order_by_customer",
            ),
        ),
    ]
