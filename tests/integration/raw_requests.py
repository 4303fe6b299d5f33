"""The corpus of SEC-10: requests byte by byte. Whoever reads one of the refused ones in two ways
lets a second request through; so there is exactly one answer, and the connection closes."""

from __future__ import annotations

import json

BODY = json.dumps({"model": "any", "messages": [{"role": "user", "content": "hi"}]}).encode()
# What an attacker wants to get past: a request in the body of another.
HIDDEN = (b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n"
          b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY))


def post(*fields: bytes, body: bytes = b"", version: bytes = b"HTTP/1.1",
         target: bytes = b"/v1/chat/completions", host: bytes = b"Host: localhost") -> bytes:
    lines = [b"POST %s %s" % (target, version), host, b"Content-Type: application/json", *fields]
    return b"\r\n".join(line for line in lines if line) + b"\r\n\r\n" + body


def chunked(body: bytes = BODY, *, size: bytes | None = None, extension: bytes = b"",
            end: bytes = b"0\r\n\r\n") -> bytes:
    return b"%s%s\r\n%s\r\n%s" % (size or b"%x" % len(body), extension, body, end)


LENGTH = b"Content-Length: %d" % len(BODY)
TE = b"Transfer-Encoding: "

ACCEPTED = {
    "content-length": post(LENGTH, body=BODY),
    "leading zeros in the length": post(b"Content-Length: 00%d" % len(BODY), body=BODY),
    "chunked": post(TE + b"chunked", body=chunked()),
    "chunked in capitals": post(b"TRANSFER-ENCODING: CHUNKED", body=chunked()),
    "chunk size in capitals, with zeros": post(
        TE + b"chunked", body=chunked(size=b"00%X" % len(BODY))),
    "a short chunk extension": post(TE + b"chunked", body=chunked(extension=b";a=b;c=\"d\"")),
    "trailers": post(TE + b"chunked", body=chunked(end=b"0\r\nX-Sum: 1\r\n\r\n")),
    "many chunks": post(TE + b"chunked", body=b"".join(
        b"1\r\n%c\r\n" % byte for byte in BODY) + b"0\r\n\r\n"),
    "blanks around a value": post(b"Content-Length: \t %d \t" % len(BODY), body=BODY),
    "bytes beyond ASCII in a value": post(LENGTH, b"X-Name: \xc3\xa4", body=BODY),
    "absolute form, same authority": post(LENGTH, body=BODY,
                                          target=b"http://localhost/v1/chat/completions"),
}

