#!/usr/bin/python3
"""Writes a trained model as GGUF, with its tokenizer, chat template and sampling defaults."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "gguf"))
from gguf_writer import FILE_TYPE, GgufWriter, TensorType, ValueType  # noqa: E402

from corpus import MESSAGE_CHARS, SYSTEM_CHARS  # noqa: E402
from dialogues import load  # noqa: E402
from model import Nano, Shape  # noqa: E402
from tokenizer import END_OF_TEXT, IM_END, SPECIAL, Tokenizer  # noqa: E402

WINDOW = 8  # messages that the model sees at most, from the last but one of the user
TOOLS = 8

# Long chats are beyond so small a model: the template shows it the last turns, and cuts messages.
# Tools are named with their parameters so that a program finds a template that knows them.
CHAT_TEMPLATE = """\
{%- macro text(content) -%}
{%- if content is string -%}{{ content }}
{%- elif content is iterable -%}
{%- for part in content -%}{%- if part.text -%}{{ part.text }}{%- endif -%}{%- endfor -%}
{%- endif -%}
{%- endmacro -%}
{%- set ns = namespace(system='', tools='', start=0, last=0) -%}
{%- if messages and messages[0].role == 'system' -%}
{%- set ns.system = (text(messages[0].content) | trim)[:%SYSTEM%] -%}
{%- set messages = messages[1:] -%}
{%- endif -%}
{%- if tools -%}
{%- for tool in tools[:%TOOLS%] -%}
{%- set ns.tools = ns.tools + (', ' if ns.tools else '') + tool.function.name + '(' -%}
{%- if tool.function.parameters and tool.function.parameters.properties -%}
{%- for key in tool.function.parameters.properties -%}
{%- set ns.tools = ns.tools + (', ' if loop.index > 1 else '') + key -%}
{%- endfor -%}
{%- endif -%}
{%- set ns.tools = ns.tools + ')' -%}
{%- endfor -%}
{%- set ns.system = ns.system + ('\\n' if ns.system else '') + 'Tools: ' + ns.tools[:%SYSTEM%] -%}
{%- endif -%}
{%- if ns.system -%}{{ '<|im_start|>system\\n' + ns.system + '<|im_end|>\\n' }}{%- endif -%}
{%- for message in messages -%}
{%- if message.role == 'user' -%}
{%- set ns.start = ns.last -%}{%- set ns.last = loop.index0 -%}
{%- endif -%}
{%- endfor -%}
{%- for message in messages[ns.start:][-%WINDOW%:] -%}
{{ '<|im_start|>' + message.role + '\\n' }}
{{- (text(message.content) | trim)[:%MESSAGE%] }}
{%- if message.tool_calls -%}
{%- for call in message.tool_calls[:%TOOLS%] -%}
{{- '<tool_call>\\n{"name": "' + call.function.name + '", "arguments": ' }}
{%- if call.function.arguments is string -%}{{ call.function.arguments }}
{%- else -%}{{ call.function.arguments | tojson }}
{%- endif -%}
{{- '}\\n</tool_call>' }}
{%- endfor -%}
{%- endif -%}
{{- '<|im_end|>\\n' }}
{%- endfor -%}
{%- if add_generation_prompt -%}{{ '<|im_start|>assistant\\n' }}{%- endif -%}
"""


def chat_template() -> str:
    numbers = {"SYSTEM": SYSTEM_CHARS, "MESSAGE": MESSAGE_CHARS, "TOOLS": TOOLS, "WINDOW": WINDOW}
    text = CHAT_TEMPLATE
    for name, number in numbers.items():
        text = text.replace(f"%{name}%", str(number))
    return text


def load_model(folder: Path) -> tuple[Nano, Tokenizer]:
    """The newest checkpoint of a training folder."""
    tokenizer = Tokenizer.load(folder / "tokenizer.json")
    model = Nano(Shape(len(tokenizer.tokens)), len(load().intents))
    weights = torch.load(folder / "checkpoint-0.pt")["weights"]
    model.load_state_dict(weights)
    model.eval()
    return model, tokenizer


def _describe(writer: GgufWriter, shape: Shape, kind: TensorType) -> None:
    writer.add("general.architecture", "llama")
    writer.add("general.type", "model")
    writer.add("general.name", "llf-nano")
    writer.add("general.basename", "llf-nano")
    writer.add("general.description", "The built-in help assistant of llf; knows llf, little else")
    writer.add("general.size_label", "1.9M")
    writer.add("general.license", "apache-2.0")
    writer.add("general.languages", ["en"])
    writer.add("general.quantization_version", 2)
    writer.add("general.file_type", FILE_TYPE[kind])
    writer.add("general.sampling.temp", 0.0)
    writer.add("general.sampling.top_k", 1, ValueType.INT32)
    writer.add("llama.block_count", shape.layers)
    writer.add("llama.context_length", shape.context)
    writer.add("llama.embedding_length", shape.width)
    writer.add("llama.feed_forward_length", shape.feed)
    writer.add("llama.attention.head_count", shape.heads)
    writer.add("llama.attention.head_count_kv", shape.key_heads)
    writer.add("llama.attention.key_length", shape.head)
    writer.add("llama.attention.value_length", shape.head)
    writer.add("llama.attention.layer_norm_rms_epsilon", shape.norm_epsilon)
    writer.add("llama.rope.dimension_count", shape.head)
    writer.add("llama.rope.freq_base", shape.rope_base)
    writer.add("llama.vocab_size", shape.vocabulary)


def _describe_tokenizer(writer: GgufWriter, tokenizer: Tokenizer) -> None:
    normal, control = 1, 3
    kinds = [control] * len(SPECIAL) + [normal] * (len(tokenizer.tokens) - len(SPECIAL))
    writer.add("tokenizer.ggml.model", "gpt2")
    writer.add("tokenizer.ggml.pre", "gpt-2")
    writer.add("tokenizer.ggml.tokens", tokenizer.tokens)
    writer.add("tokenizer.ggml.token_type", kinds, ValueType.INT32)
    writer.add("tokenizer.ggml.merges", [f"{a} {b}" for a, b in tokenizer.merges])
    writer.add("tokenizer.ggml.bos_token_id", END_OF_TEXT)
    writer.add("tokenizer.ggml.eos_token_id", IM_END)
    writer.add("tokenizer.ggml.padding_token_id", END_OF_TEXT)
    writer.add("tokenizer.ggml.add_bos_token", False)
    writer.add("tokenizer.chat_template", chat_template())


def export(model: Nano, tokenizer: Tokenizer, kind: TensorType, path: Path) -> int:
    """Writes the file and returns its size. Norms stay F32; the output matrix is the embedding."""
    writer = GgufWriter()
    _describe(writer, model.shape, kind)
    _describe_tokenizer(writer, tokenizer)
    for name, value in model.state_dict().items():
        if not name.startswith("aux"):
            array = value.detach().numpy()
            writer.add_tensor(name, array, kind if array.ndim == 2 else TensorType.F32)
    return writer.write(path)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="what train.py filled")
    parser.add_argument("--type", choices=["F32", "F16", "Q8_0"], default="Q8_0")
    parser.add_argument("output", type=Path)
    args = parser.parse_args()
    model, tokenizer = load_model(args.folder)
    size = export(model, tokenizer, TensorType[args.type], args.output)
    print(f"{args.output}: {size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
