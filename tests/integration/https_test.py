"""The public port with TLS: server.tls_certificate and server.tls_key."""

from __future__ import annotations

import json
import socket
import ssl
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from support.certificates import Authority
from support.chat import Stream, chat, chat_body
from support.daemon import Daemon, Refused
from support.home import LLF, Home
from support.models import ANSWER, Models
from support.patience import PATIENCE_S, eventually
from support.wire import Connection, ask, request_bytes

MANY = 40


@pytest.fixture
def authority(home: Home) -> Authority:
    return Authority(home.path / "authority")


@pytest.fixture
def secured(start: Callable, authority: Authority) -> Callable[..., Daemon]:
    def launch(certificate: Path | None = None, key: Path | None = None, *flags: str) -> Daemon:
        if not certificate or not key:
            certificate, key = authority.files()
        return start("--tls-certificate", str(certificate), "--tls-key", str(key),
                     "--max-loaded", "64", *flags, tls=authority.client())

    return launch


def openssl(daemon: Daemon, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["openssl", "s_client", "-brief", "-connect",
                           f"127.0.0.1:{daemon.tcp.place}", *words], input="", text=True,
                          capture_output=True, timeout=PATIENCE_S)


def shown_to(daemon: Daemon) -> bytes:
    """The certificate that the next client sees."""
    with Connection(daemon.tcp) as connection:
        return connection.socket.getpeercert(binary_form=True)


def test_chats_are_answered_over_tls(secured: Callable, models: Models, home: Home) -> None:
    daemon = secured()
    model = models.add("model")
    for stream in (False, True):
        answer = chat(daemon.tcp, model, stream=stream)
        assert answer.whole and answer.text == ANSWER, answer
    with Connection(daemon.tcp) as connection:
        assert connection.socket.selected_alpn_protocol() is None, "this client offers none"
        assert connection.socket.version() == "TLSv1.3"
        for _ in range(3):
            connection.request("POST", "/v1/chat/completions", chat_body(model, "x" * 200_000),
                               headers={"Origin": "https://127.0.0.1"})
            assert connection.read_response().status == 200
    status = subprocess.run([LLF, "--home", home.path, "server", "status"],
                            env=home.environment(), capture_output=True, text=True, check=True)
    assert f"https://127.0.0.1:{daemon.tcp.place}\n" in status.stdout, status


def test_a_stream_is_whole_however_slowly_it_is_read(secured: Callable, models: Models) -> None:
    daemon = secured()
    model = models.add("model", "tokens 20000")
    with Stream(daemon.tcp, chat_body(model, stream=True)) as stream:
        assert stream.next() is not None
        answer = stream.rest()
    assert answer.whole and len(answer.events) >= 20_000


@pytest.mark.parametrize("politely", [True, False], ids=["close_notify", "fin"])
def test_a_client_that_leaves_cancels(secured: Callable, models: Models, politely: bool) -> None:
    daemon = secured()
    model = models.add("model", "tokens 100000", "token-delay-ms 50")
    stream = Stream(daemon.tcp, chat_body(model, stream=True))
    assert stream.next() is not None
    if politely:
        stream.connection.socket.settimeout(PATIENCE_S)
        try:
            stream.connection.socket.unwrap().close()
        except ssl.SSLError:
            pass  # an event came in between, which unwrap does not expect
    stream.connection.close()
    assert not models.await_records(model, "end", 1)[0]["complete"]
    daemon.await_idle()


def test_other_programs_need_the_authority_only(secured: Callable, authority: Authority) -> None:
    daemon = secured()
    url = f"https://127.0.0.1:{daemon.tcp.place}/health"

    def curl(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["curl", "-sS", *words, url], capture_output=True, text=True,
                              timeout=PATIENCE_S, env={"PATH": "/usr/bin:/bin"})

    known = curl("--cacert", str(authority.certificate), "-w", " %{http_version}")
    assert json.loads(known.stdout.rpartition(" ")[0]) == {"status": "ok"}, known
    assert known.stdout.endswith(" 1.1"), "though it offers HTTP/2"
    assert curl().returncode == 60, "an authority that it does not know"


def test_old_protocols_are_refused(secured: Callable) -> None:
    daemon = secured()
    for version in ("-tls1_2", "-tls1_3"):
        assert "CONNECTION ESTABLISHED" in openssl(daemon, version).stderr
    for version in ("-tls1_1", "-tls1"):
        old = openssl(daemon, version, "-cipher", "DEFAULT:@SECLEVEL=0")
        assert old.returncode != 0 and "alert protocol version" in old.stderr, old
    assert "no application protocol" in openssl(daemon, "-alpn", "h2").stderr


@pytest.mark.parametrize("request_", [b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n",
                                      request_bytes("POST", "/v1/chat/completions", {"model": "m"}),
                                      b"OPTIONS"])
def test_plain_http_is_told_to_use_https(secured: Callable, request_: bytes) -> None:
    daemon = secured()
    with Connection(daemon.tcp._replace(tls=None)) as plain:
        plain.send(request_)
        answer = plain.read_response()
        assert answer.status == 400 and answer.error["code"] == "https_only", answer
        assert "https://" in answer.error["message"]
        assert plain.at_end()