REFUSED = {
    # two lengths
    "length and chunked": post(LENGTH, TE + b"chunked", body=chunked()),
    "chunked and length": post(TE + b"chunked", LENGTH, body=chunked()),
    "chunked and length 0": post(TE + b"chunked", b"Content-Length: 0", body=chunked()),
    "different lengths": post(b"Content-Length: 0", LENGTH, body=BODY),
    "the same length twice": post(LENGTH, LENGTH, body=BODY),
    "a list of the same length": post(LENGTH + b", %d" % len(BODY), body=BODY),
    "a list of lengths": post(b"Content-Length: 0, %d" % len(BODY), body=BODY),
    # a length that is none
    "plus": post(b"Content-Length: +%d" % len(BODY), body=BODY),
    "minus": post(b"Content-Length: -1", body=BODY),
    "hexadecimal": post(b"Content-Length: 0x%x" % len(BODY), body=BODY),
    "empty length": post(b"Content-Length:", body=HIDDEN),
    "a length with a blank": post(b"Content-Length: 1 0", body=HIDDEN),
    "2^64": post(b"Content-Length: 18446744073709551616", body=BODY),
    "2^64 + length": post(b"Content-Length: %d" % ((1 << 64) + len(BODY)), body=BODY),
    "quoted length": post(b'Content-Length: "%d"' % len(BODY), body=BODY),
    # a coding that is none
    "gzip": post(TE + b"gzip", body=HIDDEN),
    "gzip, chunked": post(TE + b"gzip, chunked", body=chunked()),
    "chunked, identity": post(TE + b"chunked, identity", body=chunked()),
    "identity": post(TE + b"identity", body=HIDDEN),
    "xchunked": post(TE + b"xchunked", body=chunked() + HIDDEN),
    "chunked, chunked": post(TE + b"chunked, chunked", body=chunked()),
    "coding twice": post(TE + b"chunked", TE + b"chunked", body=chunked()),
    "coding twice, one unknown": post(TE + b"chunked", TE + b"cow", body=chunked()),
    "empty coding": post(TE, body=chunked() + HIDDEN),
    "chunked with a comma": post(TE + b"chunked,", body=chunked()),
    "chunked with a parameter": post(TE + b"chunked;a=b", body=chunked()),
    "chunked with a vertical tab": post(TE + b"\x0bchunked", body=chunked() + HIDDEN),
    "chunked in HTTP/1.0": post(TE + b"chunked", version=b"HTTP/1.0", body=chunked()),
    # chunks that are none
    "chunk size with plus": post(TE + b"chunked", body=chunked(size=b"+%x" % len(BODY))),
    "chunk size with 0x": post(TE + b"chunked", body=chunked(size=b"0x%x" % len(BODY))),
    "chunk size with a blank": post(TE + b"chunked", body=chunked(size=b" %x" % len(BODY))),
    "chunk size overflow": post(TE + b"chunked", body=chunked(
        size=b"1%016x" % len(BODY)) + HIDDEN),
    "chunk size of many zeros": post(TE + b"chunked", body=chunked(
        size=b"0" * 5000 + b"%x" % len(BODY))),
    "empty chunk size": post(TE + b"chunked", body=b"\r\n" + chunked()),
    "negative chunk size": post(TE + b"chunked", body=chunked(size=b"-1")),
    "line feed behind the size": post(TE + b"chunked", body=b"%x\n%s\r\n0\r\n\r\n" % (
        len(BODY), BODY)),
    "line feed in an extension": post(TE + b"chunked", body=chunked(extension=b";a\n")),
    "carriage return in an extension": post(TE + b"chunked", body=chunked(extension=b";a\rb")),
    "no line end behind a chunk": post(TE + b"chunked", body=b"%x\r\n%sxx0\r\n\r\n" % (
        len(BODY), BODY)),
    "line feed behind a chunk": post(TE + b"chunked", body=b"%x\r\n%s\n0\r\n\r\n" % (
        len(BODY), BODY)),
    "100 kB of extension": post(TE + b"chunked", body=chunked(extension=b";" + b"x" * 100000)),
    "extensions of many chunks": post(TE + b"chunked", body=b"".join(
        b"1;%s\r\n%c\r\n" % (b"x" * 100, byte) for byte in BODY) + b"0\r\n\r\n"),
    "100 kB of trailers": post(TE + b"chunked", body=chunked(
        end=b"0\r\n" + b"X: y\r\n" * 20000 + b"\r\n")),
    "a trailer without a name": post(TE + b"chunked", body=chunked(end=b"0\r\n: x\r\n\r\n")),
    # heads that are read in two ways
    "blank before the colon": post(b"Content-Length : %d" % len(BODY), body=BODY),
    "tab before the colon": post(b"Transfer-Encoding\t: chunked", body=chunked()),
    "blank before a name": post(b" " + LENGTH, body=BODY),
    "folded line": post(b"X-A: b\r\n c", LENGTH, body=BODY),
    "folded coding": post(b"Transfer-Encoding:\r\n chunked", body=chunked()),
    "no colon": post(b"Content-Length", LENGTH, body=BODY),
    "empty name": post(b": x", LENGTH, body=BODY),
    "NUL in a name": post(b"X\0Y: z", LENGTH, body=BODY),
    "NUL in a value": post(b"X-Y: z\0", LENGTH, body=BODY),
    "carriage return in a value": post(b"X-Y: z\rContent-Length: 0", LENGTH, body=BODY),
    "line feed ends a line": post(b"X-Y: z\nX-Z: a", LENGTH, body=BODY),
    "line feeds alone": post(LENGTH, body=BODY).replace(b"\r\n", b"\n"),
    "delete in a name": post(b"X\x7f: y", LENGTH, body=BODY),
    "a name beyond ASCII": post(b"X-\xc3\xa4: y", LENGTH, body=BODY),
    # hosts
    "no host": post(LENGTH, host=b"", body=BODY),
    "two hosts": post(b"Host: evil.example", LENGTH, body=BODY),
    "the same host twice": post(b"Host: localhost", LENGTH, body=BODY),
    "two hosts in one": post(LENGTH, host=b"Host: localhost, evil.example", body=BODY),
    "a foreign authority in the target": post(
        LENGTH, body=BODY, target=b"http://evil.example/v1/chat/completions"),
    "absolute form, other port": post(
        LENGTH, body=BODY, target=b"http://localhost:1/v1/chat/completions",
        host=b"Host: localhost:2"),
    "user in the authority": post(
        LENGTH, body=BODY, target=b"http://me@localhost/v1/chat/completions"),
    # request lines
    "no version": post(LENGTH, body=BODY).replace(b" HTTP/1.1", b""),
    "HTTP/2.0": post(LENGTH, body=BODY, version=b"HTTP/2.0"),
    "HTTP/1.2": post(LENGTH, body=BODY, version=b"HTTP/1.2"),
    "HTTP/1.10": post(LENGTH, body=BODY, version=b"HTTP/1.10"),
    "http/1.1": post(LENGTH, body=BODY, version=b"http/1.1"),
    "HTTP/01.1": post(LENGTH, body=BODY, version=b"HTTP/01.1"),
    "two blanks": post(LENGTH, body=BODY).replace(b"POST ", b"POST  ", 1),
    "a tab": post(LENGTH, body=BODY).replace(b"POST ", b"POST\t", 1),
    "blank behind the version": post(LENGTH, body=BODY, version=b"HTTP/1.1 "),
    "blank in the target": post(LENGTH, body=BODY, target=b"/v1/chat/ completions"),
    "fragment in the target": post(LENGTH, body=BODY, target=b"/v1/chat/completions#x"),
    "NUL in the target": post(LENGTH, body=BODY, target=b"/v1/chat/completions\0"),
    "bad percent code": post(LENGTH, body=BODY, target=b"/v1/chat/completions%zz"),
    "NUL as percent code": post(LENGTH, body=BODY, target=b"/v1/chat/completions%00"),
    "no slash": post(LENGTH, body=BODY, target=b"v1/chat/completions"),
    "a method with a colon": b"PO:ST" + post(LENGTH, body=BODY)[4:],
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 600,
    "HTTP/2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "binary": bytes(range(256)) * 4,
}
