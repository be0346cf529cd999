"""The accent of an application page: white text on it must stay readable for everybody (WCAG AA, 4.5 : 1)."""

import re
from typing import Final

SAFE_COLOURS: Final = ("#1c5fb0", "#1a7431", "#8a4b00", "#9c2f63", "#5b3fa8", "#0b6b75", "#b42a2a", "#3b4554")
_HEX: Final = re.compile(r"#[0-9a-f]{6}")
_ENOUGH: Final = 4.5
_LINEAR_UP_TO: Final = 0.04045  # below it the curve of sRGB is a straight line


def is_colour(text: str) -> bool:
    """Whether it is written `#rrggbb` in lower case."""
    return _HEX.fullmatch(text) is not None


def is_readable_under_white(colour: str) -> bool:
    """Whether white text on this colour reaches a contrast of 4.5 : 1."""
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return 1.05 / (luminance + 0.05) >= _ENOUGH


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= _LINEAR_UP_TO else ((channel + 0.055) / 1.055) ** 2.4
