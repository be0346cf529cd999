"""The file for the bank: of what was approved, valid, the same bytes each time, for people with a second factor."""

import hashlib
from decimal import Decimal

import pytest
from defusedxml.ElementTree import fromstring
from django.core.files.storage import default_storage
from django.urls import resolve, reverse

from alliance.kernel.actor import PersonRequiredError, SecondFactorRequiredError
from alliance.kernel.errors import NotFoundError, NotPermittedError
from alliance.kernel.permissions import Permission, Role
from alliance.kernel.tenancy import organization_scope
from settlements.banking.batch_transfers import BatchNotApprovedError, OwnAccountMissingError
from settlements.banking.services.create_payment_file import NotAPaymentFormatError, create_payment_file
from settlements.banking.writers.writing import TransfersRefusedError
from settlements.models import Export, ExportFormat
from tests.api import Caller
from tests.cast import signed_in
from tests.contract.settlements.market import FEBRUARY, MARCH
from tests.jobs import run_all_jobs
from tests.payouts import bank_account_of
from tests.reconciling import Bank

pytestmark = pytest.mark.django_db

OWN = {"number": "FR1420041010050500013M02606", "holder_name": "Lectern 讲台"}


@pytest.fixture
def bank(db):
    bank = Bank(own_account=OWN)
    bank.batch_id = bank.payout().batch_id
    return bank


def made(bank, file_format=ExportFormat.PAIN_09, *, actor=None, batch_id=None):
    with organization_scope(bank.host.id):
        export_id = create_payment_file(
            actor=actor or bank.owner, batch_id=batch_id or bank.batch_id, file_format=file_format, now=FEBRUARY
        )
    run_all_jobs(bank.host.id)
    with organization_scope(bank.host.id):
        export = Export.objects.get(pk=export_id)
    with default_storage.open(export.stored_as) as file:
        return export, file.read()


def texts(content, tag):
    return [element.text for element in fromstring(content, forbid_dtd=True).iter() if element.tag.endswith(f"}}{tag}")]


@pytest.mark.parametrize("file_format", [ExportFormat.PAIN_03, ExportFormat.PAIN_09, ExportFormat.PAIN_11])
def test_what_was_approved_as_the_bank_takes_it(bank, file_format):
    export, content = made(bank, file_format)
    assert texts(content, "EndToEndId") == ["PO-000001-001"]
    assert [Decimal(amount) for amount in texts(content, "InstdAmt")] == [Decimal("40.00")]
    assert texts(content, "CtrlSum") == ["40.00", "40.00"]
    assert texts(content, "IBAN") == [OWN["number"], bank.iban]
    assert texts(content, "Nm")[0] == "Lectern Jiang Tai"
    assert (export.sha256, export.file_name) == (hashlib.sha256(content).hexdigest(), "PB-000001.xml")
    assert f"{file_format}.xsd" in export.checked_with


def test_the_same_batch_gives_the_same_bytes_even_after_accounts_have_changed(bank):
    first, content = made(bank)
    bank_account_of(bank.host, now=MARCH, number="NL91ABNA0417164300", holder_name="Other")
    again, later = made(bank, actor=bank.finance)
    assert (again.sha256, later) == (first.sha256, content)


def test_what_a_format_can_not_hold_is_said_at_once(bank):
    with pytest.raises(TransfersRefusedError) as refused:
        made(bank, ExportFormat.CN_CSV)
    assert "PO-000001-001" in str(refused.value)
    with pytest.raises(NotAPaymentFormatError):
        made(bank, ExportFormat.CSV)
    with organization_scope(bank.host.id):
        assert not Export.objects.exists()


def test_a_batch_that_nobody_approved_and_a_host_without_an_account(bank):
    bank._earns(FEBRUARY, MARCH, "O-2")
    prepared = bank.desk.prepare(now=MARCH)
    with pytest.raises(BatchNotApprovedError):
        made(bank, batch_id=prepared)
    poor = Bank()
    with pytest.raises(OwnAccountMissingError):
        made(poor, batch_id=poor.payout().batch_id)


def test_who_may_not(bank):
    for actor, error in (
        (bank.host.actor(has_second_factor=False), SecondFactorRequiredError),
        (bank.host.actor(Role.MANAGER), NotPermittedError),
    ):
        with pytest.raises(error):
            made(bank, actor=actor)
    with organization_scope(bank.market.north.id), pytest.raises(NotFoundError):
        create_payment_file(
            actor=bank.market.north.actor(), batch_id=bank.batch_id, file_format=ExportFormat.PAIN_09, now=FEBRUARY
        )
    assert PersonRequiredError.code == "person_required"


def test_through_the_pages_with_a_second_factor_only(bank):
    address = reverse("portal:payment_file_new", args=[bank.batch_id])
    strong = signed_in(bank.host.owner, organization=bank.host, second_factor=True)
    assert "PB-000001" in strong.get(address).content.decode()
    refused = strong.post(address, {"file_format": "cn-csv"})
    assert refused.status_code == 422
    assert "The account number does not fit this format." in refused.content.decode()
    made_ = strong.post(address, {"file_format": "pain.001.001.09"})
    run_all_jobs(bank.host.id)
    page = strong.get(made_.url).content.decode()
    assert "pain.001.001.09.xsd" in page
    assert address in page
    export_id = resolve(made_.url).kwargs["export_id"]
    file = reverse("portal:export_file", args=[export_id])
    with organization_scope(bank.host.id):
        Export.objects.filter(pk=export_id).update(expires_at=MARCH.replace(year=2099))
    assert b"EndToEndId" in b"".join(strong.get(file).streaming_content)
    weak = signed_in(bank.host.owner, organization=bank.host)
    assert "second factor" in weak.get(file, follow=True).content.decode()
    manager = signed_in(bank.host.manager, organization=bank.host)
    assert manager.get(file).status_code == 404
    assert manager.get(address).status_code == 403


def test_no_key_gets_hold_of_it(bank):
    export, _ = made(bank)
    caller = Caller(bank.host, [Permission.EXPORT_CREATE, Permission.AUDIT_READ])
    assert caller.get(f"/api/v1/exports/{export.pk}").status_code == 404
    assert caller.get(f"/api/v1/exports/{export.pk}/file").status_code == 404
