#!/usr/bin/env python3
"""Checks the catalog of models: `check.py [FILE]`. Exit code 1 if there are faults."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

CATALOG = Path(__file__).resolve().parents[2] / "assets/catalog.json"

KEYS = ("name", "repository", "title", "about", "uses", "license", "parameters",
        "active_parameters", "context", "layers", "kv_heads", "head_size", "quantisations", "rank")
CACHE_KEYS = ("layers", "kv_heads", "head_size")
OPTIONAL = ("active_parameters", *CACHE_KEYS)
TEXTS = {
    "name": r"[a-z0-9][a-z0-9.-]*:[a-z0-9][a-z0-9.-]*",
    "repository": r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*",
    "title": r"\S.{0,38}\S",
    "about": r"[^\s].{0,88}\.",
    "license": r"[a-z0-9][a-z0-9.-]*",
}
NUMBERS = {
    "parameters": (10**7, 2 * 10**11),
    "active_parameters": (10**7, 2 * 10**11),
    "context": (512, 2**24),
    "layers": (1, 512),
    "kv_heads": (1, 256),
    "head_size": (16, 1024),
    "rank": (1, 100),
}
USES = ("chat", "code", "reasoning", "tools", "vision", "multilingual", "embedding", "rerank")
ANSWERS_NOTHING = {"embedding", "rerank"}  # such a model has no other use than one of these
BITS = {  # a weight's, with what its block adds; _K_M and _K_S as llama.cpp mixes them
    "Q2_K": 2.96, "Q3_K_S": 3.5, "Q3_K_M": 3.91, "Q3_K_L": 4.27, "IQ4_XS": 4.25, "MXFP4": 4.25,
    "Q4_0": 4.5, "IQ4_NL": 4.5, "Q4_K_S": 4.58, "Q4_K_M": 4.85, "Q4_1": 5.0, "Q5_0": 5.5,
    "Q5_K_S": 5.54, "Q5_K_M": 5.69, "Q6_K": 6.56, "Q8_0": 8.5, "F16": 16.0, "BF16": 16.0,
}
TOLERANCE = 0.25
# A small model is to a large part its vocabulary, which is stored with more bits.
SMALL, SMALL_TOLERANCE = 1_500_000_000, 0.40


def read(text: str) -> dict:
    """The catalog of a JSON text; ValueError for JSON that is loose or has a key twice."""
    def unique(pairs: list[tuple[str, object]]) -> dict:
        names = [name for name, _ in pairs]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"a key twice: {', '.join(twice)}")
        return dict(pairs)

    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is no JSON")

    return json.loads(text, object_pairs_hook=unique, parse_constant=refuse)


def faults(catalog: object) -> list[str]:
    """What is wrong with a catalog, one line each; none for a good one."""
    if not isinstance(catalog, dict) or list(catalog) != ["models", "default"]:
        return ["the catalog is no object of models and default, in this order"]
    models = catalog["models"]
    if not isinstance(models, list) or not all(isinstance(model, dict) for model in models):
        return ["models is no list of objects"]
    found = [f"{_label(model, at)}: {fault}" for at, model in enumerate(models)
             for fault in _model_faults(model)]
    for key in ("name", "repository"):
        values = [model.get(key) for model in models]
        twice = {value for value in values if isinstance(value, str) and values.count(value) > 1}
        found += [f"{key} twice: {value}" for value in sorted(twice)]
    if catalog["default"] not in [model.get("name") for model in models]:
        found.append(f"default is no model's name: {catalog['default']}")
    return found


def _label(model: dict, at: int) -> str:
    return str(model.get("name", f"model {at + 1}"))


def _model_faults(model: dict) -> list[str]:
    wrong = _key_faults(model)
    if wrong:
        return wrong
    found = [f"{key} is not as it should be: {model[key]!r}" for key, pattern in TEXTS.items()
             if not isinstance(model[key], str) or not re.fullmatch(pattern, model[key])]
    found += [f"{key} is no whole number from {low} to {high}: {model[key]!r}"
              for key, (low, high) in NUMBERS.items()
              if key in model and not _is_whole(model[key], low, high)]
    if found:
        return found
    if model.get("active_parameters", 0) >= model["parameters"]:
        found.append("active_parameters is not less than parameters")
    return found + _use_faults(model["uses"]) + _quantisation_faults(model)


def _key_faults(model: dict) -> list[str]:
    found = [f"unknown key: {key}" for key in model if key not in KEYS]
    found += [f"{key} is missing" for key in KEYS if key not in model and key not in OPTIONAL]
    given = [key for key in CACHE_KEYS if key in model]
    if given and len(given) < len(CACHE_KEYS):
        found.append(f"{', '.join(CACHE_KEYS)}: all of them or none")
    if not found and list(model) != [key for key in KEYS if key in model]:
        found.append(f"the keys' order is {', '.join(KEYS)}")
    return found


def _is_whole(value: object, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _use_faults(uses: object) -> list[str]:
    if not isinstance(uses, list) or not uses:
        return ["uses is no list of uses"]
    unknown = [use for use in uses if use not in USES]
    if unknown:
        return [f"unknown use: {use}" for use in unknown]
    if uses != [use for use in USES if use in uses]:
        return [f"the uses' order is {', '.join(USES)}, each once"]
    kinds = ANSWERS_NOTHING & set(uses)
    if len(kinds) > 1 or (kinds and set(uses) - kinds - {"multilingual"}):
        return ["embedding and rerank go with multilingual only"]
    return [] if kinds or "chat" in uses else ["neither chat, nor embedding, nor rerank"]


def _quantisation_faults(model: dict) -> list[str]:
    files = model["quantisations"]
    if not isinstance(files, list) or not files:
        return ["quantisations is no list"]
    if any(not isinstance(file, dict) or list(file) != ["name", "bytes"] for file in files):
        return ["a quantisation is an object of name and bytes, in this order"]
    found = [fault for file in files for fault in _file_faults(file, model["parameters"])]
    names = [file["name"] for file in files]
    if len(set(map(str, names))) < len(names):
        found.append("a quantisation twice")
    if not found and [file["bytes"] for file in files] != sorted(f["bytes"] for f in files):
        found.append("the quantisations' order is from small to large")
    return found


def _file_faults(file: dict, parameters: int) -> list[str]:
    name, size = file["name"], file["bytes"]
    bits = BITS.get(name.removeprefix("UD-")) if isinstance(name, str) else None
    if bits is None:
        return [f"unknown quantisation: {name}"]
    if not _is_whole(size, 1, 2**40):
        return [f"{name}: bytes is no whole number: {size!r}"]
    expected = parameters * bits / 8
    tolerance = SMALL_TOLERANCE if parameters < SMALL else TOLERANCE
    if abs(size - expected) <= tolerance * expected:
        return []
    return [f"{name}: {size} bytes, but {parameters} parameters of {bits} bits are "
            f"about {expected:.3g}"]


def main(arguments: list[str]) -> int:
    path = Path(arguments[0]) if arguments else CATALOG
    try:
        found = faults(read(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        found = [str(error)]
    for fault in found:
        print(f"{path.name}: {fault}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
