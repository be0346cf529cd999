"""Functions that say who sees what, and foreign keys that keep tenants apart."""

from pathlib import Path

from django.db import migrations

from alliance.kernel.tenancy.operations import CompositeForeignKey, RunSqlFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("partners", "0001_initial")]
    operations = [
        RunSqlFile(SQL / "visibility.sql"),
        CompositeForeignKey("partners_alliancemembership", ["alliance_id", "host_id"], "partners_alliance", ["id", "host_id"]),
        CompositeForeignKey("partners_agreement", ["alliance_id", "host_id"], "partners_alliance", ["id", "host_id"]),
        CompositeForeignKey(
            "partners_agreement", ["id", "proposed_by_id"], "partners_agreementparty", ["agreement_id", "organization_id"]
        ),
        CompositeForeignKey("partners_acceptance", ["version_id", "agreement_id"], "partners_termsversion", ["id", "agreement_id"]),
        CompositeForeignKey("partners_agreementparty", ["agreement_id", "alliance_id"], "partners_agreement", ["id", "alliance_id"]),
        CompositeForeignKey(
            "partners_agreementparty",
            ["alliance_id", "organization_id"],
            "partners_alliancemembership",
            ["alliance_id", "organization_id"],
        ),
        CompositeForeignKey(
            "partners_acceptance",
            ["agreement_id", "organization_id"],
            "partners_agreementparty",
            ["agreement_id", "organization_id"],
        ),
    ]
