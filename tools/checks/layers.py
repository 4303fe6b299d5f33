"""Includes keep to src/layers.txt: modules only use modules and libraries that their line names."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tree import Finding, Tree

LAYERS = "src/layers.txt"
_LINE = re.compile(r"^([0-9]+) +([a-z]+) *:([^|]*)\|([^|]*)\| *(.+)$")
_INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')

# What a third-party name of layers.txt lets a module include.
THIRD_PARTY = {
    "asio": ("boost/asio.hpp", "boost/asio/"),
    "beast": ("boost/beast.hpp", "boost/beast/"),
    "url": ("boost/url.hpp", "boost/url/"),
    "json": ("boost/json.hpp", "boost/json/"),
    "fmt": ("fmt/",),
    "spdlog": ("spdlog/",),
    "cli11": ("CLI/",),
    "edit": ("histedit.h", "editline/"),
    "openssl": ("openssl/",),
    "archive": ("archive.h", "archive_entry.h"),
    "sqlite3": ("sqlite3.h",),
    "curl": ("curl/",),
}
# Boost's own ground, which comes with any of its libraries.
_BOOST_COMMON = ("boost/system/", "boost/core/", "boost/config", "boost/assert", "boost/throw_exc")
_TEST_ONLY = ("gtest/", "gmock/")


@dataclass(frozen=True)
class Module:
    layer: int
    name: str
    uses: tuple[str, ...]
    third_party: tuple[str, ...]
    sentence: str


def read_layers(text: str) -> tuple[list[Module], list[Finding]]:
    modules: list[Module] = []
    findings = []

    def wrong(number: int, message: str) -> None:
        findings.append(Finding("layers", LAYERS, number, message))

    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        match = _LINE.match(line)
        if not match:
            wrong(number, "not of the form: LAYER MODULE : MODULES | THIRD-PARTY | SENTENCE")
            continue
        layer, name = int(match[1]), match[2]
        uses, third = tuple(match[3].split()), tuple(match[4].split())
        above = {m.name: m.layer for m in modules}
        if name in above:
            wrong(number, f"module {name} has a line already")
        for other in uses:
            if other not in above:
                wrong(number, f"{name} uses {other}, which has no line above this one")
            elif above[other] > layer:
                wrong(number, f"{name} (layer {layer}) uses {other} of layer {above[other]}")
        for library in third:
            if library not in THIRD_PARTY:
                wrong(number, f"unknown third-party name {library}: known {' '.join(THIRD_PARTY)}")
        modules.append(Module(layer, name, uses, third, match[5].strip()))
    return modules, findings


def check(tree: Tree) -> list[Finding]:
    modules, findings = read_layers(tree.text(LAYERS))
    by_name = {module.name: module for module in modules}
    for path in tree.match("src/*.cpp", "src/*.hpp"):
        parts = path.split("/")
        if len(parts) != 3:
            findings.append(Finding("layers", path, 0, "modules are flat: src/MODULE/FILE"))
        elif parts[1] not in by_name:
            findings.append(Finding("layers", path, 0, f"{parts[1]} has no line in {LAYERS}"))
        else:
            findings += _check_file(tree, path, by_name[parts[1]], by_name)
    return findings


def _check_file(tree: Tree, path: str, module: Module, by_name: dict[str, Module]) -> list[Finding]:
    findings = []
    for number, line in enumerate(tree.lines(path), 1):
        match = _INCLUDE.match(line)
        if match:
            message = _judge(tree, path, module, by_name, match[1] == '"', match[2])
            if message:
                findings.append(Finding("layers", path, number, message))
    return findings


def _judge(tree, path, module, by_name, quoted: bool, header: str) -> str:
    """What is wrong with an include, or nothing."""
    first = header.split("/")[0]
    if quoted:
        if first not in by_name or header.count("/") != 1:
            return f'"{header}": write "module/file.hpp"'
        if first != module.name and first not in module.uses:
            return f"module {module.name} may not use {first}: {LAYERS} does not name it"
        if f"src/{header}" not in tree.paths:
            return f'"{header}" is not there'
        return ""
    if first in by_name and f"src/{header}" in tree.paths:
        return f'<{header}> is ours: write "{header}"'
    if header.startswith(_TEST_ONLY):
        return "" if _is_test(path) else "only tests use GoogleTest"
    if header.startswith("benchmark/"):
        return "" if path.endswith("_bench.cpp") else "only benchmarks use it"
    return _judge_third_party(module, header)


def _judge_third_party(module: Module, header: str) -> str:
    for name, prefixes in THIRD_PARTY.items():
        if header.startswith(prefixes):
            if name in module.third_party:
                return ""
            return f"module {module.name} may not use {name}: {LAYERS} does not name it"
    if header.startswith("boost/"):
        if header.startswith(_BOOST_COMMON) and {"asio", "beast", "url", "json"} & set(
                module.third_party):
            return ""
        return f"<{header}> belongs to no third-party name of tools/checks/layers.py"
    return ""


def _is_test(path: str) -> bool:
    return path.endswith(("_test.cpp", "_test.hpp")) or path.rsplit("/", 1)[-1].startswith("test_")
