"""A company becomes a partner in a real browser: it applies, is asked for changes, is approved, invites, signs, and leaves."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.core import mail
from django.urls import reverse
from django.utils import translation
from playwright.sync_api import Locator, Page, expect

from alliance.kernel.clock import utc_now
from alliance.kernel.tenancy import organization_scope
from alliance.portal.templatetags.portal import day_name
from partners.models import PartnerApplication
from partners.onboarding.domain.steps import Step
from tests.applicants import AUDIENCE, BANK, COMPANY, CONTACTS, page_of
from tests.browser.inspection import violations
from tests.cast import Cast, full_cast, signed_in
from tests.documents import pdf_bytes
from tests.jobs import run_all_jobs
from tests.outbox import deliver_all
from tests.payouts import german_iban

PASSWORD = "quite another 77 password"
REMARK = "The licence is not of this company."
MISTYPED = {**COMPANY, "tax_id": "DE136695977"}


@dataclass
class Story:
    """Who takes part, each with a page of their own in one language, and what has become known of the company."""

    cast: Cast
    slug: str
    language: str
    applicant: Page
    host: Page
    north: Page
    name: str
    email: str

    def said(self, message: str, **values: object) -> str:
        """A sentence of the product in the story's language."""
        with translation.override(self.language):
            return translation.gettext(message) % values

    def work_off(self) -> None:
        """What worker and relay would do now, the copies of what was signed among it."""
        with organization_scope(self.cast.host.id):
            applicants = PartnerApplication.objects.values_list("organization_id", flat=True)
            everybody = {self.cast.host.id, self.cast.north.id, *applicants}
        deliver_all(*everybody, copies=True)
        run_all_jobs(*everybody)


@pytest.fixture(params=["en", "zh-hans"])
def story(request, world, site, open_context, committed):
    cast, token = full_cast(), uuid4().hex[:8]

    def page_for(user) -> Page:
        context = open_context(language=request.param)
        key = signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": site}])
        return context.new_page()

    applicant = open_context(language=request.param).new_page()
    people = applicant, page_for(cast.host.owner), page_for(cast.north.owner)
    slug = page_of(cast.alliance).slug
    return Story(cast, slug, request.param, *people, name=f"Fit {token}", email=f"owner@{token}.example")


def fill(page: Page, **values: str) -> None:
    """Type into the form of a page; choices and radio buttons are chosen."""
    for name, value in values.items():
        field = page.locator(f"main [name={name}]")
        kind = field.first.evaluate("element => element.type")
        if kind == "radio":
            page.locator(f"main [name={name}][value={value}]").check()
        elif kind.startswith("select"):
            field.select_option(value)
        elif kind == "checkbox":
            field.check()
        else:
            field.fill(value)


def send(page: Page) -> None:
    """The main button of the form."""
    page.locator("main form button[type=submit].btn-primary, main form button.alliance-button").last.click()


def told(page: Page) -> Locator:
    return page.get_by_role("region", name=re.compile("Messages|消息"))


# --- Applying ----------------------------------------------------------------------------------------------------


def sign_up(story: Story) -> None:
    """From the alliance's page to a login, proven by the link in the mail; the way leads back to the application."""
    page = story.applicant
    page.goto(reverse("portal:application_page", args=[story.slug]))
    assert violations(page) == []
    page.locator("a.alliance-button").click()
    fill(page, full_name="Demo applicant", email=story.email, password1=PASSWORD, password2=PASSWORD)
    send(page)
    page.goto("/demo/mail/")
    letter = page.get_by_role("article").filter(has_text=story.email).first
    page.goto(str(letter.get_by_role("link").first.get_attribute("href")))
    page.locator("main form button[type=submit]").first.click()  # the address is confirmed by a press, not by a visit
    fill(page, login=story.email, password=PASSWORD)
    page.locator("form#sign-in button[type=submit]").first.click()
    expect(page).to_have_url(re.compile(reverse("portal:application_found", args=[story.slug])))


