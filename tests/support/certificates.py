"""A certificate authority of a test's own, and what it says of servers."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path

_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


class Authority:
    """Files in `folder`, made by the openssl command."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._folder = folder
        self.certificate = folder / "ca.pem"
        self._openssl("req", "-x509", *_KEY, "-days", "2", "-subj", "/CN=authority of a test",
                      "-keyout", "ca.key", "-out", "ca.pem")

    def _openssl(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=self._folder, check=True, capture_output=True)

    def files(self, name: str = "IP:127.0.0.1", *, days: int = 2) -> tuple[Path, Path]:
        """The certificate of a server of this name, and its key; it expired with `days` below 0."""
        (self._folder / "names").write_text(f"subjectAltName={name}\n")
        self._openssl("req", *_KEY, "-subj", "/CN=server", "-keyout", "server.key",
                      "-out", "server.csr")
        self._openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                      "-CAcreateserial", "-days", str(days), "-extfile", "names",
                      "-out", "server.pem")
        return self._folder / "server.pem", self._folder / "server.key"

    def server(self, name: str = "IP:127.0.0.1", *, days: int = 2) -> ssl.SSLContext:
        """What a server with such files needs."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.files(name, days=days))
        return context

    def client(self) -> ssl.SSLContext:
        """Of a client that trusts this authority alone."""
        return ssl.create_default_context(cafile=str(self.certificate))

    def hashed_folder(self) -> Path:
        """A folder as SSL_CERT_DIR names them."""
        folder = self._folder / "hashed"
        folder.mkdir()
        (folder / "ca.pem").write_bytes(self.certificate.read_bytes())
        self._openssl("rehash", "hashed")
        return folder
