"""Foreign keys that keep tenants apart, and what never changes."""

from pathlib import Path

from django.db import migrations

from alliance.kernel.tenancy.operations import CompositeForeignKey, RunSqlFile

SQL = Path(__file__).parent / "sql"
HOST_OF_ALLIANCE = ("partners_alliance", ["id", "host_id"])


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_initial"), ("partners", "0002_visibility")]
    operations = [
        RunSqlFile(SQL / "integrity.sql"),
        CompositeForeignKey("campaigns_order", ["alliance_id", "organization_id"], *HOST_OF_ALLIANCE),
        CompositeForeignKey(
            "campaigns_order", ["order_import_id", "organization_id"], "campaigns_orderimport", ["id", "organization_id"]
        ),
        CompositeForeignKey("campaigns_orderline", ["order_id", "organization_id"], "campaigns_order", ["id", "organization_id"]),
        CompositeForeignKey("campaigns_importpreview", ["alliance_id", "organization_id"], *HOST_OF_ALLIANCE),
        CompositeForeignKey(
            "campaigns_importpreview", ["order_file_id", "organization_id"], "campaigns_orderfile", ["id", "organization_id"]
        ),
        CompositeForeignKey("campaigns_orderimport", ["alliance_id", "organization_id"], *HOST_OF_ALLIANCE),
        CompositeForeignKey(
            "campaigns_orderimport", ["order_file_id", "organization_id"], "campaigns_orderfile", ["id", "organization_id"]
        ),
        CompositeForeignKey(
            "campaigns_orderimport", ["preview_id", "organization_id"], "campaigns_importpreview", ["id", "organization_id"]
        ),
        CompositeForeignKey(
            "campaigns_orderimporterror",
            ["order_import_id", "organization_id"],
            "campaigns_orderimport",
            ["id", "organization_id"],
        ),
        CompositeForeignKey("campaigns_conversion", ["alliance_id", "host_id"], *HOST_OF_ALLIANCE),
        CompositeForeignKey("campaigns_conversion", ["order_id", "host_id"], "campaigns_order", ["id", "organization_id"]),
        CompositeForeignKey(
            "campaigns_conversion",
            ["alliance_id", "partner_id"],
            "partners_alliancemembership",
            ["alliance_id", "organization_id"],
        ),
        CompositeForeignKey("campaigns_conversion", ["agreement_id", "alliance_id"], "partners_agreement", ["id", "alliance_id"]),
        CompositeForeignKey(
            "campaigns_conversion",
            ["agreement_id", "partner_id"],
            "partners_agreementparty",
            ["agreement_id", "organization_id"],
        ),
    ]
