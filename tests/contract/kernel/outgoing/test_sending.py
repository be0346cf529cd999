"""Requests go to the checked address only, in time, and no more comes back than was allowed."""

import gzip
import io
import json
import logging
import threading
import time
import zlib

import pytest
import urllib3

from alliance.kernel.http.outgoing import Limits, OutgoingError, OutgoingRequest, send
from tests.contract.kernel.outgoing.servers import OK, answering, authority, serving

QUICK = Limits(connect_seconds=1, read_seconds=0.5, total_seconds=1)


def loopback_name(_name, _port):
    return ["127.0.0.1"]


def get(url, *, resolve=loopback_name, limits=QUICK, into=None, **headers):
    return send(OutgoingRequest(url=url, limits=limits, headers=headers), resolve=resolve, into=into)


def refused(url, **options):
    with pytest.raises(OutgoingError) as caught:
        get(url, **options)
    return caught.value.code


def with_head(head, body=b""):
    return f"HTTP/1.1 {head}\r\n".encode() + b"Content-Length: %d\r\n\r\n" % len(body) + body


def redirect(location, status="302 Found"):
    return answering(with_head(f"{status}\r\nLocation: {location}"))


def test_a_request_arrives_as_it_was_written(loopback):
    with serving() as server:
        loopback(server.port)
        request = OutgoingRequest(
            url=server.url(path="/hooks?a=1"),
            method="POST",
            headers={"Content-Type": "application/json", "webhook-id": "msg_1"},
            body=json.dumps({"a": "中"}).encode(),
            limits=QUICK,
        )
        answer = send(request, resolve=loopback_name)
    assert (answer.status, answer.body, answer.is_success, answer.is_cut) == (200, b"ok", True, False)
    assert answer.url == server.url(path="/hooks?a=1")
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /hooks?a=1 HTTP/1.1"
    assert f"Host: shop.test:{server.port}" in lines
    assert {"User-Agent: PartnerAlliance/1", "Accept-Encoding: gzip", "webhook-id: msg_1"} <= set(lines)
    assert not [line for line in lines if line.lower().startswith("cookie")]
    assert json.loads(body) == {"a": "中"}


@pytest.mark.parametrize("name", ["Host", "content-length", "Cookie", "Transfer-Encoding"])
def test_headers_of_the_client_itself_are_not_the_callers(loopback, name):
    with pytest.raises(ValueError, match="client itself"):
        get("http://shop.test/", **{name: "x"})


def test_headers_with_line_breaks_never_leave(loopback):
    with serving() as server:
        loopback(server.port)
        with pytest.raises(ValueError, match="Invalid header value"):
            get(server.url(), **{"X-Note": "a\r\nX-Injected: 1"})
    assert not any(b"X-Injected" in request for request in server.requests)


def test_the_connection_goes_to_the_checked_address_though_the_name_has_moved(loopback):
    """DNS rebinding: the first answer is allowed, every later one leads inside (127.0.0.2 is not allowed here)."""
    answers = iter([["127.0.0.1"]])
    asked = []

    def flipping(name, port):
        asked.append((name, port))
        return next(answers, ["127.0.0.2"])

    with serving() as outside, serving(address="127.0.0.2", port=outside.port) as inside:
        loopback(outside.port)
        assert get(outside.url(host="rebinding.test"), resolve=flipping).body == b"ok"
        assert asked == [("rebinding.test", outside.port)]
        assert (len(outside.requests), len(inside.requests)) == (1, 0)
        assert refused(outside.url(host="rebinding.test"), resolve=flipping) == "address_refused"
        assert len(inside.requests) == 0


