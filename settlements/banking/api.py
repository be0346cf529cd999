"""Operations of the API on bank statements and what their entries are. Approving is for people, in the portal."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from alliance.kernel.http.api import OrganizationAPIView, own
from alliance.kernel.http.pagination import TimeOrderedPagination
from alliance.kernel.http.serializers import NoParameters
from alliance.kernel.permissions import Permission
from settlements.banking.api_shapes import (
    BankBalanceShape,
    BankEntryFilters,
    BankEntryShape,
    BankFileInput,
    BankImportInput,
    BankImportShape,
    BankMatchFilters,
    BankMatchInput,
    BankMatchShape,
    BankStatementShape,
)
from settlements.banking.matchable import open_entries
from settlements.banking.models import BankEntry, BankFile, BankImport, BankMatch, BankStatement, MatchKinds
from settlements.banking.proving import bank_proofs
from settlements.banking.readers.problems import BankFileError, BankFileProblem
from settlements.banking.services.confirm_bank_import import confirm_bank_import
from settlements.banking.services.preview_bank_import import preview_bank_import
from settlements.banking.services.propose_match import WantedMatch, propose_match
from settlements.banking.services.upload_bank_file import upload_bank_file


class BankFilesView(OrganizationAPIView):
    """Files from a bank."""

    required_permissions = {"POST": Permission.BANK_RECONCILE}
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="upload_bank_statement",
        tags=["bank"],
        request={"multipart/form-data": BankFileInput},
        responses={202: BankImportShape},
    )
    def post(self, request: Request) -> Response:
        """Upload a CAMT.053, version 02 or 08, or a table with its `reading`, and have it read; nothing is imported yet.

        A table is CSV in UTF-8 or GB18030, or XLSX; `reading` names its columns, as JSON:
        `{"number_own": "DE02…", "currency": "EUR", "booked_on": "Booking date", "amount": "Amount"}`. Read the import until it
        has ended, then confirm it.
        """
        given = self.body(BankFileInput)
        file = given["file"]
        file_id = upload_bank_file(
            actor=self.actor, alliance_id=given["alliance_id"], name=str(file.name), content=file, now=self.now
        )
        reading = given.get("reading")
        if reading is None and not BankFile.objects.get(pk=file_id).is_camt:
            raise BankFileError(BankFileProblem.NOT_CAMT)
        preview_id = preview_bank_import(actor=self.actor, file_id=file_id, reading=reading, now=self.now)
        return Response(BankImportShape(BankImport.objects.get(pk=preview_id)).data, status=status.HTTP_202_ACCEPTED)


class BankImportsView(OrganizationAPIView):
    """Readings of files: previews, and imports that were confirmed."""

    required_permissions = {"GET": Permission.BANK_RECONCILE, "POST": Permission.BANK_RECONCILE}
    pagination_class = TimeOrderedPagination

    @extend_schema(operation_id="list_bank_imports", tags=["bank"], responses=BankImportShape(many=True))
    def get(self, request: Request) -> Response:
        """Previews and imports, latest first."""
        self.query(NoParameters)
        return self.page(BankImport.objects.all(), BankImportShape)

    @extend_schema(
        operation_id="confirm_bank_import", tags=["bank"], request=BankImportInput, responses={202: BankImportShape}
    )
    def post(self, request: Request) -> Response:
        """Import what a preview has found, once; confirming again gives the same import.

        Entries that match payouts, fees and unknown money are proposed as such; another person approves them.
        """
        import_id = confirm_bank_import(actor=self.actor, now=self.now, **self.body(BankImportInput))
        return Response(BankImportShape(BankImport.objects.get(pk=import_id)).data, status=status.HTTP_202_ACCEPTED)


class BankImportView(OrganizationAPIView):
    """One reading of a file."""

    required_permissions = {"GET": Permission.BANK_RECONCILE}

    @extend_schema(operation_id="get_bank_import", tags=["bank"], responses=BankImportShape)
    def get(self, request: Request, bank_import_id: UUID) -> Response:
        """How far it is, and what was found."""
        self.query(NoParameters)
        return Response(BankImportShape(own(BankImport.objects.all(), bank_import_id)).data)


class BankStatementsView(OrganizationAPIView):
    """Statements of the host's accounts."""

    required_permissions = {"GET": Permission.BANK_RECONCILE}
    pagination_class = TimeOrderedPagination

    @extend_schema(operation_id="list_bank_statements", tags=["bank"], responses=BankStatementShape(many=True))
    def get(self, request: Request) -> Response:
        """Bank statements, latest imported first."""
        self.query(NoParameters)
        return self.page(BankStatement.objects.all(), BankStatementShape)


