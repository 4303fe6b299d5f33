"""Settings that change under a running daemon: what follows at once, what starts anew."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from support.chat import chat, chat_body
from support.home import LLF, SOURCE, Home
from support.models import Models
from support.patience import PATIENCE_S, at_once, eventually
from support.settings import Settings, add_prompt, await_model, error_of, models_of, pid_of
from support.wire import ask

GIB = 1 << 30


def reference_rows(schema: dict) -> list[str]:
    """The rows of docs/reference/config.md, as `llf config schema` has the settings."""
    def text(value: object) -> str:
        return f"`{json.dumps(value)}`" if value not in ("", None, {}) else ""

    def rows(prefix: str, properties: dict) -> list[str]:
        found = []
        for key, one in properties.items():
            if "properties" in one:
                found += rows(f"{prefix}{key}.", one["properties"])
            elif "description" in one and "x-llf-effect" in one:
                typed = one.get("anyOf", [one])[0]
                limits = ([f"{typed['minimum']} to {typed['maximum']}"] if "minimum" in typed
                          else [])
                names = [f"`{one[name]}`" for name in ("x-llf-flag", "x-llf-variable")
                         if name in one]
                found.append(f"| `{prefix}{key}` | {text(one.get('default'))} | "
                             f"{'; '.join([one['description'], *limits])} | {', '.join(names)} | "
                             f"{one['x-llf-effect'].replace('_', ' ')} |")
        return found

    found = rows("", schema["properties"])
    for section in ("profiles", "endpoints"):
        members = schema["properties"][section]["additionalProperties"]["properties"]
        found += rows(f"{section}.NAME.", members)
    return found


def test_the_reference_has_every_setting_as_it_is(home: Home) -> None:
    run = subprocess.run([LLF, "--home", home.path, "config", "schema"], env=home.environment(),
                         capture_output=True, text=True, timeout=60, check=True)
    wanted = reference_rows(json.loads(run.stdout))
    reference = (SOURCE / "docs/reference/config.md").read_text().splitlines()
    found = [line for line in reference if line.startswith("| `")]
    assert found == wanted, "docs/reference/config.md should have:\n" + "\n".join(wanted)


def test_inference_values_reach_the_engine_at_once_and_only_where_a_request_says_nothing(
        start: Callable, models: Models, settings: Settings) -> None:
    daemon = start()
    models.add("m")
    settings.set(inference={"temperature": 0.25, "top_k": 7},
                 profiles={"p": {"model": "m", "inference": {"top_k": 9, "max_tokens": 50}}})
    await_model(daemon, "p")
    assert chat(daemon.tcp, "m").whole and chat(daemon.tcp, "p").whole
    assert chat(daemon.tcp, "m", temperature=1, top_k=1).whole
    bodies = [json.loads(record["body"]) for record in models.records("m", "request")]
    values = [{name: body.get(name) for name in ("temperature", "top_k", "max_tokens")}
              for body in bodies]
    assert values == [{"temperature": 0.25, "top_k": 7, "max_tokens": None},
                      {"temperature": 0.25, "top_k": 9, "max_tokens": 50},
                      {"temperature": 1, "top_k": 1, "max_tokens": None}]
    assert len(models.records("m", "start")) == 1, "nothing had to load anew"
    for name, workers in (("p", ["m"]), ("m", ["m"]), ("other", [])):
        listed = ask(daemon.unix, "GET", f"/llf/v1/workers?model={name}").json()["workers"]
        assert [worker["model"] for worker in listed] == workers, name


def test_a_profile_has_its_arguments_and_its_prompt(start: Callable, models: Models, home: Home,
                                                    settings: Settings) -> None:
    daemon = start()
    models.add("m")
    add_prompt(home, "pirate", "Talk like {{who::a pirate}}.")
    settings.set(profiles={"p": {"model": "m", "prompt": "pirate", "slots": 3,
                                 "arguments": {"metrics": True, "props": False, "threads": 5,
                                               "slot-save-path": ["/a", "/b"]}}},
                 prompts={"variables": {"who": "a parrot"}})
    await_model(daemon, "p")
    assert chat(daemon.tcp, "p").whole
    argv = models.records("m", "start")[-1]["argv"]
    assert argv[argv.index("--parallel") + 1] == "3"
    further = argv[len(argv) - argv[::-1].index("--metrics") - 1:]
    assert further == ["--metrics", "--threads", "5", "--slot-save-path", "/a",
                       "--slot-save-path", "/b"]
    messages = json.loads(models.records("m", "request")[-1]["body"])["messages"]
    assert messages == [{"role": "system", "content": "Talk like a parrot."},
                        {"role": "user", "content": "hi"}]


def test_a_request_chooses_its_prompt(start: Callable, models: Models, home: Home,
                                      settings: Settings) -> None:
    daemon = start()
    models.add("m")
    add_prompt(home, "brief", "Be brief.")
    settings.set(prompts={"use": "brief"}, profiles={"seen": {"model": "m"}})
    await_model(daemon, "seen")

    def system(**headers: str) -> str | None:
        answer = ask(daemon.tcp, "POST", "/v1/chat/completions", chat_body("m"),
                     headers=headers)
        assert answer.status == 200, answer
        first = json.loads(models.records("m", "request")[-1]["body"])["messages"][0]
        return first["content"] if first["role"] == "system" else None

    assert system() is None, "an application's request is its own"
    assert system(**{"x-llf-prompt": "brief"}) == "Be brief."
    assert system(**{"x-llf-prompt": "selected"}) == "Be brief."
    assert system(**{"x-llf-prompt": "none"}) is None
    wrong = ask(daemon.tcp, "POST", "/v1/chat/completions", chat_body("m"),
                headers={"x-llf-prompt": "breif"})
    assert wrong.status == 404 and "brief" in wrong.json()["error"]["message"], wrong
    twice = ask(daemon.tcp, "POST", "/v1/chat/completions", chat_body("m"),
                headers={"x-llf-prompt": "brief", "X-Llf-Prompt": "none"})
    assert twice.status == 400 and "send it once" in twice.json()["error"]["message"], twice


BEGUN = [{"role": "system", "content": "S"}, {"role": "user", "content": "hi"},
         {"role": "assistant", "content": "Sure"}]
ASKED = [{"role": "system", "content": "S"},
         {"role": "user", "content": "hi\n\nBegin your answer with exactly these words: Sure"}]


@pytest.mark.parametrize("directives, messages", [([], BEGUN), (["thinks"], ASKED)])
def test_an_opening_is_given_as_the_engine_takes_it(start: Callable, models: Models, home: Home,
                                                    directives: list[str],
                                                    messages: list[dict]) -> None:
    daemon = start()
    models.add("m", *directives)
    add_prompt(home, "sure", "S", opening="Sure")
    answer = ask(daemon.tcp, "POST", "/v1/chat/completions", chat_body("m"),
                 headers={"x-llf-prompt": "sure"})
    assert answer.status == 200, answer
    assert json.loads(models.records("m", "request")[-1]["body"])["messages"] == messages
    answer = ask(daemon.tcp, "POST", "/v1/chat/completions",
                 chat_body("m", response_format={"type": "json_object"}),
                 headers={"x-llf-prompt": "sure"})
    assert answer.status == 200, answer
    assert json.loads(models.records("m", "request")[-1]["body"])["messages"] == ASKED
    run = subprocess.run([LLF, "prompt", "preview", "sure", "hi", "--model", "m", "--json"],
                         env=home.environment(), capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run
    shown = json.loads(run.stdout)
    assert shown["messages"] == messages
    assert shown["text"].endswith("<assistant>Sure" if messages == BEGUN else "<assistant>")
    assert shown["tokens"] == len(shown["text"].replace("\n", " ").split(" "))


def test_a_worker_that_ends_while_it_is_asked_about_openings_changes_nothing(
        start: Callable, models: Models, home: Home) -> None:
    daemon = start("--stall-timeout", "2")
    models.add("m")
    add_prompt(home, "sure", "S", opening="Sure")
    assert chat(daemon.tcp, "m").whole
    os.kill(pid_of(daemon, "m"), signal.SIGSTOP)
    preview = [LLF, "prompt", "preview", "sure", "hi", "--model", "m"]
    run = subprocess.run(preview, env=home.environment(), capture_output=True, text=True,
                         timeout=PATIENCE_S)
    assert run.returncode == 1 and "made no progress" in run.stderr, run
    assert chat(daemon.tcp, "m").whole
    os.kill(pid_of(daemon, "m"), signal.SIGSTOP)
    answers = at_once(2, lambda number: ask(
        daemon.tcp, "POST", "/v1/chat/completions", chat_body("m"),
        headers={"x-llf-prompt": "sure"}) if number else os.kill(pid_of(daemon, "m"),
                                                                signal.SIGKILL))
    assert answers[1].status == 200, answers
    assert json.loads(models.records("m", "request")[-1]["body"])["messages"] == BEGUN


def test_what_needs_a_restart_says_so(start: Callable, models: Models, settings: Settings) -> None:
    daemon = start()
    settings.set(engine={"stall_timeout": 9}, server={"host": "::1"})
    eventually("it waits", lambda: daemon.status()["settings"]["restart"] == ["server.host"])
    assert ask(daemon.tcp, "GET", "/health").status == 200
    settings.set()
    eventually("it waits no more", lambda: daemon.status()["settings"]["restart"] == [])


BROKEN = {
    "truncated": b'{"models": {"max_loaded": 1}, "profiles": {"p"',
    "half": b'{"models": {"max_loaded": 1}\x00\x00\x00\x00',
    "wrong type": b'{"models": {"max_loaded": "one"}}',
    "unknown key": b'{"modles": {}}',
    "empty": b"",
    "binary": bytes(range(256)),
}


@pytest.mark.parametrize("what", BROKEN)
def test_f29_a_broken_file_never_stops_a_running_daemon(start: Callable, models: Models,
                                                        settings: Settings, what: str) -> None:
    daemon = start()
    models.add("m")
    settings.set(profiles={"good": {"model": "m"}})
    await_model(daemon, "good")
    settings.write(BROKEN[what])
    eventually("it is told", lambda: error_of(daemon))
    assert str(settings.path) in error_of(daemon) and "line " in error_of(daemon)
    assert chat(daemon.tcp, "good").whole, "the last good settings hold"
    settings.set(profiles={"better": {"model": "m"}})
    await_model(daemon, "better")
    assert error_of(daemon) is None


def test_f29_a_huge_file_a_folder_and_none_at_all(start: Callable, models: Models,
                                                  settings: Settings) -> None:
    daemon = start()
    models.add("m")
    settings.set(profiles={"good": {"model": "m"}})
    await_model(daemon, "good")
    with open(settings.path, "wb") as file:
        file.truncate(GIB)
    eventually("too large", lambda: "1.0 MB" in (error_of(daemon) or ""))
    settings.path.unlink()
    settings.path.mkdir()
    eventually("a folder", lambda: "not a file" in (error_of(daemon) or ""))
    assert "good" in models_of(daemon)
    settings.path.rmdir()
    eventually("none: what is built in", lambda: "good" not in models_of(daemon))
    assert error_of(daemon) is None
    settings.path.parent.rename(settings.path.parent.with_name("config.old"))
    settings.path.parent.mkdir(exist_ok=True)
    settings.set(profiles={"again": {"model": "m"}})
    await_model(daemon, "again")


def test_f29_a_byte_order_mark_is_no_mistake(start: Callable, models: Models,
                                             settings: Settings) -> None:
    daemon = start()
    models.add("m")
    settings.write(b'\xef\xbb\xbf{"profiles": {"marked": {"model": "m"}}}')
    await_model(daemon, "marked")


def test_the_command_line_tells_of_a_broken_file(start: Callable, models: Models, home: Home,
                                                 settings: Settings) -> None:
    daemon = start()
    settings.write("{\n  \"server\": {\"prot\": 1}\n}")
    eventually("it is told", lambda: error_of(daemon))

    def llf(*words: str) -> subprocess.CompletedProcess:
        return subprocess.run([LLF, "--home", home.path, *words], env=home.environment(),
                              capture_output=True, text=True, timeout=60)

    for words in (["ls"], ["ps"], ["server", "status"]):
        run = llf(*words)
        said = run.stdout if "status" in words else run.stderr
        assert run.returncode == 0 and "line 2, column 14" in said, run


def test_llf_config_changes_a_running_daemon(start: Callable, models: Models, home: Home,
                                             settings: Settings) -> None:
    daemon = start()
    models.add("m")
    assert chat(daemon.tcp, "m").whole

    def config(*words: str) -> subprocess.CompletedProcess:
        run = subprocess.run([LLF, "--home", home.path, "config", *words],
                             env=home.environment(), capture_output=True, text=True, timeout=60)
        assert run.returncode == 0, run
        return run

    candidate = home.path / "candidate.json"
    candidate.write_text('{"engine": {"slots": 1}, "log": {"level": "debug"}}')
    before = config("diff", str(candidate)).stdout
    assert "engine.slots" in before and "log.level" in before and "what it is doing: m" in before
    assert "m will load anew" in config("set", "engine.slots", "1").stderr
    eventually("one slot", lambda: daemon.workers().get("m", {}).get("slots") == 1)
    assert "server restart" in config("set", "server.host", "::1").stderr
    config("restore", "1")
    eventually("as before", lambda: daemon.status()["settings"]["restart"] == [])


def test_killed_savers_leave_the_old_file_or_the_new_one(home: Home, settings: Settings) -> None:
    settings.set(server={"port": 1}, _note="x" * 5000)
    for number in range(200):
        saver = subprocess.Popen([LLF, "--home", home.path, "config", "set", "server.port",
                                  str(number + 2)], env=home.environment(),
                                 stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        if number % 10:  # at another moment each time, and some are let through
            eventually("it begins", lambda: saver.poll() is not None
                       or Path(f"/proc/{saver.pid}/exe").exists())
            for _ in range(number * 97 % 4000):
                if saver.poll() is not None:
                    break
            saver.send_signal(signal.SIGKILL)
        saver.wait()
        saver.stderr.close()
        found = json.loads(settings.path.read_text())
        assert found["_note"] == "x" * 5000 and 1 <= found["server"]["port"] <= number + 2
    run = subprocess.run([LLF, "--home", home.path, "config", "set", "server.port", "9"],
                         env=home.environment(), capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run
    assert len(list((settings.path.parent / "backups").glob("config-*.json"))) <= 20
