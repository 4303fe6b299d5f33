#!/usr/bin/env python3
"""The catalog of models is without faults, and a fault of each kind is found."""

from __future__ import annotations

import contextlib
import copy
import io
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parent))
import check

MODEL = {
    "name": "a:4b", "repository": "org/A-4B-GGUF", "title": "A 4B", "about": "Answers questions.",
    "uses": ["chat", "tools"], "license": "apache-2.0", "parameters": 4_000_000_000,
    "active_parameters": 3_000_000_000, "context": 40960, "layers": 36, "kv_heads": 8,
    "head_size": 128, "quantisations": [{"name": "Q4_K_M", "bytes": 2_500_000_000},
                                        {"name": "Q8_0", "bytes": 4_280_000_000}], "rank": 50,
}


def catalog(**changes: object) -> dict:
    """One model with the changes; a key whose value is None is left out."""
    model = copy.deepcopy(MODEL) | changes
    return {"models": [{key: value for key, value in model.items() if value is not None}],
            "default": model["name"]}


def file(name: str, size: object) -> list[dict]:
    return [{"name": name, "bytes": size}]


class Reading(unittest.TestCase):
    def test_only_strict_json_is_read(self):
        for text in ('{"a": 1, "a": 2}', '{"a": NaN}', '{"a": 1,}', '// note\n{}', ""):
            with self.subTest(text), self.assertRaises(ValueError):
                check.read(text)
        self.assertEqual({"a": [1]}, check.read('{"a": [1]}'))


class Accepted(unittest.TestCase):
    def accept(self, **changes: object) -> None:
        self.assertEqual([], check.faults(catalog(**changes)))

    def test_the_catalog_of_the_tree_is_without_faults(self):
        self.assertEqual([], check.faults(check.read(check.CATALOG.read_text(encoding="utf-8"))))

    def test_optional_keys_may_be_left_out(self):
        self.accept()
        self.accept(active_parameters=None)
        self.accept(layers=None, kv_heads=None, head_size=None)

    def test_a_model_that_only_embeds_or_ranks(self):
        self.accept(uses=["embedding"])
        self.accept(uses=["multilingual", "rerank"])

    def test_sizes_within_the_tolerance(self):
        self.accept(quantisations=file("Q8_0", 4_250_000_000 * 76 // 100))
        self.accept(quantisations=file("UD-Q8_0", 4_250_000_000 * 124 // 100))

    def test_a_small_model_may_be_larger_than_its_bits(self):
        self.accept(parameters=1_000_000_000, active_parameters=None,
                    quantisations=file("Q4_K_M", 806_000_000))


class Refused(unittest.TestCase):
    def refuse(self, part: str, **changes: object) -> None:
        found = check.faults(catalog(**changes))
        with self.subTest(part):
            self.assertTrue(any(part in fault for fault in found), found)
            self.assertTrue(all(fault.startswith(f"{changes.get('name', 'a:4b')}: ")
                                for fault in found), found)

    def test_another_shape(self):
        for value in ([], None, {}, {"models": []}, {"default": "a", "models": []}):
            self.assertIn("no object of models and default", check.faults(value)[0])
        for value in ({}, [1], None):
            found = check.faults({"models": value, "default": "a"})
            self.assertIn("no list of objects", found[0])

    def test_keys(self):
        self.refuse("unknown key: size", size=1)
        self.refuse("license is missing", license=None)
        self.refuse("all of them or none", kv_heads=None)
        turned = dict(reversed(catalog()["models"][0].items()))
        self.assertIn("order", check.faults({"models": [turned], "default": "a:4b"})[0])

    def test_texts(self):
        for name in ("A:4b", "a", "a:", ":4b", "a:4b:c", "a b:4b", "../a:b"):
            self.refuse("name is not as it should be", name=name)
        for repository in ("org", "org/", "/a", "org/a/b", "../a", "org/..", "org/a b"):
            self.refuse("repository is not as it should be", repository=repository)
        for about in ("", "No full stop", "Two\nlines.", "x" * 100 + ".", 7):
            self.refuse("about is not as it should be", about=about)
        self.refuse("license is not as it should be", license="Apache 2.0")
        self.refuse("title is not as it should be", title=" A")

    def test_numbers(self):
        for rank in (0, 101, 1.5, True, "50"):
            self.refuse("rank is no whole number", rank=rank)
        self.refuse("context is no whole number", context=0)
        self.refuse("head_size is no whole number", head_size=-1)
        self.refuse("parameters is no whole number", parameters=4)
        self.refuse("not less than parameters", active_parameters=4_000_000_000)

    def test_uses(self):
        self.refuse("no list of uses", uses=[])
        self.refuse("no list of uses", uses="chat")
        self.refuse("unknown use: talk", uses=["chat", "talk"])
        self.refuse("unknown use: ['chat']", uses=[["chat"]])
        self.refuse("order", uses=["tools", "chat"])
        self.refuse("order", uses=["chat", "chat"])
        self.refuse("multilingual only", uses=["chat", "embedding"])
        self.refuse("multilingual only", uses=["embedding", "rerank"])
        self.refuse("neither chat", uses=["code"])

    def test_quantisations(self):
        self.refuse("quantisations is no list", quantisations=[])
        self.refuse("name and bytes", quantisations=["Q8_0"])
        self.refuse("name and bytes", quantisations=[{"bytes": 1, "name": "Q8_0"}])
        self.refuse("unknown quantisation: Q9", quantisations=file("Q9", 1))
        self.refuse("unknown quantisation: 8", quantisations=file(8, 1))
        self.refuse("bytes is no whole number", quantisations=file("Q8_0", 4.28e9))
        self.refuse("but 4000000000 parameters", quantisations=file("Q8_0", 428_000_000))
        self.refuse("but 4000000000 parameters", quantisations=file("Q8_0", 5_400_000_000))
        self.refuse("a quantisation twice", quantisations=2 * file("Q8_0", 4_280_000_000))
        turned = MODEL["quantisations"][::-1]
        self.refuse("from small to large", quantisations=turned)

    def test_a_name_or_repository_twice_and_a_default_that_is_none(self):
        twice = {"models": catalog()["models"] * 2, "default": "b:1b"}
        self.assertEqual(["name twice: a:4b", "repository twice: org/A-4B-GGUF",
                          "default is no model's name: b:1b"], check.faults(twice))


class Program(unittest.TestCase):
    def run_on(self, text: str) -> tuple[int, str]:
        with tempfile.TemporaryDirectory(prefix="llf-catalog-") as folder:
            path = Path(folder) / "catalog.json"
            path.write_text(text)
            said = io.StringIO()
            with contextlib.redirect_stdout(said):
                return check.main([str(path)]), said.getvalue()

    def test_the_exit_code_tells_of_faults(self):
        self.assertEqual((0, ""), self.run_on(check.CATALOG.read_text(encoding="utf-8")))
        code, said = self.run_on('{"models": [], "default": "a:4b"}')
        self.assertEqual((1, "catalog.json: default is no model's name: a:4b\n"), (code, said))
        self.assertEqual(1, self.run_on("{")[0])

    def test_a_missing_file_is_a_fault(self):
        with contextlib.redirect_stdout(io.StringIO()) as said:
            self.assertEqual(1, check.main(["/nonexistent/catalog.json"]))
        self.assertIn("No such file", said.getvalue())


if __name__ == "__main__":
    unittest.main()
