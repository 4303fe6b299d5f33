"""Prompt templates and what the real engine makes of them."""

from __future__ import annotations

import json
from pathlib import Path

from real import MODEL, Llf
from support.settings import Settings, add_prompt
from support.wire import Address, ask

# Of a model that thinks before it answers, unless it is told not to.
THINKING = """{%- for message in messages -%}
<|im_start|>{{ message.role }}
{{ message.content }}<|im_end|>
{% endfor -%}
{%- if add_generation_prompt -%}
<|im_start|>assistant
{% if enable_thinking is defined and enable_thinking is false %}<think>

</think>

{% endif %}
{%- endif -%}"""


def preview(llf: Llf, *words: str) -> dict:
    run = llf("prompt", "preview", *words, "--json")
    assert run.returncode == 0, run
    return json.loads(run.stdout)


def test_a_preview_is_what_the_model_sees(llf: Llf) -> None:
    add_prompt(llf.home, "brief", "Be brief.", suffix=[{"role": "user", "content": "Please."}])
    shown = preview(llf, "brief", "What is llf?")
    assert shown["messages"] == [{"role": "system", "content": "Be brief."},
                                 {"role": "user", "content": "What is llf?\n\nPlease."}]
    assert shown["text"] == ("<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\n"
                             "What is llf?\n\nPlease.<|im_end|>\n<|im_start|>assistant\n")
    assert 10 < shown["tokens"] < len(shown["text"])
    text = llf("prompt", "preview", "brief", "What is llf?")
    assert text.returncode == 0 and str(shown["tokens"]) in text.stdout, text
    for line in ("Be brief.", "What is llf?", "Please."):
        assert line in text.stdout, text


def test_the_model_goes_on_with_an_opening(llf: Llf) -> None:
    add_prompt(llf.home, "begun", "", opening="llf is the Local")
    shown = preview(llf, "begun", "What is llf?")
    assert shown["text"].endswith("<|im_start|>assistant\nllf is the Local"), shown
    run = llf("run", "--prompt", "begun", "What is llf?")
    assert run.returncode == 0 and run.stdout.strip().startswith("LLM Framework"), run


def test_an_answer_in_one_piece_has_its_opening_and_a_form_excludes_it(llf: Llf) -> None:
    add_prompt(llf.home, "begun", "", opening="llf is the Local")
    assert llf("server", "start").returncode == 0
    port = json.loads(llf("server", "status", "--json").stdout)["listen"]["port"]

    def content(**members: object) -> str:
        body = {"messages": [{"role": "user", "content": "What is llf?"}], "max_tokens": 20}
        answer = ask(Address("tcp", port), "POST", "/v1/chat/completions", {**body, **members},
                     headers={"x-llf-prompt": "begun"})
        assert answer.status == 200, answer
        return answer.json()["choices"][0]["message"]["content"]

    assert content().startswith("llf is the Local LLM Framework")
    assert content(response_format={"type": "json_object"}).lstrip().startswith("{")


def add_profile(llf: Llf, **arguments: object) -> None:
    Settings(llf.home).set(profiles={"other": {"model": MODEL, "arguments": arguments}})


def test_a_model_that_thinks_goes_on_with_an_opening_too(llf: Llf, tmp_path: Path) -> None:
    file = tmp_path / "thinking.jinja"
    file.write_text(THINKING)
    add_profile(llf, **{"chat-template-file": str(file)})
    add_prompt(llf.home, "begun", "", opening="Sure")
    shown = preview(llf, "begun", "What is llf?", "--model", "other")
    assert shown["text"].endswith("</think>\n\nSure"), shown
    run = llf("run", "--prompt", "begun", "other", "What is llf?")
    assert run.returncode == 0 and run.stdout.strip(), run


def test_an_opening_is_asked_for_where_the_engine_does_not_go_on_with_it(llf: Llf) -> None:
    add_profile(llf, **{"no-prefill-assistant": True})
    add_prompt(llf.home, "begun", "", opening="Sure")
    shown = preview(llf, "begun", "What is llf?", "--model", "other")
    assert shown["text"].endswith("words: Sure<|im_end|>\n<|im_start|>assistant\n"), shown
    run = llf("run", "--prompt", "begun", "other", "What is llf?")
    assert run.returncode == 0 and run.stdout.strip(), run
