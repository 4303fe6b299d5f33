"""Settings that change under models in memory: which go on, which start anew, which leave."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from support.chat import Stream, chat, chat_body
from support.daemon import Daemon
from support.home import LLF, Home
from support.models import Models
from support.patience import PATIENCE_S, eventually
from support.settings import Settings, add_prompt, await_model, pid_of


def test_a_changed_model_loads_anew_and_others_go_on(start: Callable, models: Models,
                                                     settings: Settings) -> None:
    daemon = start("--max-loaded", "8")
    touched, other = models.add("touched"), models.add("other")
    settings.set(profiles={"p": {"model": touched, "context": 512}})
    await_model(daemon, "p")
    assert chat(daemon.tcp, "p").whole and chat(daemon.tcp, other).whole
    before = pid_of(daemon, "p"), pid_of(daemon, other)
    settings.set(profiles={"p": {"model": touched, "context": 1024}})
    after = eventually("another process", lambda: pid_of(daemon, "p") not in (None, before[0])
                       and pid_of(daemon, "p"))
    assert after and pid_of(daemon, other) == before[1]
    argv = models.records(touched, "start")[-1]["argv"]
    slots = int(argv[argv.index("--parallel") + 1])
    assert int(argv[argv.index("--ctx-size") + 1]) == 1024 * slots


@contextmanager
def changed_under_an_answer(daemon: Daemon, models: Models, settings: Settings) -> Iterator[Stream]:
    """A model, slow, whose way to load has changed while it gives this answer."""
    models.add("slow", "tokens 40", "token-delay-ms 50")
    with Stream(daemon.tcp, chat_body("slow", stream=True)) as stream:
        assert stream.next()
        settings.set(engine={"slots": 1}, profiles={"seen": {"model": "slow"}})
        await_model(daemon, "seen")
        yield stream


def read_whole(stream: Stream) -> None:
    while stream.next():
        pass
    assert stream.answer.whole


def test_a_running_answer_ends_before_its_worker_does(start: Callable, models: Models,
                                                      settings: Settings) -> None:
    daemon = start()
    with changed_under_an_answer(daemon, models, settings) as stream:
        old = pid_of(daemon, "slow")
        assert old, "it is still answering"
        read_whole(stream)
    eventually("the new one", lambda: pid_of(daemon, "slow") not in (None, old))
    assert chat(daemon.tcp, "slow").whole


def test_a_request_behind_a_change_waits_and_is_served(start: Callable, models: Models,
                                                       settings: Settings) -> None:
    daemon = start()
    with changed_under_an_answer(daemon, models, settings) as first, \
            Stream(daemon.tcp, chat_body("slow", stream=True)) as second:
        read_whole(first)
        read_whole(second)
    assert len({record["pid"] for record in models.records("slow", "request")}) == 2


def test_an_unused_model_leaves_after_its_keep_alive(start: Callable, models: Models,
                                                     settings: Settings) -> None:
    settings.set(models={"keep_alive": 1})
    daemon = start()
    models.add("m")
    assert chat(daemon.tcp, "m").whole
    eventually("it is gone", lambda: not daemon.workers())


def test_a_shared_model_stays_as_long_as_those_who_asked_want(start: Callable, models: Models,
                                                              settings: Settings) -> None:
    settings.set(profiles={"brief": {"model": "m", "keep_alive": 1}})
    daemon = start()
    models.add("m")
    assert chat(daemon.tcp, "brief").whole
    eventually("it is gone", lambda: not daemon.workers())
    models.add("other")
    assert chat(daemon.tcp, "brief").whole and chat(daemon.tcp, "m").whole
    settings.set(profiles={"brief": {"model": "m", "keep_alive": 1},
                           "passing": {"model": "other", "keep_alive": 1}})
    await_model(daemon, "passing")
    assert chat(daemon.tcp, "passing").whole
    eventually("the other one is gone", lambda: "other" not in daemon.workers())
    assert "m" in daemon.workers(), "who asked for it without the profile wants it for ever"


def test_fewer_models_at_once_ends_unused_ones(start: Callable, models: Models,
                                               settings: Settings) -> None:
    daemon = start()
    for name in ("a", "b", "c"):
        models.add(name)
        assert chat(daemon.tcp, name).whole
    settings.set(models={"max_loaded": 1})
    eventually("one is left", lambda: list(daemon.workers()) == ["c"])


def test_a_stop_counts_more_than_loading_anew(start: Callable, models: Models, home: Home,
                                              settings: Settings) -> None:
    daemon = start()
    models.add("other")
    with changed_under_an_answer(daemon, models, settings) as stream:
        stop = subprocess.Popen([LLF, "--home", home.path, "stop", "slow"],
                                env=home.environment(), stdout=subprocess.DEVNULL)
        read_whole(stream)
        assert stop.wait(PATIENCE_S) == 0
    eventually("it is gone", lambda: "slow" not in daemon.workers())
    assert chat(daemon.tcp, "other").whole
    assert len(models.records("slow", "start")) == 1


def test_a_request_that_waited_gets_the_words_of_the_model_that_serves_it(
        start: Callable, models: Models, home: Home, settings: Settings) -> None:
    add_prompt(home, "brief", "Be brief.")
    old = {"p": {"model": "slow", "prompt": "brief", "inference": {"temperature": 1.5}}}
    settings.set(models={"default": "p"}, profiles=old)
    daemon = start()
    models.add("m")
    models.add("slow", "tokens 20", "token-delay-ms 50")
    body = {"messages": [{"role": "user", "content": "hi"}], "stream": True}
    with Stream(daemon.tcp, chat_body("slow", stream=True)) as running:
        assert running.next()
        settings.set(models={"default": "p"}, engine={"slots": 1},
                     profiles={**old, "seen": {"model": "m"}})
        await_model(daemon, "seen")
        with Stream(daemon.tcp, body) as waiting:
            eventually("it waits", lambda: daemon.status()["requests_active"] == 2)
            settings.set(models={"default": "m"}, engine={"slots": 1},
                         profiles={**old, "later": {"model": "m"}})
            await_model(daemon, "later")
            read_whole(running)
            read_whole(waiting)
    sent = json.loads(models.records("m", "request")[-1]["body"])
    assert "temperature" not in sent and sent["messages"][0]["role"] == "user", sent
