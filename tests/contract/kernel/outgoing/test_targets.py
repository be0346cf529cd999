"""A URL is read strictly: one spelling for each host, nothing that another program could read differently."""

import pytest

from alliance.kernel.http.outgoing import OutgoingError, check_url
from alliance.kernel.http.outgoing.targets import read_url

# What the name service would answer; any other name does not exist.
NAMES = {
    "shop.example": ["93.184.215.14"],
    "xn--bcher-kva.example": ["93.184.215.14"],
    "v6.example": ["2606:2800:21f:cb07:6820:80da:af6b:8b2c"],
    "localhost": ["127.0.0.1", "::1"],
    "inside.example": ["10.1.2.3"],
    "both.example": ["93.184.215.14", "10.1.2.3"],
    "metadata.google.internal": ["169.254.169.254"],
    "mapped.example": ["::ffff:127.0.0.1"],
    "nat64.example": ["64:ff9b::7f00:1"],
    "tunnel.example": ["2002:7f00:1::"],
    "scoped.example": ["fe80::1%eth0"],
    "127.0.0.1.nip.example": ["127.0.0.1"],
}


def resolve(name, _port):
    if name not in NAMES:
        raise OSError("no such name")
    return NAMES[name]


HOSTILE = {
    # Not a whole URL, or another scheme
    "": "url_malformed",
    "shop.example/hooks": "url_malformed",
    "//shop.example/hooks": "url_malformed",
    "https:shop.example": "url_malformed",
    "https:/shop.example": "url_malformed",
    "https:///hooks": "url_malformed",
    "https://": "url_malformed",
    "https://?x": "url_malformed",
    "http://shop.example/hooks": "url_scheme_refused",
    "file:///etc/passwd": "url_malformed",
    "gopher://shop.example:70/_x": "url_malformed",
    "ftp://shop.example/": "url_malformed",
    "dict://shop.example:11211/": "url_malformed",
    "jar:https://shop.example!/": "url_malformed",
    "data:text/plain,x": "url_malformed",
    "javascript:alert(1)": "url_malformed",
    # Names, passwords, fragments, backslashes, control characters
    "https://user@shop.example/": "url_malformed",
    "https://user:password@shop.example/": "url_malformed",
    "https://shop.example@127.0.0.1/": "url_malformed",
    "https://shop.example%40127.0.0.1/": "url_malformed",
    "https://127.0.0.1#@shop.example/": "url_malformed",
    "https://shop.example/#fragment": "url_malformed",
    "https://shop.example\\@127.0.0.1/": "url_malformed",
    "https:\\\\127.0.0.1/": "url_malformed",
    "https://shop.example/\r\nX-Injected: 1": "url_malformed",
    "https://shop.example\r\n.evil.example/": "url_malformed",
    "https://shop.example/\x00": "url_malformed",
    "https://shop.example/a b": "url_malformed",
    " https://shop.example/": "url_malformed",
    "https://shop.example/\u2028": "url_malformed",
    "https://shop.example/\ud800": "url_malformed",
    "https://shop.example/" + "a" * 2048: "url_malformed",
    # Ports
    "https://shop.example:22/": "url_port_refused",
    "https://shop.example:6379/": "url_port_refused",
    "https://shop.example:0/": "url_port_refused",
    "https://shop.example:65536/": "url_port_refused",
    "https://shop.example:/": "url_malformed",
    "https://shop.example:443:22/": "url_malformed",
    "https://shop.example:+443/": "url_malformed",
    "https://shop.example:٤٤٣/": "url_malformed",
    # Odd spellings of names
    "https://shop.example./": "url_malformed",
    "https://shop..example/": "url_malformed",
    "https://-shop.example/": "url_malformed",
    "https://shop_.example/": "url_malformed",
    "https://shop%2eexample/": "url_malformed",
    "https://%6c%6f%63%61%6c%68%6f%73%74/": "url_malformed",
    "https://" + "a" * 64 + ".example/": "url_malformed",
    "https://" + "a." * 130 + "example/": "url_malformed",
    "https://shop.example／.evil.example/": "url_malformed",
    "https://shop.example﹟.evil.example/": "url_malformed",
    # Addresses that are not spelled as four decimals
    "https://2130706433/": "url_malformed",
    "https://0x7f000001/": "url_malformed",
    "https://0x7f.1/": "url_malformed",
    "https://0x7f.0x0.0x0.0x1/": "url_malformed",
    "https://0177.0.0.1/": "url_malformed",
    "https://017700000001/": "url_malformed",
    "https://127.1/": "url_malformed",
    "https://127.0.1/": "url_malformed",
    "https://127.0.0.1./": "url_malformed",
    "https://127.0.0.01/": "url_malformed",
    "https://256.0.0.1/": "url_malformed",
    "https://0x/": "url_malformed",
    "https://shop.0x7f/": "url_malformed",
    # Addresses that are not public
    "https://127.0.0.1/": "address_refused",
    "https://127.255.255.254/": "address_refused",
    "https://0.0.0.0/": "address_refused",
    "https://10.0.0.1/": "address_refused",
    "https://100.64.0.1/": "address_refused",
    "https://169.254.169.254/latest/meta-data/": "address_refused",
    "https://172.16.0.1/": "address_refused",
    "https://192.168.1.1/": "address_refused",
    "https://224.0.0.1/": "address_refused",
    "https://255.255.255.255/": "address_refused",
    "https://１２７.０.０.１/": "address_refused",
    "https://127。0。0。1/": "address_refused",
    "https://①②⑦.0.0.1/": "address_refused",
    "https://[::1]/": "address_refused",
    "https://[::]/": "address_refused",
    "https://[::ffff:127.0.0.1]/": "address_refused",
    "https://[::ffff:7f00:1]/": "address_refused",
    "https://[::ffff:93.184.215.14]/": "address_refused",
    "https://[::127.0.0.1]/": "address_refused",
    "https://[64:ff9b::127.0.0.1]/": "address_refused",
    "https://[64:ff9b:1::a9fe:a9fe]/": "address_refused",
    "https://[2002:7f00:1::]/": "address_refused",
    "https://[2001:0:7f00:1::]/": "address_refused",
    "https://[fe80::1]/": "address_refused",
    "https://[fec0::1]/": "address_refused",
    "https://[fd00:ec2::254]/": "address_refused",
    "https://[ff02::1]/": "address_refused",
    "https://[2001:db8::1]/": "address_refused",
    "https://[fe80::1%25eth0]/": "url_malformed",
    "https://[::1/": "url_malformed",
    "https://::1/": "url_malformed",
    "https://[127.0.0.1]/": "url_malformed",
    "https://[v1.fe80::a]/": "url_malformed",
    "https://[::1]evil.example/": "url_malformed",
    # Names that lead inside
    "https://localhost/": "address_refused",
    "https://LOCALHOST/": "address_refused",
    "https://ⓛocalhost/": "address_refused",
    "https://loc\u00adalhost/": "address_refused",
    "https://inside.example/": "address_refused",
    "https://both.example/": "address_refused",
    "https://metadata.google.internal/": "address_refused",
    "https://mapped.example/": "address_refused",
    "https://nat64.example/": "address_refused",
    "https://tunnel.example/": "address_refused",
    "https://scoped.example/": "address_refused",
    "https://127.0.0.1.nip.example/": "address_refused",
    "https://nobody.example/": "name_not_found",
}
GOOD = {
    "https://shop.example": "https://shop.example/",
    "HTTPS://Shop.Example:443/Hooks?a=1&b=%20": "https://shop.example/Hooks?a=1&b=%20",
    "https://shop.example:8443/hooks": "https://shop.example:8443/hooks",
    "https://shop.example?x=//user@inside": "https://shop.example/?x=//user@inside",
    "https://bücher.example/": "https://xn--bcher-kva.example/",
    "https://BÜCHER．example/": "https://xn--bcher-kva.example/",
    "https://shop.example/钩子?名=1": "https://shop.example/%E9%92%A9%E5%AD%90?%E5%90%8D=1",
    'https://shop.example/"<>': "https://shop.example/%22%3C%3E",
    "https://93.184.215.14/": "https://93.184.215.14/",
    "https://[2606:2800:021F:cb07:6820:80da:af6b:8b2c]/": "https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/",
    "https://v6.example:80/": "https://v6.example:80/",
}


@pytest.mark.parametrize("url", HOSTILE)
def test_a_hostile_url_is_refused_with_its_reason(url):
    with pytest.raises(OutgoingError) as refused:
        check_url(url, resolve=resolve)
    assert (refused.value.code, refused.value.field) == (HOSTILE[url], "url")


def test_the_corpus_is_large_enough():
    assert len(HOSTILE) >= 100


@pytest.mark.parametrize("url", GOOD)
def test_a_good_url_has_one_spelling(url):
    assert check_url(url, resolve=resolve) == GOOD[url]
    assert check_url(GOOD[url], resolve=resolve) == GOOD[url]


def test_plain_http_is_a_setting(settings):
    settings.OUTGOING_HTTP_PLAIN = True
    assert read_url("http://shop.example/").host_header == "shop.example"
    assert read_url("http://shop.example:8443/").host_header == "shop.example:8443"


def test_a_refusal_tells_nothing_of_the_inside():
    with pytest.raises(OutgoingError) as refused:
        check_url("https://inside.example/", resolve=resolve)
    assert "10.1.2.3" not in str(refused.value)
