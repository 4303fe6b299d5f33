#!/usr/bin/python3
"""Unit tests of what needs no training: grammar, source, noise, tokenizer and corpus."""

from __future__ import annotations

import random
import tempfile
import unittest
from pathlib import Path

from corpus import Builder, Corpus
from dialogues import HERE, OFF_TOPIC, commands_in, is_command, load, load_questions, normalise
from grammar import GrammarError, Lists, parse, tidy
from noise import rough, typo
from tokenizer import IM_END, IM_START, Tokenizer, split_words, train


class GrammarTest(unittest.TestCase):
    def setUp(self) -> None:
        self.lists = Lists()
        self.lists.add("animal", "cat|dog|(big |)bird")

    def test_all_sentences_of_a_rule(self) -> None:
        rule = parse("(feed|wash) the {animal}(| now)")
        every = list(self.lists.all(rule))
        self.assertEqual(len(every), 16)
        self.assertEqual(self.lists.count(rule), 16)
        self.assertIn("wash the big bird now", every)

    def test_a_sample_is_one_of_all(self) -> None:
        rule, rng = parse("a|b (c|d|) e"), random.Random(1)
        every = set(self.lists.all(rule))
        self.assertEqual({self.lists.sample(rule, rng) for _ in range(200)}, every)

    def test_computed_lists_give_words_and_numbers(self) -> None:
        rng = random.Random(2)
        self.assertTrue(self.lists.sample(parse("{number}"), rng).isdigit())
        self.assertTrue(self.lists.sample(parse("{pseudo}"), rng).isalpha())

    def test_bad_rules_are_refused(self) -> None:
        for text in ("(a|b", "a)b"):
            with self.assertRaises(GrammarError):
                parse(text)
        with self.assertRaises(GrammarError):
            self.lists.count(parse("{unknown}"))

    def test_tidy_leaves_one_space_and_none_before_punctuation(self) -> None:
        self.assertEqual(tidy(" a  b , c ? "), "a b, c?")
        self.assertEqual(tidy("the file .gguf"), "the file .gguf")


class SourceTest(unittest.TestCase):
    def test_lines_that_are_wrong_are_named(self) -> None:
        cases = {
            "Q: early": "before the first",
            "== a\nA: x\nA: y\nQ: z": "second answer",
            "== a\nX: y": "must begin with",
            "== a\nQ: y": "needs one 'A:'",
            "== a\nA: x\nQ: y\n== a": "twice",
        }
        for text, message in cases.items():
            with tempfile.TemporaryDirectory() as folder, self.subTest(text):
                Path(folder, "t.txt").write_text(text)
                with self.assertRaisesRegex(GrammarError, message):
                    load(Path(folder))

    def test_commands_are_found_in_code_only_and_after_a_pipe(self) -> None:
        text = "llf is here; `llf ps`, `cat x | llf run \"a b\"`, `llfd`, `./llf x` or `llf`"
        self.assertEqual(commands_in(text), ["llf ps", 'llf run "a b"', "llf"])

    def test_a_command_must_fit_as_a_whole(self) -> None:
        listed = [["llf", "run", "MODEL", "PROMPT"], ["llf", "ps"]]
        self.assertTrue(is_command('llf run <repo> "two words"', listed))
        self.assertTrue(is_command("llf ps", listed))
        for wrong in ("llf", "llf ps -a", "llf run --all x", "llf model pull x"):
            self.assertFalse(is_command(wrong, listed), wrong)

    def test_equal_questions_are_equal_when_normalised(self) -> None:
        self.assertEqual(normalise("What's  LLF ?!"), normalise("what s llf"))


class NoiseTest(unittest.TestCase):
    def test_a_typo_changes_little(self) -> None:
        rng = random.Random(3)
        for _ in range(200):
            self.assertLessEqual(abs(len(typo("download models", rng)) - 15), 1)
        self.assertEqual(typo("a b", rng), "a b")

    def test_rough_text_is_never_empty(self) -> None:
        rng = random.Random(4)
        self.assertTrue(all(rough("how do i do it", rng).strip() for _ in range(500)))


class TokenizerTest(unittest.TestCase):
    def setUp(self) -> None:
        words = ["the server", "the model", "download the model", "it's 2026"] * 20
        self.tokenizer = train(words, 3 + 256 + 30)

    def _text(self, ids: list[int]) -> bytes:
        table = {c: b for b, c in enumerate(Tokenizer([]).tokens[3:])}
        return bytes(table[c] for i in ids for c in self.tokenizer.tokens[i])

    def test_every_text_comes_back_byte_by_byte(self) -> None:
        for text in ("the model", "Größe  ½\n\tx", "你好 🙂", "", "'s 's' don't"):
            self.assertEqual(self._text(self.tokenizer.encode(text)), text.encode())
            rng = random.Random(5)
            self.assertEqual(
                self._text(self.tokenizer.encode_dropout(text, 0.5, rng)), text.encode()
            )

    def test_frequent_words_are_single_tokens_and_digits_never_merge(self) -> None:
        self.assertEqual(len(self.tokenizer.encode(" model")), 1)
        self.assertEqual(len(self.tokenizer.encode("2026")), 4)

    def test_ascii_and_other_texts_are_split_alike(self) -> None:
        for text in ("it's a test, 12 x", "  two  spaces ", "a\n\nb \n c", "it'll don't '' 's"):
            marked = split_words(text + "é")
            self.assertEqual("".join(marked), text + "é")
            self.assertEqual(marked[: len(split_words(text)) - 1], split_words(text)[:-1])

    def test_saved_is_loaded(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "t.json")
            self.tokenizer.save(path)
            self.assertEqual(Tokenizer.load(path).tokens, self.tokenizer.tokens)


class CorpusTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.corpus = Corpus(load(), Tokenizer([]))

    def test_no_held_out_question_is_ever_drawn(self) -> None:
        held = {normalise(q) for _, q in load_questions(HERE / "heldout")}
        rng = random.Random(6)
        drawn = [self.corpus.question(rng)[1] for _ in range(20000)]
        self.assertFalse(held & {normalise(text) for text in drawn})
        self.assertGreater(self.corpus.dropped, 0)

    def test_about_a_third_is_off_topic(self) -> None:
        rng = random.Random(7)
        names = [self.corpus.question(rng)[0].name for _ in range(5000)]
        self.assertTrue(0.3 < names.count(OFF_TOPIC) / len(names) < 0.45)

    def test_rows_are_reproducible_and_answers_supervised(self) -> None:
        first = [self.corpus.row(random.Random(8)) for _ in range(3)]
        self.assertEqual(first[0], first[1])
        rng = random.Random(9)
        for _ in range(300):
            row = self.corpus.row(rng)
            self.assertEqual(len(row.ids), len(row.weights))
            self.assertLess(row.prompt_end, len(row.ids) - 1)
            self.assertTrue(all(w == 1.0 for w in row.weights[row.prompt_end + 1 :]))

    def test_the_cut_start_of_every_answer_is_unique(self) -> None:
        starts = {tuple(a[: n - 1]) for a, n in zip(self.corpus._answers, self.corpus._cuts)}
        self.assertEqual(len(starts), len(self.corpus.intents))

    def test_a_message_is_wrapped_in_its_special_tokens(self) -> None:
        builder = Builder(Tokenizer([]))
        builder.message("user", "x", 0.5)
        self.assertEqual(builder.ids[0], IM_START)
        self.assertEqual(builder.ids[-2], IM_END)
        self.assertEqual(len(builder.ids), len(builder.weights))


if __name__ == "__main__":
    unittest.main()
