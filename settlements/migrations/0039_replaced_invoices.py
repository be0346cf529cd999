"""An invoice that was objected to is replaced by a corrected one, which waits for an answer."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from alliance.kernel.tenancy.operations import RunSqlFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("settlements", "0038_corrections_after_exchange")]

    operations = [
        migrations.AlterField(
            model_name="invoice",
            name="statement",
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="invoices", to="settlements.statement", verbose_name="statement"),
        ),
        migrations.AddField(
            model_name="invoice",
            name="replaces",
            field=models.OneToOneField(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="replaced_by", to="settlements.invoice", verbose_name="replaces"),
        ),
        migrations.RemoveConstraint(model_name="invoice", name="invoice_origin_and_state"),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=Q(origin="self_billing", sequence__isnull=False, state__in=["issued", "accepted", "objected"])
                | Q(origin="partner", sequence__isnull=True) & ~Q(number=""),
                name="invoice_origin_and_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.UniqueConstraint(fields=["statement"], condition=~Q(state="objected"), name="invoice_in_force_once"),
        ),
        RunSqlFile(SQL / "replaced_invoices.sql"),
    ]