class BankStatementView(OrganizationAPIView):
    """One bank statement."""

    required_permissions = {"GET": Permission.BANK_RECONCILE}

    @extend_schema(operation_id="get_bank_statement", tags=["bank"], responses=BankStatementShape)
    def get(self, request: Request, bank_statement_id: UUID) -> Response:
        """One bank statement."""
        self.query(NoParameters)
        return Response(BankStatementShape(own(BankStatement.objects.all(), bank_statement_id)).data)


class BankBalancesView(OrganizationAPIView):
    """Money at the bank, by the bank and by the books."""

    required_permissions = {"GET": Permission.BANK_RECONCILE}

    @extend_schema(operation_id="list_bank_balances", tags=["bank"], responses=BankBalanceShape(many=True))
    def get(self, request: Request) -> Response:
        """For each alliance and currency both balances, and every line by which they differ."""
        self.query(NoParameters)
        return Response(BankBalanceShape(bank_proofs(), many=True).data)


class BankEntriesView(OrganizationAPIView):
    """Movements on the host's accounts."""

    required_permissions = {"GET": Permission.BANK_RECONCILE}
    pagination_class = TimeOrderedPagination

    @extend_schema(
        operation_id="list_bank_entries",
        tags=["bank"],
        parameters=[BankEntryFilters],
        responses=BankEntryShape(many=True),
    )
    def get(self, request: Request) -> Response:
        """Entries, latest imported first; of one statement, or those that nobody takes for anything."""
        wanted = self.query(BankEntryFilters)
        rows = open_entries() if wanted.pop("is_open", False) else BankEntry.objects.all()
        return self.page(rows.filter(**wanted), BankEntryShape)


class BankMatchesView(OrganizationAPIView):
    """What entries are taken for."""

    required_permissions = {"GET": Permission.BANK_RECONCILE, "POST": Permission.BANK_RECONCILE}
    pagination_class = TimeOrderedPagination

    @extend_schema(
        operation_id="list_bank_matches",
        tags=["bank"],
        parameters=[BankMatchFilters],
        responses=BankMatchShape(many=True),
    )
    def get(self, request: Request) -> Response:
        """Matches, latest first."""
        return self.page(BankMatch.objects.filter(**self.query(BankMatchFilters)), BankMatchShape)

    @extend_schema(
        operation_id="propose_bank_match", tags=["bank"], request=BankMatchInput, responses={201: BankMatchShape}
    )
    def post(self, request: Request) -> Response:
        """Take an entry for something. Nothing is posted before a person approves it in the portal."""
        given = self.body(BankMatchInput)
        wanted = WantedMatch(**{**given, "kind": MatchKinds(given["kind"])})
        match_id = propose_match(actor=self.actor, wanted=wanted, now=self.now)
        return Response(BankMatchShape(BankMatch.objects.get(pk=match_id)).data, status=status.HTTP_201_CREATED)


class BankMatchView(OrganizationAPIView):
    """One match."""

    required_permissions = {"GET": Permission.BANK_RECONCILE}

    @extend_schema(operation_id="get_bank_match", tags=["bank"], responses=BankMatchShape)
    def get(self, request: Request, match_id: UUID) -> Response:
        """One match with who proposed and who decided it."""
        self.query(NoParameters)
        return Response(BankMatchShape(own(BankMatch.objects.all(), match_id)).data)
