"""Tests of the fake hub's faults."""

from __future__ import annotations

import gzip
import hashlib
import json

import pytest

from fake_hub import FakeHub, Faults
from fake_hub.asking import (DATA, NAME, REPO, content, fetch, resolve_url, signed_url)
from support.patience import at_once, eventually
from support.wire import Address, Connection

SIZE = len(DATA)
BRIDGE = "^bridge GET"


# --- bodies ---

def test_drop_after_a_number_of_bytes_for_some_times(hub: FakeHub) -> None:
    hub.faults.set("drop_after", 100, times=2)
    for _ in range(2):
        got = content(hub)
        assert not got.complete and got.body == DATA[:100]
        assert got.header("content-length") == str(SIZE)
    assert content(hub).complete and hub.faults.left("drop_after") == 0
    assert [request.sent for request in hub.settle() if request.origin == "bridge"] == [
        100, 100, SIZE]


def test_drop_within_a_range_follows_the_seed(hub: FakeHub) -> None:
    def lengths(seed: int) -> list[int]:
        hub.faults.reset()
        hub.faults.seed = seed
        hub.faults.set("drop_after", (50, 5000), share=0.5)
        return [len(content(hub).body) for _ in range(12)]

    first = lengths(1)
    assert first == lengths(1) != lengths(2)
    assert 0 < first.count(SIZE) < 12
    assert all(50 <= length <= 5000 or length == SIZE for length in first)


def test_drop_spares_bodies_that_are_shorter(hub: FakeHub) -> None:
    hub.faults.set("drop_after", 100, times=1)
    assert content(hub, "0-99").complete
    assert hub.faults.left("drop_after") == 1
    assert not content(hub, "0-100").complete


def test_drop_with_a_reset(hub: FakeHub) -> None:
    hub.faults.drop_after, hub.faults.drop_reset = 0, True
    got = content(hub)
    assert (got.status, got.body, got.complete) == (200, b"", False)
    assert hub.settle()[-1].sent == 0


def test_stall_holds_the_connection_until_the_client_leaves(hub: FakeHub) -> None:
    hub.faults.set("stall_after", 10, times=1)
    target = signed_url(hub).removeprefix(hub.bridge_url)
    with Connection(Address("tcp", int(hub.bridge_url.rpartition(":")[2]))) as connection:
        connection.request("GET", target)
        parts = connection.parts(connection.read_head())
        received = b""
        while len(received) < 10:
            received += next(parts)
        assert received == DATA[:10]
        assert not hub.find(BRIDGE)[0].done
    assert hub.settle()[-1].sent == 10
    assert content(hub).complete


def test_stalls_end_with_the_hub() -> None:
    with FakeHub() as hub:
        hub.add(REPO, {NAME: DATA})
        hub.faults.stall_after = 0
        connection = Connection(Address("tcp", int(hub.bridge_url.rpartition(":")[2])))
        connection.request("GET", signed_url(hub).removeprefix(hub.bridge_url))
        connection.read_head()
    assert connection.at_end()
    connection.close()


