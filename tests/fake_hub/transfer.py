"""The content of a file as an answer: validators, ranges, and all that may be wrong with them."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import format_datetime

from fake_hub.answers import Answer, Headers, bytes_answer
from fake_hub.faults import Faults
from fake_hub.record import Request
from fake_hub.repository import Content

_INVERSE = bytes(255 - value for value in range(256))
_OFF = 16  # how many bytes the wrong ranges are wrong by


@dataclass(frozen=True)
class Version:
    """A content and how HTTP tells it from others."""

    content: Content
    etag: str  # with its quotes; empty: none is told
    date: str  # empty: none is told
    inverted: bool = False


@dataclass(frozen=True)
class Part:
    """What is said about a body, and what it is."""

    start: int
    count: int
    content_range: str | None = None  # None: the whole


def file_answer(request: Request, faults: Faults, content: Content, etag: str, date: str,
                headers: Headers = ()) -> Answer:
    """`etag` without quotes, `date` as the API writes it; `headers` are added."""
    version = _version(request, faults, content, etag, date)
    common = [*headers, ("Content-Type", "application/octet-stream"), *_validators(version)]
    if not faults.strikes("no_accept_ranges", request.subject):
        common.append(("Accept-Ranges", "bytes"))
    if version.etag and request.header("if-none-match") == version.etag:
        return Answer(304, common)
    if request.method == "HEAD":
        return Answer(200, common, (), content.size)
    if not request.header("range") and faults.strikes("needs_range", request.subject):
        return bytes_answer(b"A range is needed\n", "text/plain", 400)
    part = _select(request, faults, version)
    if part is None:
        return Answer(416, [*common, ("Content-Range", f"bytes */{content.size}")])
    return _body_answer(request, faults, version, part, common)


def _version(request: Request, faults: Faults, content: Content, etag: str,
             date: str) -> Version:
    moment = datetime.fromisoformat(date)
    changed = faults.changed(f"{request.origin} {etag}", request.subject,
                             counts=request.method == "GET")
    inverted = changed and faults.change in ("both", "content")
    if changed and faults.change in ("both", "etag"):
        etag, moment = etag[::-1], moment + timedelta(days=1)
    kind = faults.validators
    tag = {"both": f'"{etag}"', "etag": f'"{etag}"', "weak": f'W/"{etag}"'}.get(kind, "")
    told = format_datetime(moment, usegmt=True) if kind in ("both", "weak", "date") else ""
    return Version(content, tag, told, inverted)


def _validators(version: Version) -> Headers:
    pairs = [("ETag", version.etag), ("Last-Modified", version.date)]
    return [pair for pair in pairs if pair[1]]


def _select(request: Request, faults: Faults, version: Version) -> Part | None:
    """What is sent. None: no byte of the range exists."""
    size = version.content.size
    whole = Part(0, size)
    if request.range is None or not _condition_holds(request, version) \
            or faults.strikes("ignore_range", request.subject):
        return whole
    first, last = request.range
    if first is None:
        first, last = max(0, size - last), size - 1
    last = size - 1 if last is None else min(last, size - 1)
    if first >= size or last < first:
        return None
    part = Part(first, last - first + 1, f"bytes {first}-{last}/{size}")
    return _twist(faults, part, size) if faults.strikes("content_range", request.subject) else part


def _condition_holds(request: Request, version: Version) -> bool:
    """If-Range (RFC 9110, 13.1.5): strong tags and dates match exactly or not at all."""
    condition = request.header("if-range")
    if condition is None:
        return True
    if re.match(r'(W/)?"', condition):
        return condition == version.etag and not condition.startswith("W/")
    return condition == version.date


def _twist(faults: Faults, part: Part, size: int) -> Part:
    """The wrong range of the fault content_range."""
    first, last = part.start, part.start + part.count - 1
    early, late = max(0, first - _OFF), min(last + _OFF, size - 1)
    return {
        "shifted": replace(part, content_range=f"bytes {first + 1}-{last + 1}/{size}"),
        "total": replace(part, content_range=f"bytes {first}-{last}/{size + 1}"),
        "long": replace(part, count=part.count + _OFF),
        "short": replace(part, count=max(0, part.count - _OFF)),
        "earlier": Part(early, last - early + 1, f"bytes {early}-{last}/{size}"),
        "beyond": Part(first, late - first + 1, f"bytes {first}-{late}/{size}"),
        "missing": replace(part, content_range=""),
        "garbage": replace(part, content_range="bytes all of it"),
    }[faults.content_range]


def _body_answer(request: Request, faults: Faults, version: Version, part: Part,
                 headers: Headers) -> Answer:
    if part.content_range:
        headers = [*headers, ("Content-Range", part.content_range)]
    sent, ending = _ending(request, faults, part)
    body: Iterable[bytes] = _pieces(request, faults, version, replace(part, count=sent))
    length: int | None = part.count
    if faults.strikes("content_encoding", request.subject):
        headers = [*headers, ("Content-Encoding", faults.content_encoding)]
        if faults.content_encoding == "gzip":
            body, length = _gzip(body), None
    if faults.strikes("chunked", request.subject):
        length = None
    status = 200 if part.content_range is None else 206
    return Answer(status, headers, body, length, ending, paced=True)


def _ending(request: Request, faults: Faults, part: Part) -> tuple[int, str]:
    """How many bytes are sent, and what comes then."""
    point = faults.drop_point(part.count, request.subject)
    if point is not None:
        return point, "reset" if faults.drop_reset else "drop"
    point = faults.stall_after
    if point is not None and point < part.count and faults.strikes("stall_after", request.subject):
        return point, "stall"
    return part.count, ""


def _pieces(request: Request, faults: Faults, version: Version, part: Part) -> Iterator[bytes]:
    place = part.start
    for piece in version.content.pieces(part.start, part.count):
        if version.inverted:
            piece = piece.translate(_INVERSE)
        offset = faults.flip_at
        if offset is not None and offset < 0:
            offset += version.content.size
        if offset is not None and place <= offset < place + len(piece) \
                and faults.strikes("flip_at", request.subject):
            flipped = bytearray(piece)
            flipped[offset - place] ^= 1
            piece = bytes(flipped)
        yield piece
        place += len(piece)


def _gzip(pieces: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(wbits=31)
    for piece in pieces:
        yield packer.compress(piece)
    yield packer.flush()
