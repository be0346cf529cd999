"""What a browser calls itself, in words its owner knows."""

import pytest

from partners.access.domain import Device, device_of

KHTML = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "browser", "system"),
    [
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {KHTML} Chrome/141.0.0.0 Safari/537.36", "Chrome", "Windows"),
        (
            f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {KHTML} Chrome/141.0 Safari/537.36 Edg/141.0",
            "Edge",
            "Windows",
        ),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:143.0) Gecko/20100101 Firefox/143.0", "Firefox", "macOS"),
        (
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
                "Version/18.5 Mobile/15E148 Safari/604.1"
            ),
            "Safari",
            "iPhone",
        ),
        (
            (
                f"Mozilla/5.0 (Linux; Android 15; K) {KHTML} Version/4.0 Chrome/130.0 Mobile Safari/537.36 "
                "MicroMessenger/8.0.60"
            ),
            "WeChat",
            "Android",
        ),
        (f"Mozilla/5.0 (X11; Linux x86_64) {KHTML} HeadlessChrome/141.0 Safari/537.36", "Chrome", "Linux"),
        (f"Mozilla/5.0 (Phone; OpenHarmony 5.0) {KHTML} Chrome/114.0 Mobile", "Chrome", "HarmonyOS"),
        ("curl/8.5.0", "", ""),
        ("", "", ""),
    ],
)
def test_known_by_the_name_its_owner_uses(user_agent, browser, system):
    assert device_of(user_agent) == Device(browser, system)
