"""How keys look, and which origins a publishable one may name."""

import pytest

from alliance.kernel.scrubbing import scrubbed_text
from partners.keys.domain import PATTERN, KeyKind, key_hash, new_key, normal_origin


@pytest.mark.parametrize(("kind", "prefix"), [(KeyKind.SECRET, "sk_"), (KeyKind.PUBLISHABLE, "pk_")])
def test_keys_are_long_random_and_found_by_the_scanning_pattern(kind, prefix):
    keys = {new_key(kind) for _ in range(200)}
    assert len(keys) == 200
    for key in keys:
        assert key.startswith(prefix)
        assert PATTERN.fullmatch(key)
        assert PATTERN.findall(f'curl -H "Authorization: Bearer {key}", and so on.') == [key]
        assert key not in scrubbed_text(f"failed for {key}")
        assert len(key_hash(key)) == 64


@pytest.mark.parametrize("text", ["sk_short", "ask_" + "a" * 43, "sk_" + "a" * 44, "sk-" + "a" * 43, "tk_" + "a" * 43])
def test_the_pattern_finds_nothing_else(text):
    assert PATTERN.findall(f" {text} ") == []


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://shop.example", "https://shop.example"),
        (" https://Shop.Example/ ", "https://shop.example"),
        ("https://shop.example:443", "https://shop.example"),
        ("https://shop.example:8443", "https://shop.example:8443"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("http://localhost:5173", "http://localhost:5173"),
        ("http://127.0.0.1", "http://127.0.0.1"),
        ("http://shop.example", None),
        ("https://shop.example/path", None),
        ("https://shop.example?x", None),
        ("https://*.shop.example", None),
        ("https://user@shop.example", None),
        ("https://shop.example:0", None),
        ("https://shop.example:65536", None),
        ("https://shop..example", None),
        ("https://shop.example.", None),
        ("https://-shop.example", None),
        ("https://shop_.example", None),
        ("https://[::1]", None),
        ("ftp://shop.example", None),
        ("shop.example", None),
        ("null", None),
        ("*", None),
        ("", None),
        ("https://", None),
        ("https://shop.example\nhttps://evil.example", None),
    ],
)
def test_an_origin_has_one_spelling_and_neither_path_nor_wildcard(text, origin):
    assert normal_origin(text) == origin