def test_without_the_checked_address_rebinding_gets_in(loopback, monkeypatch):
    """The control: a client that checks a name and then connects to the name reaches the inside."""
    answers = iter([["127.0.0.1"]])

    def flipping(name, port, *_args, **_more):
        return [(2, 1, 6, "", (address, port)) for address in next(answers, ["127.0.0.2"])]

    with serving() as outside, serving(address="127.0.0.2", port=outside.port) as inside:
        monkeypatch.setattr("socket.getaddrinfo", flipping)
        assert flipping("rebinding.test", outside.port)[0][4][0] == "127.0.0.1"
        with urllib3.PoolManager() as pool:
            pool.request("GET", outside.url(host="rebinding.test"), timeout=2)
    assert (len(outside.requests), len(inside.requests)) == (0, 1)


def test_the_next_address_is_tried_when_one_does_not_answer(loopback, settings):
    from ipaddress import ip_network

    settings.OUTGOING_HTTP_ALLOWED_NETWORKS = (ip_network("127.0.0.0/8"),)
    with serving(address="127.0.0.3") as server:
        loopback_port = server.port
        settings.OUTGOING_HTTP_PLAIN = True
        settings.OUTGOING_HTTP_PORTS = frozenset({loopback_port})
        answer = get(server.url(), resolve=lambda *_: ["127.0.0.2", "127.0.0.3"])
    assert answer.status == 200


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 Other", "307 Temporary", "308 Permanent"])
def test_a_redirect_is_an_answer_unless_it_was_asked_for(loopback, status):
    with serving(redirect("http://169.254.169.254/latest/meta-data/", status)) as server:
        loopback(server.port)
        assert get(server.url()).status == int(status[:3])


@pytest.mark.parametrize(
    ("location", "code"),
    [
        ("http://169.254.169.254/latest/meta-data/", "address_refused"),
        ("//169.254.169.254/", "address_refused"),
        ("http://[::ffff:169.254.169.254]/", "address_refused"),
        ("http://0xa9fea9fe/", "url_malformed"),
        ("http://inside.test/", "address_refused"),
        ("http://user@shop.test/", "url_malformed"),
        ("http://shop.test:22/", "url_port_refused"),
        ("file:///etc/passwd", "url_malformed"),
        ("gopher://shop.test/", "url_malformed"),
    ],
)
def test_each_redirect_is_checked_like_the_first_address(loopback, location, code):
    limits = Limits(total_seconds=2, most_redirects=3)
    with serving(redirect(location)) as server:
        loopback(server.port)
        addresses = {"shop.test": ["127.0.0.1"], "inside.test": ["10.0.0.1"]}
        assert refused(server.url(), limits=limits, resolve=lambda name, _port: addresses[name]) == code


def test_redirects_are_followed_so_often_and_no_further(loopback):
    with serving(lambda line: line.sendall(steps.pop(0))) as server:
        loopback(server.port)
        onward = with_head("302 Found\r\nLocation: /next#part")
        steps = [onward, onward, OK]
        answer = get(server.url(), limits=Limits(total_seconds=2, most_redirects=2))
        assert (answer.status, answer.url) == (200, server.url(path="/next"))
        steps = [onward] * 3
        assert refused(server.url(), limits=Limits(total_seconds=2, most_redirects=2)) == "too_many_redirects"


def test_credentials_do_not_follow_to_another_origin(loopback):
    with serving() as other:
        with serving(redirect(other.url(host="other.test"))) as first:
            loopback(first.port, other.port)
            get(first.url(), limits=Limits(total_seconds=2, most_redirects=1), Authorization="Bearer feed-secret")
        assert b"feed-secret" in first.requests[0]
        assert b"feed-secret" not in other.requests[0]


def test_a_post_is_never_redirected(loopback):
    with serving(redirect("/elsewhere", "307 Temporary")) as server:
        loopback(server.port)
        request = OutgoingRequest(
            url=server.url(), method="POST", body=b"{}", limits=Limits(total_seconds=2, most_redirects=3)
        )
        assert send(request, resolve=loopback_name).status == 307
    assert len(server.requests) == 1


def drip(piece, every=0.05):
    def script(line):
        while True:
            line.sendall(piece)
            time.sleep(every)

    return script


def after(head, script):
    def both(line):
        line.sendall(head)
        script(line)

    return both


