"""Tests of the fake hub: routes, access, ranges, signatures."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fake_hub import FakeHub
from fake_hub.asking import (DATA, NAME, REPO, bearer, content, fetch, resolve_url, signed_url)
from support.patience import eventually
from support.wire import Address, Connection, Response

SHA256 = hashlib.sha256(DATA).hexdigest()
README_OID = hashlib.sha1(b"blob 8\0# Model\n").hexdigest()


def api(hub: FakeHub, rest: str = "") -> str:
    return f"{hub.url}/api/models/{REPO}{rest}"


def next_link(response: Response) -> str | None:
    found = re.fullmatch(r'<(http://[^>]+)>; rel="next"', response.header("link") or "")
    return found.group(1) if found else None


# --- the API ---

def test_model_tells_commit_card_gguf_and_siblings(hub: FakeHub) -> None:
    plain = fetch(api(hub)).json()
    assert plain["siblings"][0] == {"rfilename": NAME}
    info = fetch(api(hub, "?blobs=true")).json()
    assert info["id"] == info["modelId"] == REPO
    assert re.fullmatch("[0-9a-f]{40}", info["sha"])
    assert (info["gated"], info["private"]) == (False, False)
    assert (info["downloads"], info["likes"]) == (7, 2)
    assert info["cardData"] == {"license": "mit", "base_model": "org/model"}
    assert {"gguf", "license:mit", "base_model:org/model"} <= set(info["tags"])
    assert info["gguf"]["chat_template"] == "{{ messages }}"
    weights, readme = info["siblings"][:2]
    assert weights["lfs"] == {"sha256": SHA256, "size": len(DATA), "pointerSize": 130}
    assert readme == {"rfilename": "README.md", "size": 8, "blobId": README_OID}


def test_revisions_are_branches_commits_and_head(hub: FakeHub) -> None:
    first = fetch(api(hub)).json()["sha"]
    second = hub.add(REPO, {NAME: b"new"}).hash
    hub.add(REPO, {NAME: b"other"}, revision="refs/pr/1")
    assert first != second
    assert fetch(api(hub, "/revision/main")).json()["sha"] == second
    assert fetch(api(hub, "/revision/HEAD")).json()["sha"] == second
    assert len(fetch(api(hub, f"/revision/{first}")).json()["siblings"]) == 3
    assert fetch(api(hub, "/revision/refs%2Fpr%2F1")).status == 200
    refused = fetch(api(hub, "/revision/nowhere"))
    assert (refused.status, refused.header("x-error-code")) == (404, "RevisionNotFound")
    branches = fetch(api(hub, "/refs")).json()["branches"]
    assert {"name": "main", "ref": "refs/heads/main", "targetCommit": second} in branches


def test_same_content_makes_the_same_commit(hub: FakeHub) -> None:
    before = hub.repository(REPO).head.hash
    files = {path: file.content for path, file in hub.repository(REPO).head.files.items()}
    assert hub.add(REPO, files).hash == before


def test_search_filters_sorts_and_pages(hub: FakeHub) -> None:
    for number in range(5):
        hub.add(f"org/small-{number}", {"a.gguf": b"a"}, downloads=number)
    hub.add("org/small-text", {"README.md": b"a"})
    url = f"{hub.url}/api/models?search=small&filter=gguf&sort=downloads&direction=-1&limit=2"
    names = []
    while url:
        page = fetch(url)
        assert len(page.json()) <= 2
        names += [entry["id"] for entry in page.json()]
        url = next_link(page)
    assert names == [f"org/small-{number}" for number in (4, 3, 2, 1, 0)]


def test_search_tells_gated_only_when_asked(hub: FakeHub) -> None:
    url = f"{hub.url}/api/models?search=model"
    assert "gated" not in fetch(url).json()[0]
    assert fetch(url + "&full=true").json()[0]["gated"] is False
    expanded = fetch(url + "&expand=gated&expand=lastModified").json()[0]
    assert set(expanded) == {"_id", "id", "gated", "lastModified"}


def test_tree_lists_folders_and_pages(hub: FakeHub) -> None:
    flat = fetch(api(hub, "/tree/main")).json()
    assert [(e["type"], e["path"]) for e in flat] == [
        ("directory", "sub"), ("file", NAME), ("file", "README.md")]
    assert flat[1]["lfs"]["oid"] == SHA256 and flat[1]["size"] == len(DATA)
    assert re.fullmatch("[0-9a-f]{64}", flat[1]["xetHash"]) and flat[2]["oid"] == README_OID
    url, paths = api(hub, "/tree/main?recursive=true&limit=1"), []
    while url:
        page = fetch(url)
        paths += [entry["path"] for entry in page.json()]
        url = next_link(page)
    assert paths == ["sub", NAME, "README.md", "sub/extra.gguf"]
    assert [e["path"] for e in fetch(api(hub, "/tree/main/sub")).json()] == ["sub/extra.gguf"]
    assert fetch(api(hub, "/tree/main/none")).header("x-error-code") == "EntryNotFound"
    expanded = fetch(api(hub, "/tree/main?expand=true")).json()[1]
    assert expanded["lastCommit"]["id"] == hub.repository(REPO).head.hash


@pytest.mark.parametrize("kind", ["json", "form"])
def test_paths_info_takes_json_and_forms(hub: FakeHub, kind: str) -> None:
    url = api(hub, "/paths-info/main")
    if kind == "json":
        found = fetch(url, "POST", body={"paths": [NAME, "none"], "expand": True}).json()
    else:
        found = fetch(url, "POST", body=f"paths={NAME}&paths=none&expand=true".encode(),
                      headers={"Content-Type": "application/x-www-form-urlencoded"}).json()
    assert [entry["path"] for entry in found] == [NAME]
    assert found[0]["lfs"]["oid"] == SHA256 and "lastCommit" in found[0]


def test_whoami_needs_a_valid_token(hub: FakeHub) -> None:
    url = f"{hub.url}/api/whoami-v2"
    assert fetch(url).status == 401
    assert fetch(url, headers=bearer("hf_other")).status == 401
    assert fetch(url, headers=bearer("hf_all")).json()["type"] == "user"


# --- access ---

def test_unknown_and_private_are_the_same_without_token(hub: FakeHub) -> None:
    hub.add("org/secret", {"a.gguf": b"a"}, private=True)
    hub.add_token("hf_none", [])
    for name in ("org/secret", "org/nothing"):
        for path in (f"/api/models/{name}", f"/{name}/resolve/main/a.gguf"):
            refused = fetch(hub.url + path)
            assert (refused.status, refused.header("x-error-code")) == (401, "RepoNotFound")
            assert refused.json() == {"error": refused.header("x-error-message")}
            assert fetch(hub.url + path, headers=bearer("hf_none")).status == 404
    assert fetch(f"{hub.url}/api/models/org/secret", headers=bearer("hf_all")).status == 200
    assert "org/secret" not in fetch(f"{hub.url}/api/models").body.decode()


def test_gated_files_need_access_and_listings_do_not(hub: FakeHub) -> None:
    hub.add("org/gated", {"a.gguf": b"a"}, gated="manual")
    hub.add_token("hf_none", [])
    hub.add_token("hf_some", ["org/gated"])
    url = f"{hub.url}/org/gated/resolve/main/a.gguf"
    for headers, status in (({}, 401), (bearer("hf_none"), 403)):
        refused = fetch(url, headers=headers)
        assert (refused.status, refused.header("x-error-code")) == (status, "GatedRepo")
    assert fetch(url, headers=bearer("hf_some")).status == 302
    listing = f"{hub.url}/api/models/org/gated"
    assert fetch(listing).json()["gated"] == "manual"
    hub.faults.gated_api = True
    assert fetch(listing).status == 401


def test_missing_file_tells_the_commit(hub: FakeHub) -> None:
    missing = fetch(resolve_url(hub, "none.gguf"))
    assert (missing.status, missing.header("x-error-code")) == (404, "EntryNotFound")
    assert missing.header("x-repo-commit") == hub.repository(REPO).head.hash
    assert fetch(f"{hub.url}/nothing/at/all").status == 404


# --- files ---

def test_resolve_sends_to_the_bridge(hub: FakeHub) -> None:
    for method in ("HEAD", "GET"):
        sent = fetch(resolve_url(hub), method)
        assert sent.status == 302
        assert sent.header("x-repo-commit") == hub.repository(REPO).head.hash
        assert sent.header("x-linked-size") == str(len(DATA))
        assert sent.header("x-linked-etag") == f'"{SHA256}"'
        assert sent.header("x-xet-hash") == hub.file(REPO, NAME).xet_hash
        assert sent.header("content-length") != str(len(DATA))
        assert sent.header("location").startswith(hub.bridge_url)
    got = fetch(sent.header("location"))
    assert (got.status, got.body) == (200, DATA)
    assert got.header("etag") not in (None, f'"{SHA256}"')  # as at the real CDN


def test_small_files_come_from_the_hub(hub: FakeHub) -> None:
    for method in ("HEAD", "GET"):
        got = fetch(resolve_url(hub, "README.md"), method)
        assert (got.status, got.header("etag")) == (200, f'"{README_OID}"')
        assert got.header("content-length") == "8"
        assert got.header("x-linked-etag") is None
    assert got.body == b"# Model\n"
    same = fetch(resolve_url(hub, "README.md"), headers={"If-None-Match": got.header("etag")})
    assert (same.status, same.body) == (304, b"")


def test_renamed_repository_redirects(hub: FakeHub) -> None:
    hub.rename(REPO, "org/new")
    moved = fetch(resolve_url(hub), "HEAD")
    assert (moved.status, moved.header("x-repo-commit")) == (307, None)
    assert moved.header("location") == f"/org/new/resolve/main/{NAME}"
    assert fetch(hub.url + moved.header("location")).status == 302


def test_files_on_disk_and_given_digests(hub: FakeHub, tmp_path: Path) -> None:
    big = tmp_path / "big.gguf"
    with open(big, "wb") as file:
        file.truncate(3_000_000_000)
        file.seek(2_999_999_990)
        file.write(b"0123456789")
    hub.add("org/big", {"big.gguf": big}, sha256={"big.gguf": "ab" * 32})
    head = fetch(f"{hub.url}/org/big/resolve/main/big.gguf", "HEAD")
    assert head.header("x-linked-etag") == f'"{"ab" * 32}"'
    part = fetch(head.header("location"), headers={"Range": "bytes=2999999995-"})
    assert (part.status, part.body) == (206, b"56789")
    assert part.header("content-range") == "bytes 2999999995-2999999999/3000000000"


@pytest.mark.parametrize(("span", "first", "last"), [
    ("0-0", 0, 0), ("5-9", 5, 9), ("10000-", 10000, 10239), ("-7", 10233, 10239),
    ("10230-99999", 10230, 10239), ("-99999", 0, 10239)])
def test_single_ranges(hub: FakeHub, span: str, first: int, last: int) -> None:
    got = content(hub, span)
    assert (got.status, got.body) == (206, DATA[first:last + 1])
    assert got.header("content-range") == f"bytes {first}-{last}/{len(DATA)}"
    assert got.header("content-length") == str(len(got.body))


@pytest.mark.parametrize("span", ["10240-", "99999-100000", "-0"])
def test_range_outside_is_416(hub: FakeHub, span: str) -> None:
    got = content(hub, span)
    assert (got.status, got.header("content-range")) == (416, f"bytes */{len(DATA)}")


@pytest.mark.parametrize("span", ["9-5", "a-b", "-", "0-1,4-5"])
def test_what_is_no_single_range_gets_everything(hub: FakeHub, span: str) -> None:
    got = content(hub, span)
    assert (got.status, got.body, got.header("content-range")) == (200, DATA, None)


def test_if_range_needs_the_same_tag_or_date(hub: FakeHub) -> None:
    head = fetch(signed_url(hub), "HEAD")
    assert (head.status, head.header("content-length")) == (200, str(len(DATA)))
    etag, date = head.header("etag"), head.header("last-modified")
    for value, status in ((etag, 206), (date, 206), ('"other"', 200), ("W/" + etag, 200),
                          ("Thu, 01 Jan 1970 00:00:00 GMT", 200)):
        assert content(hub, "0-3", If_Range=value).status == status, value


def test_signatures_hold_for_one_path(hub: FakeHub) -> None:
    url = signed_url(hub)
    other = hub.file(REPO, "sub/extra.gguf").xet_hash
    assert fetch(url).status == 200
    assert fetch(url.replace("'", "%27").replace("xet-bridge", "xet%2Dbridge")).status == 200
    for bad in (url[:-1] + "x", url.partition("?")[0], url.replace("Expires=", "Expires=9"),
                re.sub("/[0-9a-f]{64}", "/" + other, url)):
        refused = fetch(bad)
        assert (refused.status, refused.header("content-type")) == (403, "application/xml")
    hub.expire_signatures()
    assert fetch(url).status == 403
    assert fetch(signed_url(hub)).status == 200


def test_mirrors_serve_everything_themselves() -> None:
    with FakeHub(mirrors=2) as hub:
        hub.add(REPO, {NAME: DATA})
        hub.mirrors[1].faults.flip_at = 0
        bodies = []
        for mirror in hub.mirrors:
            got = fetch(f"{mirror.url}/{REPO}/resolve/main/{NAME}", headers={"Range": "bytes=0-9"})
            assert (got.status, got.header("x-linked-etag")) == (206, f'"{SHA256}"')
            bodies.append(got.body)
        assert bodies == [DATA[:10], b"\x01" + DATA[1:10]]
        assert [request.origin for request in hub.requests] == ["mirror1", "mirror2"]


# --- what is recorded ---

def test_requests_are_recorded(hub: FakeHub) -> None:
    url = signed_url(hub)
    hub.forget_requests()
    fetch(url, headers={"Range": "bytes=10-19", **bearer("hf_all")})
    fetch(url, headers={"Range": "bytes=-5"})
    first, second = hub.settle()
    assert (first.origin, first.method, first.status, first.sent) == ("bridge", "GET", 206, 10)
    assert (first.start, first.end, first.token) == (10, 19, "hf_all")
    assert first.header("Authorization") == "Bearer hf_all"
    assert second.range == (None, 5) and second.connection != first.connection
    assert hub.find("^bridge GET ") == [first, second]


def test_connections_are_kept_alive(hub: FakeHub) -> None:
    with Connection(Address("tcp", int(hub.url.rpartition(":")[2]))) as connection:
        for target in (f"/api/models/{REPO}", f"/{REPO}/resolve/main/README.md", "/none"):
            connection.request("GET", target)
            assert connection.read_response().complete
    assert len({request.connection for request in hub.settle()}) == 1


def test_serves_a_folder_as_a_program(tmp_path: Path) -> None:
    folder = tmp_path / "root" / REPO
    folder.mkdir(parents=True)
    (folder / NAME).write_bytes(DATA)
    (folder.with_name(folder.name + ".json")).write_text('{"gated": "auto"}')
    record = tmp_path / "record"
    command = [sys.executable, str(Path(__file__).with_name("serve.py")), "--root",
               str(tmp_path / "root"), "--token", "hf_all", "--record", str(record),
               "--fault", "fail=503,times=1,only=^hub HEAD", "--fault", "drop_after=10-20"]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as program:
        url = program.stdout.readline().strip().removeprefix("listening on ")
        file = f"{url}/{REPO}/resolve/main/{NAME}"
        assert fetch(file, "HEAD").status == 503
        assert fetch(file).status == 401
        bridge = fetch(file, "HEAD", headers=bearer("hf_all")).header("location")
        got = fetch(bridge)
        assert not got.complete and got.body == DATA[:len(got.body)] and 10 <= len(got.body) <= 20
        # A request is recorded when its answer has been sent.
        eventually("all are recorded", lambda: len(record.read_text().splitlines()) == 4)
        program.send_signal(signal.SIGTERM)
        assert program.wait(10) == 0
    lines = [json.loads(line) for line in record.read_text().splitlines()]
    lines.sort(key=lambda line: line["began"])
    assert [line["status"] for line in lines] == [503, 401, 302, 200]
