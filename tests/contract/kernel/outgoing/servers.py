"""Web servers as one would not wish to meet them, on loopback, and a small certificate authority."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
Script = Callable[[socket.socket], None]


@dataclass
class Server:
    """A listening server and the raw requests it got."""

    address: str
    port: int
    requests: list[bytes] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)  # asked for in TLS

    def url(self, host: str = "shop.test", path: str = "/hooks", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"


def answering(answer: bytes) -> Script:
    """Send this and hang up."""
    return lambda line: line.sendall(answer)


@contextmanager
def serving(
    script: Script | None = None, *, address: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None
) -> Iterator[Server]:
    """A server that reads each request's head and body, then plays `script`; the lines close with the block."""
    listener = socket.create_server((address, port))
    server = Server(address, listener.getsockname()[1])
    lines: list[socket.socket] = []
    if tls:
        tls.sni_callback = lambda _line, name, _context: server.names.append(name)

    def handle(line: socket.socket) -> None:
        with contextlib.suppress(OSError):
            talking = tls.wrap_socket(line, server_side=True) if tls else line
            lines.append(talking)
            with talking:
                server.requests.append(_request(talking))
                (script or answering(OK))(talking)

    def accept() -> None:
        while True:
            try:
                line, _peer = listener.accept()
            except OSError:
                return
            lines.append(line)
            threading.Thread(target=handle, args=(line,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield server
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for line in lines:
            with contextlib.suppress(OSError):
                line.close()


def _request(line: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = line.recv(65536)
        if not piece:
            return data
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = next((int(h.split(b":")[1]) for h in head.split(b"\r\n") if h.lower().startswith(b"content-length:")), 0)
    while len(body) < length:
        body += line.recv(65536)
    return head + b"\r\n\r\n" + body


@dataclass(frozen=True)
class Authority:
    """A certificate authority for one test."""

    file: Path
    _key: ec.EllipticCurvePrivateKey
    _certificate: x509.Certificate

    def context_for(self, *names: str) -> ssl.SSLContext:
        """What a server needs to show a certificate for these names or addresses."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _certificate(names, key, self._certificate.subject, self._key, is_authority=False)
        chain = self.file.with_name(f"{'-'.join(names)}.pem")
        chain.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain)
        return context


def authority(folder: Path) -> Authority:
    """A new authority whose certificate is in a file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "An authority for tests")])
    certificate = _certificate((), key, name, key, is_authority=True)
    file = folder / "authority.pem"
    file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return Authority(file, key, certificate)


def _certificate(names, key, issuer, issuer_key, *, is_authority):
    now = datetime.now(tz=UTC)
    subject = issuer if is_authority else x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, names[0])])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    if is_authority:
        usage = x509.KeyUsage(
            digital_signature=True,
            key_cert_sign=True,
            crl_sign=True,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            encipher_only=False,
            decipher_only=False,
        )
        builder = builder.add_extension(usage, critical=True)
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([_name(n) for n in names]), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def _name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(text))
    except ValueError:
        return x509.DNSName(text)
