"""Which host names belong to one company: the conservative rule, as written."""

import pytest

from partners.onboarding.domain.web_domains import registrable_domain


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("acme.com", "acme.com"),
        ("shop.acme.com", "acme.com"),
        ("a.b.acme.co.uk", "acme.co.uk"),
        ("acme.com.cn", "acme.com.cn"),
        ("www2.acme.com.cn", "acme.com.cn"),
        ("com.cn", "com.cn"),
        ("acme.myshopify.com", "acme.myshopify.com"),
        ("other.myshopify.com", "other.myshopify.com"),
        ("acme.github.io", "acme.github.io"),
        ("shop123.taobao.com", "shop123.taobao.com"),
        ("mp.weixin.qq.com", "mp.weixin.qq.com"),
        ("acme.de", "acme.de"),
        ("x.acme.de", "acme.de"),
    ],
)
def test_registrable_domain(host, domain):
    assert registrable_domain(host) == domain
