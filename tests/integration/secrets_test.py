"""Values that stand elsewhere: in files and in the daemon's environment."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable

from support.home import LLF, Home
from support.models import Models
from support.patience import eventually
from support.settings import Settings
from support.wire import ask

SECRET = "sk-very-secret"


def status_with(daemon: object, key: str | None) -> int:
    headers = {"x-api-key": key} if key else {}
    return ask(daemon.tcp, "GET", "/v1/models", headers=headers).status


def llf(home: Home, *words: str, **env: str) -> subprocess.CompletedProcess:
    return subprocess.run([LLF, "--home", home.path, *words], env=home.environment(**env),
                          capture_output=True, text=True, timeout=60)


def everything_shown(home: Home) -> str:
    shown = [llf(home, *words) for words in (
        ["config", "show"], ["config", "show", "--origin"], ["config", "get", "models.folder"],
        ["config", "diff"], ["config", "check"], ["server", "status"],
        ["--json", "config", "show"])]
    logs = [path.read_text() for path in (home.path / "state/log").iterdir()]
    return "".join([*(run.stdout + run.stderr for run in shown), *logs])


def test_an_api_key_is_asked_for_on_the_port_alone(start: Callable, models: Models, home: Home,
                                                   settings: Settings) -> None:
    daemon = start()
    models.add("m")
    key = home.path / "key"
    key.write_text("sk-house\n")
    key.chmod(0o600)
    settings.set(server={"api_key": {"file": str(key)}})
    eventually("it is asked for", lambda: ask(daemon.tcp, "GET", "/v1/models").status == 401)
    refused = ask(daemon.tcp, "GET", "/v1/models")
    assert refused.header("www-authenticate") == "Bearer"
    assert refused.json()["error"]["code"] == "invalid_api_key"
    for headers in ({"Authorization": "Bearer sk-house"}, {"x-api-key": "sk-house"}):
        assert ask(daemon.tcp, "GET", "/v1/models", headers=headers).status == 200
    for headers in ({"Authorization": "Bearer sk-hous"}, {"Authorization": "sk-house"},
                    {"x-api-key": ""}):
        assert ask(daemon.tcp, "GET", "/v1/models", headers=headers).status == 401
    assert ask(daemon.tcp, "GET", "/health").status == 200
    assert ask(daemon.unix, "GET", "/v1/models").status == 200
    logs = "".join(path.read_text() for path in (home.path / "state/log").iterdir())
    assert "sk-house" not in logs
    settings.set()
    eventually("nothing is", lambda: ask(daemon.tcp, "GET", "/v1/models").status == 200)


def test_a_key_file_is_followed_and_never_lets_everybody_in(start: Callable, home: Home,
                                                            settings: Settings) -> None:
    key = settings.path.parent / "key"
    key.write_text("first")
    key.chmod(0o600)
    settings.set(server={"api_key": {"file": str(key)}})
    daemon = start()
    assert status_with(daemon, "first") == 200 and status_with(daemon, None) == 401
    key.write_text("")
    eventually("it is told", lambda: daemon.status()["settings"]["error"])
    assert "is empty" in daemon.status()["settings"]["error"]
    assert status_with(daemon, None) == 401 and status_with(daemon, "first") == 200
    assert llf(home, "config", "check").returncode == 2
    key.write_text("second")
    eventually("the new key holds", lambda: status_with(daemon, "second") == 200)
    assert status_with(daemon, "first") == 401
    key.chmod(0o644)
    eventually("others can read it", lambda: "chmod 600" in (daemon.status()["settings"]["error"]
                                                             or ""))
    settings.set()
    eventually("no key is asked for", lambda: status_with(daemon, None) == 200)


def test_what_stands_elsewhere_is_shown_nowhere(start: Callable, home: Home, models: Models,
                                                settings: Settings) -> None:
    key = home.path / "key"
    key.write_text(f"{SECRET}-of-a-file")
    key.chmod(0o600)
    daemon = start(env={"MY_KEY": SECRET, "MY_FOLDER": f"/{SECRET}"})
    settings.set(server={"api_key": {"env": "MY_KEY"}}, models={"folder": {"env": "MY_FOLDER"}})
    eventually("it is asked for", lambda: status_with(daemon, None) == 401)
    assert status_with(daemon, SECRET) == 200
    # In the wrong place, too.
    settings.set(log={"level": {"file": str(key)}}, server={"api_key": {"env": "MY_KEY"}})
    eventually("it is told", lambda: daemon.status()["settings"]["error"])
    assert SECRET not in everything_shown(home)
    assert SECRET not in json.dumps(daemon.status())
    settings.set()
    eventually("no key is asked for", lambda: status_with(daemon, None) == 200)


def test_variables_are_the_daemon_s(start: Callable, home: Home, settings: Settings) -> None:
    daemon = start(env={"MY_KEY": SECRET})
    done = llf(home, "config", "set", "server.api_key", '{"env": "MY_KEY"}')
    assert done.returncode == 0 and "error" not in done.stderr, done
    assert status_with(daemon, SECRET) == 200 and status_with(daemon, None) == 401
    assert llf(home, "config", "set", "log.level", "debug").returncode == 0
    assert llf(home, "config", "check").returncode == 0
    assert "MY_KEY" not in llf(home, "config", "get", "server.api_key").stdout
    before = settings.path.read_text()
    refused = llf(home, "config", "set", "server.api_key", '{"env": "OF_THE_SHELL"}',
                  OF_THE_SHELL="x")
    assert refused.returncode == 2 and "OF_THE_SHELL is not set" in refused.stderr, refused
    assert settings.path.read_text() == before
    assert llf(home, "config", "unset", "server.api_key").returncode == 0
    assert status_with(daemon, None) == 200


def test_without_a_daemon_variables_are_those_of_one_to_come(home: Home,
                                                             settings: Settings) -> None:
    done = llf(home, "config", "set", "server.api_key", '{"env": "LATER"}')
    assert done.returncode == 0, done
    assert llf(home, "config", "show").returncode == 0
    checked = llf(home, "config", "check")
    assert checked.returncode == 2 and "LATER is not set" in checked.stderr, checked
    assert llf(home, "config", "check", LATER="x").returncode == 0


def test_what_no_daemon_could_begin_with_is_refused(home: Home, settings: Settings) -> None:
    for words in (["server.host", "a.b.c.d"], ["server.host", "localhost"],
                  ["engine.arguments", '{"hf-token": "x"}'], ["server.api_key", "x"],
                  ["engine.stall_timeout", "1"], ["engine.arguments", '{"x": "a\\u0000b"}']):
        refused = llf(home, "config", "set", *words)
        assert refused.returncode == 2, refused
    assert not settings.path.exists()
    assert llf(home, "config", "set", "inference.presence_penalty", "-1.5").returncode == 0
    assert json.loads(settings.path.read_text()) == {"inference": {"presence_penalty": -1.5}}
