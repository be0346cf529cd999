"""Value-added tax goes back at the rate at which it was added, statement by statement."""

from pathlib import Path

from django.db import migrations, models
from django.db.models import Q

from alliance.kernel.tenancy.operations import RunSqlFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("settlements", "0039_replaced_invoices")]

    operations = [
        migrations.RemoveConstraint(model_name="adjustment", name="adjustment_not_zero"),
        migrations.AddConstraint(
            model_name="adjustment",
            constraint=models.CheckConstraint(
                condition=~Q(amount_minor=0) | Q(kind__in=["tax_reversed", "tax_unrecovered", "value_added_tax"]),
                name="adjustment_not_zero",
            ),
        ),
        migrations.AddField(
            model_name="invoice", name="by_rate", field=models.JSONField(default=list, verbose_name="by rate")
        ),
        migrations.RemoveConstraint(model_name="invoice", name="invoice_of_something"),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(condition=~Q(net_minor=0) | ~Q(vat_minor=0), name="invoice_of_something"),
        ),
        RunSqlFile(SQL / "taxes_by_original.sql"),
    ]