def answer_the_steps(story: Story) -> None:
    """Five steps, each saved; a mistyped tax number is said beside its field and keeps what was typed."""
    page = story.applicant
    fill(page, name=story.name, country="DE", time_zone="Europe/Berlin")
    send(page)
    fill(page, **{**MISTYPED, "name_zh": story.name, "name_en": story.name})
    send(page)
    expect(page.locator("#div_id_tax_id .invalid-feedback")).to_be_visible()
    expect(page.locator("[name=tax_id]")).to_have_value(MISTYPED["tax_id"])
    assert violations(page) == []
    fill(page, tax_id=COMPANY["tax_id"])
    send(page)
    fill(page, **AUDIENCE)
    send(page)
    fill(page, **CONTACTS)
    send(page)
    upload(page, "business_licence", "bank_proof")
    page.locator("main form a.btn-primary").click()
    number = german_iban()
    fill(page, **{**BANK, "number": number})
    send(page)
    expect(page).to_have_url(re.compile(r"/application/[0-9a-f-]+/$"))
    assert violations(page) == []
    expect(page.locator("main")).not_to_contain_text(number)


def upload(page: Page, *kinds: str) -> None:
    for kind in kinds:
        file = {"name": f"{kind}.pdf", "mimeType": "application/pdf", "buffer": pdf_bytes(kind)}
        page.locator("main [name=kind]").select_option(kind)
        page.locator("main [name=file]").set_input_files(file)
        page.locator("main form[enctype] button[type=submit]").click()
        expect(page.get_by_role("link", name=f"{kind}.pdf")).to_be_visible()


def submit(story: Story) -> None:
    page = story.applicant
    page.locator("main form[action$='/submit/'] button").click()
    expect(told(page)).to_contain_text(
        story.said("Submitted. %(host)s looks at it and answers by mail.", host=story.cast.host.name)
    )


# --- Deciding ----------------------------------------------------------------------------------------------------


def open_review(story: Story) -> None:
    page = story.host
    page.goto(reverse("portal:applications"))
    page.locator("main tbody a[href*='/applications/']").first.click()
    expect(page.locator("main")).to_contain_text(story.name)
    assert violations(page) == []


def ask_for_changes(story: Story) -> None:
    """The host takes the review up and sends the documents back; the applicant reads why at that step."""
    page = story.host
    open_review(story)
    page.locator("form[action$='/take-up/'] button").click()
    page.locator("main a[href$='/changes/'], header a[href$='/changes/'], a[href$='/changes/']").first.click()
    fill(page, documents=REMARK)
    send(page)
    expect(told(page)).to_contain_text(story.said("The applicant is asked to change this, and gets a mail."))
    story.work_off()
    assert story.email in {address for letter in mail.outbox for address in letter.to}


def resubmit(story: Story) -> None:
    page = story.applicant
    page.reload()
    overview = page.url
    page.goto(f"{overview}steps/{Step.DOCUMENTS}/")
    expect(page.locator("main")).to_contain_text(REMARK)
    upload(page, "other")
    page.goto(overview)
    submit(story)


def approve(story: Story) -> None:
    page = story.host
    open_review(story)
    page.locator("form[action$='/ticks/'] button").first.click()
    page.locator("a[href$='/approve/']").first.click()
    fill(page, partner_code="fit")
    send(page)
    expect(told(page)).to_contain_text(story.said("The company is a member of the alliance now, and gets a mail."))
    story.applicant.goto(reverse("portal:home"))
    expect(story.applicant.get_by_role("heading", level=1)).to_contain_text(story.name)


def invite_a_colleague(story: Story, newcomer: Page) -> None:
    """The link comes by mail, is bound to the address, and leads to a login of the colleague's own."""
    page, email = story.applicant, f"colleague-{story.email}"
    page.goto(reverse("portal:member_invite"))
    fill(page, email=email, role="viewer")
    send(page)
    expect(told(page)).to_contain_text(story.said("The invitation is on its way to %(email)s.", email=email))
    story.work_off()
    letter = next(letter for letter in mail.outbox if email in letter.to)
    link = re.search(r"/join/[^/\s]+/", letter.body)
    assert link
    newcomer.goto(link[0])
    newcomer.locator("main a[href*=signup], main a.btn-primary").first.click()
    fill(newcomer, full_name="Demo colleague", password1=PASSWORD, password2=PASSWORD)
    send(newcomer)
    expect(newcomer.get_by_role("heading", level=1)).to_contain_text(story.name)
    newcomer.goto(reverse("portal:member_invite"))
    expect(newcomer.get_by_role("heading", level=1)).not_to_contain_text(story.said("Invite people"))


# --- The agreement -----------------------------------------------------------------------------------------------


