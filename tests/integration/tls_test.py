"""SEC-33 and downloads over https: who is trusted, and who gets the token."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fake_hub import FakeHub
from support.certificates import Authority
from support.daemon import Daemon
from support.home import Home
from support.weights import sha256, weights
from support.wire import ask

REPO = "org/model-GGUF"
FILE = "model-Q4_K_M.gguf"
CONTENT = weights(1 << 20)
TOKEN = "hf_secret"


@pytest.fixture
def authority(home: Home) -> Authority:
    return Authority(home.path / "authority")


@contextmanager
def hub_of(**tls: ssl.SSLContext) -> Iterator[FakeHub]:
    with FakeHub(tls=tls) as hub:
        hub.add(REPO, {FILE: CONTENT})
        hub.add_token(TOKEN)
        yield hub


@pytest.fixture
def begin(start: Callable, home: Home) -> Callable[..., Daemon]:
    def launch(hub: FakeHub, **variables: object) -> Daemon:
        texts = {name: str(value) for name, value in variables.items()}
        return start(env={"HF_ENDPOINT": hub.url, "HF_HUB_CACHE": str(home.path / "hub"),
                          "HF_TOKEN": TOKEN, **texts})

    return launch


def download(daemon: Daemon) -> str:
    """Empty when it came, else why not."""
    answer = ask(daemon.unix, "POST", "/llf/v1/downloads", {"model": REPO})
    if answer.status != 200:
        return answer.error["message"]
    last = [json.loads(line.removeprefix("data: ")) for line in answer.body.decode().splitlines()
            if line.startswith("data: ")][-1]["download"]
    return "" if last["state"] == "done" else last["error"]


def came(home: Home) -> bool:
    blobs = list((home.path / "hub").glob("models--*/blobs/*"))
    return [sha256(blob.read_bytes()) for blob in blobs] == [sha256(CONTENT)]


def with_token(hub: FakeHub, origin: str) -> list[bool]:
    """Of the requests of an origin: whether the token came along."""
    hub.settle()
    return [request.header("authorization") is not None for request in hub.requests
            if request.origin == origin]


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE",
                                      "SSL_CERT_DIR"])
def test_an_authority_of_ones_own_is_named_as_for_other_programs(
        begin: Callable, authority: Authority, home: Home, variable: str) -> None:
    place = authority.hashed_folder() if variable == "SSL_CERT_DIR" else authority.certificate
    with hub_of(hub=authority.server(), bridge=authority.server()) as hub:
        assert download(begin(hub, **{variable: place})) == ""
        assert came(home)
        assert all(with_token(hub, "hub")) and not any(with_token(hub, "bridge"))
        assert with_token(hub, "bridge"), "another https origin, without the token"


def test_a_bundle_may_be_a_folder(begin: Callable, authority: Authority, home: Home) -> None:
    with hub_of(hub=authority.server(), bridge=authority.server()) as hub:
        assert download(begin(hub, REQUESTS_CA_BUNDLE=authority.hashed_folder())) == ""
        assert came(home)


def test_an_unknown_authority_is_refused(begin: Callable, authority: Authority) -> None:
    with hub_of(hub=authority.server()) as hub:
        error = download(begin(hub))
        assert hub.url in error and "certificate" in error and "SSL_CERT_FILE" in error, error
        assert not hub.requests, "nothing was said before it was refused"


@pytest.mark.parametrize(("name", "days", "words"), [
    ("IP:127.0.0.1", -1, "has expired"), ("DNS:other.example", 2, "127.0.0.1"),
    ("IP:127.0.0.2", 2, "127.0.0.1")])
def test_a_certificate_that_does_not_hold_is_refused(
        begin: Callable, authority: Authority, name: str, days: int, words: str) -> None:
    with hub_of(hub=authority.server(name, days=days)) as hub:
        error = download(begin(hub, SSL_CERT_FILE=authority.certificate))
        assert "certificate" in error and words in error, error
        assert not hub.requests


@pytest.mark.parametrize("place", ["absent.pem", "hub"])
def test_an_authority_that_is_not_there_is_told(begin: Callable, authority: Authority, home: Home,
                                                place: str) -> None:
    (home.path / "hub").mkdir()
    with hub_of(hub=authority.server()) as hub:
        error = download(begin(hub, SSL_CERT_FILE=home.path / place))
        assert "SSL_CERT_FILE" in error and place in error, error
        assert not hub.requests


def test_no_value_of_a_variable_ends_the_check(begin: Callable, authority: Authority,
                                               home: Home) -> None:
    """As an empty CURL_CA_BUNDLE once did in requests."""
    (home.path / "empty.pem").write_text("")
    with hub_of(hub=authority.server()) as hub:
        for variables in ({"CURL_CA_BUNDLE": "", "REQUESTS_CA_BUNDLE": ""},
                          {"SSL_CERT_FILE": home.path / "empty.pem"},
                          {"PYTHONHTTPSVERIFY": "0", "HF_HUB_DISABLE_SSL_VERIFY": "1"}):
            daemon = begin(hub, **variables)
            assert "certificate" in download(daemon)
            daemon.stop()
        assert not hub.requests


def test_a_bad_certificate_behind_a_redirect_ends_it_at_once(begin: Callable, authority: Authority,
                                                             home: Home) -> None:
    with hub_of(hub=authority.server(), bridge=authority.server(days=-1)) as hub:
        error = download(begin(hub, SSL_CERT_FILE=authority.certificate))
        assert hub.bridge_url in error and "has expired" in error, error
        assert not with_token(hub, "bridge") and not came(home)


def test_SEC_33_a_redirect_to_http_is_refused(begin: Callable, authority: Authority,
                                              home: Home) -> None:
    with hub_of(hub=authority.server()) as hub:
        error = download(begin(hub, SSL_CERT_FILE=authority.certificate))
        assert "from https to http" in error, error
        assert not with_token(hub, "bridge") and not came(home)


def test_SEC_33_a_redirect_from_http_to_https_has_no_token(begin: Callable, authority: Authority,
                                                           home: Home) -> None:
    with hub_of(bridge=authority.server()) as hub:
        assert download(begin(hub, SSL_CERT_FILE=authority.certificate)) == ""
        assert came(home)
        assert with_token(hub, "bridge") and not any(with_token(hub, "bridge"))


def test_SEC_33_another_name_of_the_same_server_is_another_origin(
        begin: Callable, authority: Authority, home: Home) -> None:
    tls = authority.server("IP:127.0.0.1,DNS:localhost")
    with hub_of(hub=tls, bridge=tls) as hub:
        hub.faults.redirect = "https://localhost:{port}{signed}"
        assert download(begin(hub, SSL_CERT_FILE=authority.certificate)) == ""
        assert came(home)
        hub.settle()
        elsewhere = [request for request in hub.requests
                     if request.header("host").startswith("localhost")]
        assert elsewhere and not any(request.header("authorization") for request in elsewhere)