@pytest.mark.parametrize("offset", [0, SIZE // 2, -1])
def test_flip_changes_one_bit_where_it_is_served(hub: FakeHub, offset: int) -> None:
    hub.faults.set("flip_at", offset, times=1)
    place = offset % SIZE
    assert content(hub, f"{(place + 100) % SIZE}-{(place + 100) % SIZE + 9}").body in DATA
    got = content(hub).body
    assert [i for i in range(SIZE) if got[i] != DATA[i]] == [place]
    assert got[place] == DATA[place] ^ 1
    assert content(hub).body == DATA


@pytest.mark.parametrize(("change", "same_etag", "same_body"), [
    ("both", False, False), ("etag", False, True), ("content", True, False)])
def test_file_changes_from_a_request_on(hub: FakeHub, change: str, same_etag: bool,
                                        same_body: bool) -> None:
    hub.faults.change_from, hub.faults.change = 2, change
    before, after = content(hub), content(hub)
    assert before.body == DATA
    assert (after.header("etag") == before.header("etag")) is same_etag
    assert (after.body == DATA) is same_body and len(after.body) == SIZE
    resumed = content(hub, "5-9", If_Range=before.header("etag"))
    assert resumed.status == (206 if same_etag else 200)


def test_rates_spread_a_body_over_time(hub: FakeHub) -> None:
    delays = []
    hub.bridge.shared.stopping.wait = lambda delay: delays.append(delay)  # nobody waits here
    hub.faults.rate_connection = 100_000
    assert content(hub).body == DATA
    assert len(delays) >= 5 and 0.03 < delays[-1] <= SIZE / 100_000
    hub.faults.rate_connection, hub.faults.rate_total = None, 100_000
    at_once(2, lambda _: content(hub))
    assert max(delays) > 1.5 * (SIZE - 2000) / 100_000


# --- how a file is served ---

def test_range_is_ignored(hub: FakeHub) -> None:
    hub.faults.set("ignore_range", True, times=1)
    got = content(hub, "5-9")
    assert (got.status, got.body) == (200, DATA)
    assert content(hub, "5-9").status == 206


def test_a_range_is_needed(hub: FakeHub) -> None:
    hub.faults.needs_range = True
    assert content(hub).status == 400
    assert content(hub, "0-").status == 206


@pytest.mark.parametrize(("kind", "told", "first", "last"), [
    ("shifted", "bytes 101-200/10240", 100, 199), ("total", "bytes 100-199/10241", 100, 199),
    ("long", "bytes 100-199/10240", 100, 215), ("short", "bytes 100-199/10240", 100, 183),
    ("earlier", "bytes 84-199/10240", 84, 199), ("beyond", "bytes 100-215/10240", 100, 215),
    ("garbage", "bytes all of it", 100, 199), ("missing", None, 100, 199)])
def test_content_range_is_wrong(hub: FakeHub, kind: str, told: str | None, first: int,
                                last: int) -> None:
    hub.faults.content_range = kind
    got = content(hub, "100-199")
    assert (got.status, got.header("content-range"), got.complete) == (206, told, True)
    assert got.body == DATA[first:last + 1]


def test_long_body_goes_on_behind_the_end_of_the_file(hub: FakeHub) -> None:
    hub.faults.content_range = "long"
    assert content(hub, "10230-").body == DATA[10230:] + bytes(16)


def test_content_encoding_on_a_range(hub: FakeHub) -> None:
    hub.faults.content_encoding = "gzip"
    got = content(hub, "100-4199")
    assert (got.status, got.header("content-encoding")) == (206, "gzip")
    assert got.body != DATA[100:4200] == gzip.decompress(got.body)
    hub.faults.content_encoding = "br"
    assert content(hub, "0-9").header("content-encoding") == "br"


def test_no_length_and_no_accept_ranges(hub: FakeHub) -> None:
    assert content(hub).header("accept-ranges") == "bytes"
    hub.faults.chunked = hub.faults.no_accept_ranges = True
    got = content(hub)
    assert got.header("content-length") is got.header("accept-ranges") is None
    assert got.complete and got.body == DATA
    hub.faults.drop_after = 10
    cut = content(hub)
    assert (cut.body, cut.complete) == (DATA[:10], False)


@pytest.mark.parametrize(("kind", "etag", "date"), [
    ("both", '"', True), ("etag", '"', False), ("weak", "W/", True), ("date", None, True),
    ("none", None, False)])
def test_validators_may_lack(hub: FakeHub, kind: str, etag: str | None, date: bool) -> None:
    hub.faults.validators = kind
    got = content(hub)
    told = got.header("etag")
    assert told is None if etag is None else told.startswith(etag)
    assert (got.header("last-modified") is not None) is date


# --- statuses ---

@pytest.mark.parametrize("status", [401, 403, 404, 416, 500, 503])
def test_fail_gives_a_status_for_some_requests(hub: FakeHub, status: int) -> None:
    hub.faults.fail(status, times=1, only=f"{BRIDGE} /xet-bridge/", code="Why")
    url = signed_url(hub)
    assert [fetch(url).status for _ in range(2)] == [status, 200]


def test_429_tells_when_to_come_back(hub: FakeHub) -> None:
    hub.faults.fail(429, times=1, only="^hub ", retry_after=7)
    got = fetch(resolve_url(hub), "HEAD")
    assert (got.status, got.header("retry-after")) == (429, "7")
    assert got.header("ratelimit") == '"resolvers";r=0;t=7'
    assert got.header("ratelimit-policy") == '"fixed window";"resolvers";q=3000;w=300'
    assert fetch(resolve_url(hub), "HEAD").status == 302


def test_fail_with_nothing_never_answers(hub: FakeHub) -> None:
    hub.faults.fail(0, only="search=never")
    with Connection(Address("tcp", int(hub.url.rpartition(":")[2]))) as connection:
        connection.request("GET", "/api/models?search=never")
        assert fetch(f"{hub.url}/api/models").status == 200
        eventually("the request has come", lambda: hub.find("never"))
    hub.settle()
    assert hub.find("never")[0].status is None


def test_signatures_expire(hub: FakeHub) -> None:
    hub.faults.expire_uses = 2
    url = signed_url(hub)
    assert [fetch(url).status for _ in range(3)] == [200, 200, 403]
    hub.faults.reset()
    hub.faults.expire_s = 0
    assert content(hub).status == 403


# --- redirects ---

def test_redirects_by_name(hub: FakeHub) -> None:
    def told(mode: str) -> str | None:
        hub.faults.redirect = mode
        return fetch(resolve_url(hub), "HEAD").header("location")

    assert told("").startswith(f"{hub.bridge_url}/xet-bridge/")
    assert told("same").startswith(f"{hub.url}/xet-bridge/")
    assert told("relative").startswith("/xet-bridge/")
    assert told("host").startswith(hub.url.replace("127.0.0.1", "localhost") + "/xet-bridge/")
    assert told("loop") == resolve_url(hub)
    assert told("none") is None
    assert told("file:///etc/hostname") == "file:///etc/hostname"
    assert told("http://u:p@127.0.0.1:{port}{signed}").startswith("http://u:p@127.0.0.1:")
    for mode in ("same", "relative", "host"):
        path = told(mode)[told(mode).index("/xet-bridge/"):]
        assert fetch(hub.url + path).body == DATA


def test_redirects_of_small_files_and_other_statuses(hub: FakeHub) -> None:
    hub.faults.set("redirect", "same", only="README")
    hub.faults.redirect_status = 308
    sent = fetch(resolve_url(hub, "README.md"))
    assert sent.status == 308
    assert fetch(sent.header("location")).body == b"# Model\n"
    assert signed_url(hub).startswith(hub.bridge_url)


def test_many_hops_lead_to_the_file(hub: FakeHub) -> None:
    hub.faults.redirect_hops = 3
    url, hops = resolve_url(hub), 0
    while (got := fetch(url)).status == 307:
        assert got.header("x-linked-etag") is None
        url, hops = hub.url + got.header("location"), hops + 1
    assert (hops, got.status) == (3, 302)


def test_resolve_cache_is_a_relative_redirect(hub: FakeHub) -> None:
    hub.faults.resolve_cache = True
    sent = fetch(resolve_url(hub, "README.md"), "HEAD")
    assert (sent.status, sent.header("etag")) == (307, None)
    assert sent.header("location").startswith(f"/api/resolve-cache/models/{REPO}/")
    got = fetch(hub.url + sent.header("location"))
    assert (got.body, got.header("x-repo-commit")) == (b"# Model\n", sent.header("x-repo-commit"))


# --- what the hub says ---

def test_hostile_names_are_listed_and_served_as_they_are(hub: FakeHub) -> None:
    names = ["../x", "/etc/x", "a\\b.gguf", "a\nb\x01.gguf", "n" * 300 + ".gguf", "..", "C:x"]
    hub.add_raw_entries(REPO, [*names, {"type": "file", "path": None, "size": -1, "oid": 5}])
    tree = fetch(f"{hub.url}/api/models/{REPO}/tree/main?recursive=true").json()
    assert [entry["path"] for entry in tree][-8:] == [*names, None]
    siblings = fetch(f"{hub.url}/api/models/{REPO}?blobs=true").json()["siblings"]
    assert [entry["rfilename"] for entry in siblings][-8:] == [*names, None]
    assert fetch(signed_url(hub, "%2E%2E%2Fx")).body == b"from a hostile hub\n"
    assert fetch(signed_url(hub, "../x")).body == b"from a hostile hub\n"


@pytest.mark.parametrize("digest", ["wrong", "sha256:../../x", "A" * 64, "a" * 63, "a%2e\0"])
def test_digest_is_wrong(hub: FakeHub, digest: str) -> None:
    def told() -> tuple[str, str]:
        tree = fetch(f"{hub.url}/api/models/{REPO}/tree/main").json()
        head = fetch(resolve_url(hub), "HEAD").header("x-linked-etag")
        return tree[1]["lfs"]["oid"], head.strip('"')

    right = hashlib.sha256(DATA).hexdigest()
    hub.faults.digest = digest
    assert right not in told() and told()[0] == told()[1]
    hub.faults.digest_in = "api"
    assert told()[0] != told()[1] == right


def test_size_and_commit_are_wrong(hub: FakeHub) -> None:
    hub.faults.size_delta, hub.faults.commit = 10, "../../x"
    head = fetch(resolve_url(hub), "HEAD")
    assert (head.header("x-linked-size"), head.header("x-repo-commit")) == (
        str(SIZE + 10), "../../x")
    assert fetch(f"{hub.url}/api/models/{REPO}").json()["sha"] == "../../x"


@pytest.mark.parametrize("kind", ["html", "garbage", "empty", "truncated", "cut"])
def test_api_body_is_no_json(hub: FakeHub, kind: str) -> None:
    hub.faults.set("api_body", kind, times=1)
    got = fetch(f"{hub.url}/api/models/{REPO}")
    assert (got.status, got.complete) == (200, kind != "cut")
    with pytest.raises(ValueError):
        json.loads(got.body)
    assert fetch(f"{hub.url}/api/models/{REPO}").json()["id"] == REPO


def test_api_body_is_huge_or_deep(hub: FakeHub) -> None:
    hub.faults.api_body, hub.faults.api_bytes = "huge", 3_000_000
    got = fetch(f"{hub.url}/api/models")
    assert len(got.body) == 3_000_000 and len(got.json()[0]) == 3_000_000 - 4
    hub.faults.api_body = "nested"
    assert fetch(f"{hub.url}/api/models").body.startswith(b"[" * 100)


# --- the faults themselves ---

def test_faults_as_text() -> None:
    faults = Faults()
    for text in ("drop_after=10-20,times=3,share=0.5,only=^hub GET /a,b", "flip_at=-1",
                 "chunked=true", "expire_s=1.5", "redirect=same", "fail=429,retry_after=2,times=1"):
        faults.parse(text)
    assert (faults.drop_after, faults.flip_at, faults.chunked, faults.expire_s) == (
        (10, 20), -1, True, 1.5)
    assert faults.left("drop_after") == 3 and faults.strikes("chunked", "hub GET /")
    assert faults.failure("hub GET /").retry_after == "2" and faults.failure("hub GET /") is None


@pytest.mark.parametrize("text", ["none=1", "chunked", "chunked=1", "drop_after=x", "change=all",
                                  "flip_at=1,often=2", "_lock=1"])
def test_bad_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Faults().parse(text)


def test_wrong_names_are_refused() -> None:
    with pytest.raises(AttributeError):
        Faults().drop_afer = 1
    with pytest.raises(ValueError):
        Faults().content_range = "sideways"
