"""Operation of the API on files that are to be signed with a proposal."""

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from alliance.kernel.http.api import OrganizationAPIView
from alliance.kernel.permissions import Permission
from partners.agreements.api.examples import FILE_EXAMPLES
from partners.agreements.api.shapes import AgreementFileInput, UploadedFileShape
from partners.agreements.services.attach_file import attach_file
from partners.models import AgreementFile


class AgreementFilesView(OrganizationAPIView):
    """Files to be signed."""

    required_permissions = {"POST": Permission.AGREEMENT_PROPOSE}
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="upload_agreement_file",
        tags=["agreements"],
        request={"multipart/form-data": AgreementFileInput},
        responses={201: UploadedFileShape},
        examples=FILE_EXAMPLES,
    )
    def post(self, request: Request) -> Response:
        """Upload a PDF of at most 20 MB, which a proposal or a draft then names by `file_id`.

        One that can do more than be read is refused with `file_active`: scripts, other files in it, a password. The
        caller's organization alone has it until it is proposed; a file that nobody names is forgotten after some days.
        """
        file = self.body(AgreementFileInput)["file"]
        file_id = attach_file(actor=self.actor, content=file, name=str(file.name), now=self.now)
        row = AgreementFile.objects.get(pk=file_id)
        return Response(UploadedFileShape(row).data, status=status.HTTP_201_CREATED)
