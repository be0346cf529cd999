"""Drawing an uploaded picture anew: what partners' browsers load was written by us, without what else the file may carry."""

import io
from dataclasses import dataclass
from typing import Final

from django.core.files import File
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from alliance.kernel.errors import InvalidInputError

MAX_PIXELS: Final = 25_000_000
LARGE_WITHIN: Final = (1600, 1600)
SMALL_WITHIN: Final = (480, 480)
_QUALITY: Final = 85


class PictureUnreadableError(InvalidInputError):
    """No picture can be made of it."""

    code = "picture_unreadable"
    sentence = _("This picture can't be read, or has more than 25 million pixels.")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture in two sizes, as PNG where it is transparent, else as JPEG."""

    large: bytes
    small: bytes
    width: int
    height: int


def draw_picture(content: File) -> Drawn:  # type: ignore[type-arg]
    """The picture upright, in two sizes, without a word about who took it where. Raises `PictureUnreadableError`."""
    try:
        with Image.open(content, formats=("PNG", "JPEG")) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise PictureUnreadableError(field="file")
            opened.draft("RGB", LARGE_WITHIN)  # JPEG: decode no more pixels than are wanted
            picture = ImageOps.exif_transpose(opened)
            large = _within(picture, LARGE_WITHIN)
            return Drawn(_written(large), _written(_within(large, SMALL_WITHIN)), large.width, large.height)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise PictureUnreadableError(field="file") from error


def _within(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    is_transparent = picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info
    copy = picture.convert("RGBA" if is_transparent else "RGB")
    copy.thumbnail(size)
    return copy


def _written(picture: Image.Image) -> bytes:
    written = io.BytesIO()
    clean = Image.new(picture.mode, picture.size)
    clean.paste(picture)
    if picture.mode == "RGBA":
        clean.save(written, "PNG", optimize=True)
    else:
        clean.save(written, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    return written.getvalue()
