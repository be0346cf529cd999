"""Web addresses, and the part of a host name that one company registers.

The public suffix list is not asked: it needs the network. The rule errs towards *different*: it knows the second-level
suffixes that registries of countries use (`com.cn`, `co.uk`), and on platforms where every shop has a name of its own
(`myshopify.com`) only the whole host name counts. What it does not know is taken as two labels.
"""

import re
from typing import Final
from urllib.parse import urlsplit

_COUNTRY_SECOND_LEVELS: Final = frozenset(
    "ac co com edu gob gov go mil ne net nom or org sch".split()  # noqa: SIM905
)
_PLATFORMS: Final = frozenset(
    {
        "blogspot.com",
        "facebook.com",
        "github.io",
        "instagram.com",
        "jd.com",
        "linkedin.com",
        "myshopify.com",
        "netlify.app",
        "pages.dev",
        "qq.com",
        "shopee.com",
        "taobao.com",
        "tmall.com",
        "vercel.app",
        "web.app",
        "weebly.com",
        "weibo.com",
        "weidian.com",
        "wixsite.com",
        "wordpress.com",
        "xiaohongshu.com",
        "youtube.com",
        "youzan.com",
    }
)
_LABEL: Final = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_COUNTRY_CODE_LENGTH: Final = 2
_LONGEST_HOST: Final = 253


def host_of(address: str) -> str:
    """The host name of a web address in lower-case ASCII, without `www.`; empty for what is no http(s) address.

    `https://` may be left out. Addresses with a user name or of a bare IP number have no host here.
    """
    text = address.strip()
    parts = urlsplit(text if "://" in text else f"https://{text}")
    if parts.scheme.lower() not in {"http", "https"} or "@" in parts.netloc:
        return ""
    try:
        host = (parts.hostname or "").encode("idna").decode("ascii").lower().rstrip(".")
    except UnicodeError:
        return ""
    labels = host.split(".")
    is_name = len(labels) > 1 and len(host) <= _LONGEST_HOST and all(_LABEL.fullmatch(label) for label in labels)
    return host.removeprefix("www.") if is_name and not labels[-1].isdigit() else ""


def registrable_domain(host: str) -> str:
    """The domain that one company registers: `shop.acme.co.uk` gives `acme.co.uk`; on a platform the whole host name."""
    labels = host.split(".")
    has_second_level = (
        len(labels) > 2  # noqa: PLR2004  a name before the suffix of two labels
        and len(labels[-1]) == _COUNTRY_CODE_LENGTH
        and labels[-2] in _COUNTRY_SECOND_LEVELS
    )
    domain = ".".join(labels[-3:] if has_second_level else labels[-2:])
    return host if domain in _PLATFORMS else domain


def web_address(address: str) -> str:
    """The address as it is kept, with its scheme."""
    text = address.strip()
    return text if not text or "://" in text else f"https://{text}"
