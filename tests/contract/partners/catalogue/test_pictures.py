"""Pictures of items: checked by content, drawn anew, handed out to whoever sees the item and to nobody else."""

import io

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from alliance.kernel.ids import new_id
from alliance.kernel.models import OutboxMessage
from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import organization_scope
from partners.catalogue.domain.pictures import MOST_PICTURES
from partners.catalogue.domain.visibility import PRIVATE
from partners.catalogue.models import Item
from partners.catalogue.services.add_item_picture import add_item_picture
from partners.catalogue.services.send_items import OneSent, send_items
from tests.api import Caller, problem
from tests.cast import NOW, full_cast, member_of, signed_in
from tests.documents import jpeg_bytes, pdf_bytes, png_bytes
from tests.items import draft, item_of


@pytest.fixture
def cast(db):
    return full_cast()


@pytest.fixture
def client(cast):
    return signed_in(cast.north.owner)


def upload(client, item, content, name="photo.jpg"):
    return client.post(reverse("portal:item_picture_add", args=[item]), {"file": SimpleUploadedFile(name, content)})


def pictures(party, item):
    with organization_scope(party.id):
        return Item.objects.get(pk=item).shown_pictures


def status_of(client, address):
    """The answer's status; its file is read to the end, which closes it."""
    response = client.get(address)
    if response.streaming:
        b"".join(response.streaming_content)
    return response.status_code


def picture(file_format, size=(2000, 1000), mode="RGB", **options):
    written = io.BytesIO()
    Image.new(mode, size, "navy").save(written, file_format, **options)
    return written.getvalue()


def with_place_of_taking():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x8825] = {2: (52.0, 31.0, 12.0)}  # GPS
    return picture("JPEG", exif=exif)


def test_a_picture_is_drawn_upright_in_two_sizes_without_the_place_of_taking(cast, client):
    item = item_of(cast.north)
    assert upload(client, item, with_place_of_taking()).status_code == 302
    (kept,) = pictures(cast.north, item)
    assert (kept.width, kept.height) == (800, 1600)
    address = reverse("portal:item_picture", args=[item, kept.sha256])
    for query, size in (("", (800, 1600)), ("?size=small", (240, 480))):
        response = client.get(address + query)
        assert (response.status_code, response["Content-Type"]) == (200, "image/jpeg")
        assert response["Cache-Control"] == "private, max-age=3600"
        assert response["X-Content-Type-Options"] == "nosniff"
        with Image.open(io.BytesIO(b"".join(response.streaming_content))) as shown:
            assert (shown.size, dict(shown.getexif())) == (size, {})
    assert address in client.get(reverse("portal:item", args=[item])).content.decode()
    with organization_scope(cast.north.id):
        told = OutboxMessage.objects.filter(topic="partners.catalogue.ItemsChanged").order_by("id")
        assert [payload["change"] for payload in told.values_list("payload", flat=True)] == ["created", "changed"]


def test_a_transparent_picture_stays_so(cast, client):
    item = item_of(cast.north)
    upload(client, item, picture("PNG", (10, 10), "RGBA"), "logo.png")
    assert pictures(cast.north, item)[0].file_kind == "png"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty"),
        (pdf_bytes(), "not a file of a kind"),
        (b"GIF89a" + b"\0" * 40, "not a file of a kind"),
        (jpeg_bytes() + b"<script>", "damaged"),
        (picture("PNG", (6000, 6000)), "25 million pixels"),
    ],
    ids=["empty", "pdf", "gif", "more behind it", "too many pixels"],
)
def test_what_is_no_picture_is_refused_beside_the_field(cast, client, content, sentence):
    item = item_of(cast.north)
    response = upload(client, item, content)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert pictures(cast.north, item) == ()


