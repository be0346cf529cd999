"""The file that people take to the bank."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from alliance.kernel.clock import utc_now
from alliance.kernel.errors import DomainError, NotFoundError
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.errors import add_form_error
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from settlements.banking.batch_transfers import BatchNotApprovedError, fileable_batch
from settlements.banking.pages.imports import UNPROCESSABLE, require_host
from settlements.banking.services.create_payment_file import create_payment_file
from settlements.forms import ExportForm
from settlements.models import PAYMENT_FORMATS, Export
from settlements.tables import ExportTable


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.PAYOUT_APPROVE)
def payment_file_new(request: MemberRequest, batch_id: UUID) -> HttpResponse:
    """Choose a format; and the files that were made of this batch."""
    require_host(request)
    try:
        batch = fileable_batch(batch_id).batch
    except BatchNotApprovedError as error:
        messages.error(request, str(error))
        return redirect("portal:payout_batch", batch_id)
    form = ExportForm(request.POST or None, offered=PAYMENT_FORMATS)
    if request.method == "POST" and form.is_valid():
        try:
            export_id = create_payment_file(
                actor=request.actor, batch_id=batch_id, file_format=form.chosen, now=utc_now()
            )
        except NotFoundError:
            raise
        except DomainError as error:
            add_form_error(form, error)
        else:
            messages.success(request, _("The file is being made."))
            return redirect("portal:export", export_id)
    files = Export.objects.filter(batch=batch).order_by("-queued_at", "-id")[:20]
    context = {"batch": batch, "form": form, "table": ExportTable(files) if files else None}
    return render(
        request, "settlements/banking/payment_file.html", context, status=UNPROCESSABLE if form.errors else 200
    )
