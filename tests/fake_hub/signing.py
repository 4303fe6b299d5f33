"""URLs that hold for a while, as a CDN signs them."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from urllib.parse import parse_qsl, quote, unquote

_NAME = "Signature"


class Signer:
    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._serial = 0
        self._revoked = 0  # serials up to here hold no more
        self._uses: dict[int, int] = {}

    def sign(self, path: str, file: str, lifetime_s: float) -> str:
        """A target for `path`, with the file's name in it for those who read logs."""
        with self._lock:
            self._serial += 1
            serial = self._serial
        name = quote(file.rpartition("/")[2], safe="", errors="surrogateescape")
        disposition = quote("inline; filename*=UTF-8''", safe="*'") + name
        text = (f"{path}?response-content-disposition={disposition}"
                f"&Expires={time.time() + lifetime_s:.3f}&Key-Pair-Id={serial}")
        return f"{text}&{_NAME}={self._mac(text)}"

    def revoke(self) -> None:
        """Whatever was signed until now has expired."""
        with self._lock:
            self._revoked = self._serial

    def accepts(self, target: str, uses: int | None, *, counts: bool) -> bool:
        """Whether the signature is ours and holds; `uses`: how often it may be used."""
        query = dict(parse_qsl(target.partition("?")[2]))
        mac = query.get(_NAME, "")
        if not hmac.compare_digest(mac.encode(), self._mac(target).encode()):
            return False
        serial = int(query["Key-Pair-Id"])
        with self._lock:
            used = self._uses.get(serial, 0)
            if serial <= self._revoked or time.time() >= float(query["Expires"]) \
                    or (uses is not None and used >= uses):
                return False
            self._uses[serial] = used + counts
            return True

    def _mac(self, target: str) -> str:
        """Covers what the target means: clients may escape it in another way."""
        path, _, query = target.partition("?")
        pairs = [pair for pair in parse_qsl(query) if pair[0] != _NAME]
        text = repr((unquote(path), pairs))
        return hmac.new(self._key, text.encode("utf-8", "surrogateescape"),
                        hashlib.sha256).hexdigest()
