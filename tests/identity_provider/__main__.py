"""`python -m tests.identity_provider DIRECTORY PORT`: make the database and the key, then serve until terminated."""

import os
import sys
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the standard library's name
        """Say nothing."""


def _make_key(directory: Path) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (directory / "key.pem").write_bytes(pem)


def main() -> None:
    directory, port = Path(sys.argv[1]), int(sys.argv[2])
    os.environ["PROVIDER_DIR"] = str(directory)
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.identity_provider.settings"
    _make_key(directory)
    import django
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application

    django.setup()
    call_command("migrate", verbosity=0)
    make_server("127.0.0.1", port, get_wsgi_application(), Server, Quiet).serve_forever()


if __name__ == "__main__":
    main()