@pytest.mark.parametrize(
    "script",
    [
        lambda _line: time.sleep(3),
        drip(b"H"),
        after(b"HTTP/1.1 200 OK\r\nX-Slow: ", drip(b"a")),
        after(b"", drip(b"HTTP/1.1 100 Continue\r\n\r\n")),
        after(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", drip(b"a")),
        after(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", drip(b"1\r\na\r\n")),
        after(b"HTTP/1.1 200 OK\r\n\r\n", drip(b"a")),
    ],
    ids=["silence", "status line", "header", "100 continue", "body", "chunks", "endless body"],
)
def test_a_slow_server_is_left_at_the_deadline(loopback, script):
    with serving(script) as server:
        loopback(server.port)
        began = time.monotonic()
        assert refused(server.url(), limits=Limits(read_seconds=5, total_seconds=0.25)) == "timed_out"
        assert time.monotonic() - began < 1.5


def test_a_slow_tls_server_is_left_at_the_deadline(loopback, trusted):
    with serving(after(b"HTTP/1.1 200 OK\r\n\r\n", drip(b"a")), tls=trusted.context_for("shop.test")) as server:
        loopback(server.port)
        began = time.monotonic()
        url = server.url(scheme="https")
        assert refused(url, limits=Limits(read_seconds=5, total_seconds=0.5)) == "timed_out"
        assert time.monotonic() - began < 1.5


def test_a_silent_handshake_is_left_at_the_deadline(loopback):
    with serving(lambda _line: time.sleep(3)) as server:
        loopback(server.port)
        began = time.monotonic()
        assert refused(server.url(scheme="https"), limits=Limits(connect_seconds=0.3)) == "timed_out"
        assert time.monotonic() - began < 1.5


def endless(line):
    line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        line.sendall(b"a" * 65536)


def test_a_huge_body_is_refused_or_cut(loopback):
    with serving(endless) as server:
        loopback(server.port)
        assert refused(server.url(), limits=Limits(total_seconds=3, most_bytes=100_000)) == "response_too_large"
        answer = get(server.url(), limits=Limits(total_seconds=3, most_bytes=4096, is_cut=True))
    assert (answer.status, len(answer.body), answer.is_cut) == (200, 4096, True)


def test_a_body_of_exactly_the_limit_is_whole(loopback):
    with serving(answering(with_head("200 OK", b"a" * 4096))) as server:
        loopback(server.port)
        answer = get(server.url(), limits=Limits(total_seconds=2, most_bytes=4096))
    assert (len(answer.body), answer.is_cut) == (4096, False)


def test_a_gzip_bomb_is_counted_unpacked(loopback):
    bomb = gzip.compress(b"0" * 50_000_000)
    assert len(bomb) < 60_000
    with serving(answering(with_head("200 OK\r\nContent-Encoding: gzip", bomb))) as server:
        loopback(server.port)
        limits = Limits(total_seconds=5, most_bytes=100_000)
        counting = _Counting()
        assert refused(server.url(), limits=limits, into=counting) == "response_too_large"
    assert counting.most <= 65_536
    assert counting.total <= 100_000


class _Counting(io.RawIOBase):
    """A file that remembers how much was written at once, and in all."""

    most = total = 0

    def write(self, data):
        self.most, self.total = max(self.most, len(data)), self.total + len(data)
        return len(data)


def test_packed_answers_are_unpacked_into_a_file(loopback, tmp_path):
    rows = b"id,title\n" * 50_000
    members = gzip.compress(rows[:1000]) + gzip.compress(rows[1000:])
    with serving(answering(with_head("200 OK\r\nContent-Encoding: gzip", members))) as server:
        loopback(server.port)
        with (tmp_path / "feed.csv").open("w+b") as file:
            answer = get(server.url(), into=file)
            file.seek(0)
            assert file.read() == rows
    assert answer.body == b""


@pytest.mark.parametrize(
    "answer",
    [
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: a\r\n" % n for n in range(200)) + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        with_head("200 OK\r\nContent-Encoding: gzip", b"not gzip"),
        with_head("200 OK\r\nContent-Encoding: gzip", gzip.compress(b"a" * 999, mtime=0)[:-9]),
        with_head("200 OK\r\nContent-Encoding: br", b"whatever"),
        with_head("200 OK\r\nContent-Encoding: gzip, gzip", gzip.compress(gzip.compress(b"a", mtime=0), mtime=0)),
        with_head("200 OK\r\nContent-Encoding: deflate", zlib.compress(b"a")),
    ],
)
def test_what_is_not_a_whole_answer_is_refused(loopback, answer):
    with serving(answering(answer)) as server:
        loopback(server.port)
        assert refused(server.url()) == "response_malformed"


def test_nobody_there(loopback):
    with serving() as server:
        pass
    loopback(server.port)
    assert refused(server.url()) == "connect_failed"


def test_a_server_that_hangs_up(loopback):
    with serving(lambda _line: None) as server:
        loopback(server.port)
        assert refused(server.url()) in {"connect_failed", "response_malformed"}


def test_the_certificate_is_checked_for_the_name_and_not_for_the_address(loopback, trusted):
    with serving(tls=trusted.context_for("shop.test")) as server:
        loopback(server.port)
        assert get(server.url(scheme="https")).body == b"ok"
        assert server.names == ["shop.test"]
        assert f"Host: shop.test:{server.port}".encode() in server.requests[0]


@pytest.mark.parametrize("names", [("other.test",), ("127.0.0.1",), ("*.shop.test",)])
def test_a_certificate_for_another_name_is_refused(loopback, trusted, names):
    with serving(tls=trusted.context_for(*names)) as server:
        loopback(server.port)
        assert refused(server.url(scheme="https")) == "tls_failed"
    assert server.requests == []


def test_a_certificate_of_an_unknown_authority_is_refused(loopback, trusted, tmp_path):
    (tmp_path / "other").mkdir()
    with serving(tls=authority(tmp_path / "other").context_for("shop.test")) as server:
        loopback(server.port)
        assert refused(server.url(scheme="https")) == "tls_failed"
    assert server.requests == []


def test_plain_http_behind_https_is_refused(loopback):
    with serving(answering(OK)) as server:
        loopback(server.port)
        quick = Limits(connect_seconds=0.2, total_seconds=0.4)
        assert refused(server.url(scheme="https"), limits=quick) in {"tls_failed", "timed_out"}


def test_proxies_of_the_environment_are_not_used(loopback, monkeypatch):
    with serving() as proxy, serving() as server:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        loopback(server.port, proxy.port)
        assert get(server.url()).status == 200
    assert proxy.requests == []


def test_cookies_are_not_kept(loopback):
    with serving(answering(with_head("200 OK\r\nSet-Cookie: session=1"))) as server:
        loopback(server.port)
        get(server.url())
        get(server.url())
    assert not any(b"cookie" in request.lower() for request in server.requests)


def test_a_full_disk_is_not_the_networks_fault(loopback):
    class Full(io.RawIOBase):
        def write(self, data):
            raise OSError(28, "No space left on device")

    with serving() as server:
        loopback(server.port)
        with pytest.raises(OSError, match="No space left"):
            get(server.url(), into=Full())


def test_no_thread_and_no_line_stays_behind(loopback):
    before = threading.active_count()
    with serving() as server:
        loopback(server.port)
        for _ in range(5):
            get(server.url())
    time.sleep(0.05)
    assert threading.active_count() <= before + 1


def test_nothing_of_a_request_is_logged(loopback, caplog):
    with serving() as server, caplog.at_level(logging.DEBUG):
        loopback(server.port)
        get(server.url(path="/?token=in-the-address"), Authorization="Bearer in-a-header")
    assert "in-the-address" not in caplog.text
    assert "in-a-header" not in caplog.text
