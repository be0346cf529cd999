"""What the database holds of the life of agreements."""

from pathlib import Path

from django.db import migrations

from alliance.kernel.tenancy.operations import CompositeForeignKey, RunSqlFile

SQL = Path(__file__).parent / "sql"
SEAT = ("partners_agreementparty", ["agreement_id", "organization_id"])
VERSION = ("partners_termsversion", ["id", "agreement_id"])


class Migration(migrations.Migration):
    dependencies = [("partners", "0007_agreement_life")]
    operations = [
        RunSqlFile(SQL / "agreement_life.sql"),
        CompositeForeignKey("partners_termsversion", ["agreement_id", "proposed_by_id"], *SEAT),
        CompositeForeignKey("partners_termsversion", ["fallback_id", "agreement_id"], *VERSION),
        CompositeForeignKey("partners_termsversion", ["answers_id", "agreement_id"], *VERSION),
        CompositeForeignKey("partners_ending", ["agreement_id", "declared_by_id"], *SEAT),
        CompositeForeignKey("partners_ending", ["version_id", "agreement_id"], *VERSION),
        CompositeForeignKey("partners_endingsignature", ["ending_id", "agreement_id"], "partners_ending", ["id", "agreement_id"]),
        CompositeForeignKey("partners_endingsignature", ["agreement_id", "organization_id"], *SEAT),
        CompositeForeignKey("partners_renewal", ["version_id", "agreement_id"], *VERSION),
    ]
