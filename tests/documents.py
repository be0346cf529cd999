"""Small real files for upload tests, made anew by the libraries that write such files."""

import io
from functools import cache

from django.core.files.uploadedfile import SimpleUploadedFile
from fpdf import FPDF
from PIL import Image


@cache
def pdf_bytes(text: str = "Business licence") -> bytes:
    document = FPDF()
    document.add_page()
    document.set_font("helvetica")
    document.cell(text=text)
    return bytes(document.output())


def _picture(file_format: str, size: tuple[int, int], colour: str) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, colour).save(written, file_format)
    return written.getvalue()


@cache
def png_bytes(size: tuple[int, int] = (8, 8), colour: str = "navy") -> bytes:
    return _picture("PNG", size, colour)


@cache
def jpeg_bytes(size: tuple[int, int] = (8, 8), colour: str = "navy") -> bytes:
    return _picture("JPEG", size, colour)


def upload(body: bytes, name: str = "licence.pdf") -> SimpleUploadedFile:
    """A file as a browser sends it."""
    return SimpleUploadedFile(name, body)