def test_whoever_sees_the_item_sees_its_pictures_and_nobody_else(cast, client):
    shown, secret = item_of(cast.north), item_of(cast.north, visibility=PRIVATE)
    for item in (shown, secret):
        upload(client, item, png_bytes())
    for item, party, status in (
        (shown, cast.south, 200),
        (shown, cast.stranger, 404),
        (secret, cast.south, 404),
        (secret, cast.north, 200),
    ):
        address = reverse("portal:item_picture", args=[item, pictures(cast.north, item)[0].sha256])
        assert status_of(signed_in(party.owner), address) == status
    south = signed_in(cast.south.owner)
    assert "?size=small" in south.get(reverse("portal:items_offered")).content.decode()
    assert south.get(reverse("portal:item_picture", args=[shown, "0" * 64])).status_code == 404
    assert south.post(reverse("portal:item_picture_arrange", args=[shown]), {"remove": "x"}).status_code == 404
    analyst = signed_in(member_of(cast.north, Role.ANALYST))
    assert upload(analyst, shown, png_bytes()).status_code == 403


def test_order_and_removal(committed):
    cast = full_cast()
    client, item = signed_in(cast.north.owner), item_of(cast.north)
    for colour in ("red", "green", "blue"):
        upload(client, item, png_bytes((8, 8), colour), "a.png")
    upload(client, item, png_bytes((8, 8), "red"), "again.png")
    red, green, blue = pictures(cast.north, item)
    arrange = reverse("portal:item_picture_arrange", args=[item])
    client.post(arrange, {"first": blue.sha256})
    client.post(arrange, {"remove": red.sha256})
    assert pictures(cast.north, item) == (blue, green)
    assert [default_storage.exists(one.stored_as) for one in (red, green, blue)] == [False, True, True]
    assert not default_storage.exists(red.small_stored_as)


def test_a_duplicate_has_pictures_of_its_own(cast, client):
    item = item_of(cast.north, code="KIT")
    upload(client, item, png_bytes())
    assert client.post(reverse("portal:item_duplicate", args=[item]), {"code": "COPY"}).status_code == 302
    with organization_scope(cast.north.id):
        copy = Item.objects.get(code="COPY")
    (mine,), (its,) = pictures(cast.north, item), copy.shown_pictures
    assert mine.sha256 == its.sha256
    assert {mine.stored_as, mine.small_stored_as}.isdisjoint({its.stored_as, its.small_stored_as})
    assert default_storage.exists(its.stored_as)


def test_more_than_eight_are_refused_and_a_new_batch_leaves_pictures_alone(cast):
    item = item_of(cast.north, code="KIT")
    north = Caller(cast.north)
    with organization_scope(cast.north.id):
        for shade in range(MOST_PICTURES):
            content = ContentFile(png_bytes((8, 8), f"#{shade * 30:02x}0000"))
            add_item_picture(actor=cast.north.system, item_id=item, content=content, name="a.png", now=NOW)
    response = north.client.post(
        f"/api/v1/items/{item}/pictures",
        {"file": SimpleUploadedFile("a.png", png_bytes((8, 8), "white"))},
        headers=north._headers({}),
    )
    problem(response, 409, "too_many_pictures")
    with organization_scope(cast.north.id):
        send_items(actor=cast.north.system, items=[OneSent(draft=draft(code="KIT", title_en="New"))], now=NOW)
        send_items(actor=cast.north.system, items=[OneSent(draft=draft(code="BARE", title_en="Bare"))], now=NOW)
        assert Item.objects.get(code="BARE").pictures == []
    assert len(pictures(cast.north, item)) == MOST_PICTURES


def test_pictures_by_api(cast):
    item = item_of(cast.north)
    north, south = Caller(cast.north), Caller(cast.south)
    address = f"/api/v1/items/{item}/pictures"
    for colour in ("red", "green"):
        content = SimpleUploadedFile("a.png", png_bytes((8, 8), colour))
        response = north.client.post(address, {"file": content}, headers=north._headers({}))
        assert response.status_code == 201, response.content
    first, second = response.json()["pictures"]
    assert status_of(south, first["url"]) == status_of(south, first["small_url"]) == 200
    problem(Caller(cast.stranger).get(first["url"]), 404, "not_found")
    problem(north.get(f"{address}/{new_id().hex}"), 404, "not_found")
    headers = north._headers({})
    arranged = north.client.put(address, {"ids": [second["id"]]}, content_type="application/json", headers=headers)
    assert [one["id"] for one in arranged.json()["pictures"]] == [second["id"]]
    refused = south.client.put(address, {"ids": []}, content_type="application/json", headers=south._headers({}))
    problem(refused, 404, "not_found")
