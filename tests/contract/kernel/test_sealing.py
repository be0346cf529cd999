"""Secrets at rest: what opens them, and what does not."""

import pytest

from alliance.kernel.sealing import SealBrokenError, is_sealed, seal, unseal

SECRET = "the client's secret 密钥"
PURPOSE = "identity provider of 42"


def test_what_was_sealed_opens_and_does_not_show():
    sealed = seal(SECRET, purpose=PURPOSE)

    assert unseal(sealed, purpose=PURPOSE) == SECRET
    assert is_sealed(sealed)
    assert not is_sealed(SECRET)
    assert "secret" not in sealed.removeprefix("sealed1")
    assert sealed.isascii()


def test_the_same_text_never_looks_the_same_twice():
    assert seal(SECRET, purpose=PURPOSE) != seal(SECRET, purpose=PURPOSE)


def test_moved_to_another_row_it_does_not_open():
    with pytest.raises(SealBrokenError):
        unseal(seal(SECRET, purpose=PURPOSE), purpose="identity provider of 43")


@pytest.mark.parametrize("broken", ["", "sealed1", "sealed1.x.y", "plain text", "sealed1.{name}.!", "sealed2.{rest}"])
def test_what_was_not_sealed_does_not_open(broken):
    _, name, rest = seal(SECRET, purpose=PURPOSE).split(".")

    with pytest.raises(SealBrokenError):
        unseal(broken.format(name=name, rest=f"{name}.{rest}"), purpose=PURPOSE)


def test_a_changed_letter_does_not_open():
    sealed = seal(SECRET, purpose=PURPOSE)
    for place in range(len(sealed) - 4, len(sealed) - 40, -7):
        changed = sealed[:place] + ("A" if sealed[place] != "A" else "B") + sealed[place + 1 :]
        with pytest.raises(SealBrokenError):
            unseal(changed, purpose=PURPOSE)


def test_an_earlier_key_opens_and_the_first_one_seals(settings):
    settings.SEALING_KEYS = ["old"]
    sealed = seal(SECRET, purpose=PURPOSE)
    settings.SEALING_KEYS = ["new", "old"]

    assert unseal(sealed, purpose=PURPOSE) == SECRET
    renewed = seal(SECRET, purpose=PURPOSE)
    settings.SEALING_KEYS = ["old"]
    with pytest.raises(SealBrokenError):
        unseal(renewed, purpose=PURPOSE)


def test_without_keys_of_its_own_it_follows_the_installations_secret(settings):
    settings.SEALING_KEYS = []
    sealed = seal(SECRET, purpose=PURPOSE)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another" * 9

    assert unseal(sealed, purpose=PURPOSE) == SECRET
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(SealBrokenError):
        unseal(sealed, purpose=PURPOSE)