def propose_the_agreement(story: Story) -> str:
    """Three parties: the host with half, the two partners with a quarter each; the third row is asked for."""
    page = story.host
    page.goto(reverse("portal:agreement_propose", args=[story.cast.alliance.id]))
    page.locator("[name=add_row]").click()
    rows = page.locator("#share-rows select")
    expect(rows).to_have_count(3)
    for row, (party, share) in enumerate(
        [(story.cast.host.name, "50"), (story.name, "25"), (story.cast.north.name, "25")]
    ):
        rows.nth(row).select_option(label=party)
        page.locator("#share-rows input[type=text]").nth(row).fill(share)
    fill(page, name=f"Three together {story.name}", currency="EUR", signer_name="Demo host")
    send(page)
    expect(told(page)).to_contain_text(story.said("The agreement is proposed. It waits for every party's acceptance."))
    return page.url


def sign(story: Story, agreement: str) -> None:
    """Both partners read and accept what waits for them; nothing binds before the last of them."""
    for number, page in enumerate((story.applicant, story.north)):
        page.goto(agreement)
        if number == 0:
            assert violations(page) == []
        page.locator("a[href$='/accept/']").first.click()
        fill(page, signer_name=f"Demo signer {number}", signer_title="Managing Director")
        page.locator("main form button[type=submit].btn-primary").last.click()
        expect(page.locator("#div_id_confirmed")).to_contain_text(story.said("Confirm that you accept the terms."))
        fill(page, confirmed="on")
        page.locator("main form button[type=submit].btn-primary").last.click()
        expect(page).to_have_url(agreement)
    story.work_off()


def read_the_signed_copy(story: Story, agreement: str, copies: int) -> None:
    page = story.applicant
    page.goto(agreement)
    expect(page.locator("main a[href$='/copy/']")).to_have_count(copies)
    with page.expect_download() as download:
        page.locator("main a[href$='/copy/']").first.click()
    assert download.value.path().read_bytes().startswith(b"%PDF-")


def amend(story: Story, agreement: str) -> None:
    """Other shares from next week; who signs sees what changes, in words and numbers."""
    page = story.host
    page.goto(agreement)
    page.locator("a[href$='/versions/new/']").first.click()
    for row, share in enumerate(("40", "35", "25")):
        page.locator("#share-rows input[type=text]").nth(row).fill(share)
    fill(page, effective_on=(today() + timedelta(days=7)).isoformat(), signer_name="Demo host")
    send(page)
    expect(page).to_have_url(agreement)
    page = story.applicant
    page.goto(agreement)
    page.locator("a[href$='/accept/']").first.click()
    changes = page.locator("main .difference, main table").first
    expect(changes).to_contain_text("25%")
    expect(changes).to_contain_text("35%")
    assert violations(page) == []


def end_by_consent(story: Story, agreement: str) -> None:
    """The host proposes the last day; each partner signs the end."""
    page, last_on = story.host, today() + timedelta(days=60)
    page.goto(agreement)
    page.locator("a[href$='/end/consent/']").first.click()
    fill(page, last_on=last_on.isoformat(), reason="The campaign is over.", signer_name="Demo host", confirmed="on")
    page.locator("main form button[type=submit]").last.click()
    for page in (story.applicant, story.north):
        page.goto(agreement)
        page.locator("main a[href*='/endings/']").first.click()
        page.locator("a[href$='/accept/'], a[href$='/sign/']").first.click()
        fill(page, signer_name="Demo signer", confirmed="on")
        page.locator("main form button[type=submit]").last.click()
    page = story.host
    page.goto(agreement)
    with translation.override(story.language):
        expect(page.locator("main")).to_contain_text(day_name(last_on))
    expect(page.locator("main")).to_contain_text("The campaign is over.")
    assert violations(page) == []


def today() -> date:
    return utc_now().date()


def test_a_company_joins_signs_amends_and_leaves(story, open_context, watched):
    watch = watched(story.applicant)
    sign_up(story)
    answer_the_steps(story)
    submit(story)
    ask_for_changes(story)
    resubmit(story)
    approve(story)
    invite_a_colleague(story, open_context(language=story.language).new_page())
    agreement = propose_the_agreement(story)
    sign(story, agreement)
    read_the_signed_copy(story, agreement, 1)
    amend(story, agreement)
    sign(story, agreement)
    read_the_signed_copy(story, agreement, 2)
    end_by_consent(story, agreement)
    refused = [message for message in watch.messages if "422" in message]
    assert len(refused) == 3  # the mistyped number, and twice an acceptance without the tick
    assert (watch.messages, watch.foreign) == (refused, [])