def test_handshakes_that_stall_hold_up_nobody(secured: Callable, models: Models) -> None:
    daemon = secured()
    begun = (b"", b"\x16", b"\x16\x03\x01\x02\x00", b"\x16\x03\x01\x02\x00\x01")
    stalled = []
    for i in range(MANY):
        stalled.append(socket.create_connection(("127.0.0.1", daemon.tcp.place), PATIENCE_S))
        stalled[-1].sendall(begun[i % len(begun)])
    assert chat(daemon.tcp, models.add("model")).whole
    # Nonsense ends at once, and with an alert.
    with socket.create_connection(("127.0.0.1", daemon.tcp.place), PATIENCE_S) as nonsense:
        nonsense.sendall(b"\x16\x03\x01\x00\x05hello")
        assert nonsense.recv(100).startswith(b"\x15\x03")
        assert nonsense.recv(100) == b""
    for client in stalled:
        client.close()


def test_a_cut_client_hello_harms_nobody(secured: Callable) -> None:
    daemon = secured()
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = daemon.tcp.tls.wrap_bio(incoming, outgoing, server_hostname="127.0.0.1")
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    hello = outgoing.read()
    for size in range(0, len(hello), 7):
        with socket.create_connection(("127.0.0.1", daemon.tcp.place), PATIENCE_S) as cut:
            cut.sendall(hello[:size])
            cut.shutdown(socket.SHUT_WR)
            assert cut.recv(100) == b"", size
    assert ask(daemon.tcp, "GET", "/health").status == 200


def test_variables_and_the_settings_file_say_the_same(start: Callable, authority: Authority,
                                                      home: Home) -> None:
    certificate, key = map(str, authority.files())
    daemon = start(tls=authority.client(),
                   env={"LLF_TLS_CERTIFICATE": certificate, "LLF_TLS_KEY": key})
    assert ask(daemon.tcp, "GET", "/health").status == 200
    daemon.stop()
    (home.path / "config").mkdir(exist_ok=True)
    (home.path / "config/config.json").write_text(json.dumps(
        {"server": {"tls_certificate": certificate, "tls_key": key}}))
    assert ask(start(tls=authority.client()).tcp, "GET", "/health").status == 200


def refusal(start: Callable, *flags: str) -> str:
    with pytest.raises(Refused) as refused:
        start(*flags)
    return str(refused.value)


def test_a_start_with_wrong_files_is_refused(start: Callable, authority: Authority,
                                             home: Home) -> None:
    certificate, key = authority.files()
    other = home.path / "other.key"
    other.write_bytes(key.read_bytes())
    other.chmod(0o600)
    certificate, key = authority.files()

    def wrong(certificate: Path, key: Path) -> str:
        return refusal(start, "--tls-certificate", str(certificate), "--tls-key", str(key))

    assert "does not belong" in wrong(certificate, other)
    assert "holds no certificates" in wrong(key, key)
    assert "absent.pem" in wrong(home.path / "absent.pem", key)
    key.chmod(0o644)
    error = wrong(certificate, key)
    assert "0644" in error and f"chmod 600 {key}" in error, error
    assert "server.tls_key is not" in refusal(start, "--tls-certificate", str(certificate))
    assert "server.tls_certificate is not" in refusal(start, "--tls-key", str(key))


def test_on_demand_it_goes_on_without_the_port_but_never_in_the_clear(
        start: Callable, authority: Authority) -> None:
    certificate, key = authority.files()
    key.chmod(0o644)
    daemon = start("--on-demand", "--tls-certificate", str(certificate), "--tls-key", str(key))
    listen = daemon.status()["listen"]
    assert listen["port"] == 0 and "chmod 600" in listen["error"], listen
    assert daemon.stop() == 0  # what is checked behind each test needs the port


def test_renewed_files_are_used_at_once(secured: Callable, authority: Authority,
                                        home: Home) -> None:
    certificate, key = home.path / "used.pem", home.path / "used.key"

    def renew() -> None:
        for new, used in zip(authority.files(), (certificate, key), strict=True):
            new.replace(used)

    renew()
    daemon = secured(certificate, key)
    first = shown_to(daemon)
    with Connection(daemon.tcp) as kept:
        renew()
        second = shown_to(daemon)
        assert first != second
        kept.request("GET", "/health")
        assert kept.read_response().status == 200
    certificate.write_text("nonsense")
    assert shown_to(daemon) == second
    eventually("the log says why", lambda: "the certificate that was read before stays" in
               (home.path / "state/log/llfd.log").read_text())


def test_one_that_has_expired_is_served_and_warned_of(start: Callable, authority: Authority,
                                                      home: Home) -> None:
    certificate, key = map(str, authority.files(days=-1))
    lenient = authority.client()
    lenient.check_hostname = False
    lenient.verify_mode = ssl.CERT_NONE
    daemon = start("--tls-certificate", certificate, "--tls-key", key, tls=lenient)
    assert ask(daemon.tcp, "GET", "/health").status == 200
    assert "expired on" in (home.path / "state/log/llfd.log").read_text()
    with pytest.raises(ssl.SSLCertVerificationError, match="expired"):
        ask(daemon.tcp._replace(tls=authority.client()), "GET", "/health")
