"""A byte-level BPE tokenizer, the same one that llama.cpp runs for `tokenizer.ggml.pre = gpt-2`."""

from __future__ import annotations

import json
import random
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
END_OF_TEXT, IM_START, IM_END = 0, 1, 2
_CONTRACTIONS = ("'s", "'t", "'re", "'ve", "'m", "'ll", "'d")
_ASCII_WORDS = re.compile(
    r"'(?:s|t|re|ve|m|ll|d)| ?[A-Za-z]+| ?[0-9]+| ?[^\sA-Za-z0-9]+|\s+(?!\S)|\s+"
)


def _byte_characters() -> list[str]:
    """GPT-2's printable character for each byte."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    table, spare = {}, 256
    for byte in range(256):
        if byte in printable:
            table[byte] = chr(byte)
        else:
            table[byte] = chr(spare)
            spare += 1
    return [table[byte] for byte in range(256)]


_BYTE_CHAR = _byte_characters()


def _kind(char: str) -> str:
    if char.isspace():
        return "space"
    first = unicodedata.category(char)[0]
    return {"L": "letter", "N": "number"}.get(first, "other")


def split_words(text: str) -> list[str]:
    """Splits as GPT-2's pattern does: contractions, letters, numbers, others, with one space."""
    if text.isascii():
        return _ASCII_WORDS.findall(text)
    words, at = [], 0
    while at < len(text):
        end = _word_end(text, at)
        words.append(text[at:end])
        at = end
    return words


def _word_end(text: str, at: int) -> int:
    for contraction in _CONTRACTIONS:
        if text.startswith(contraction, at):
            return at + len(contraction)
    start = at + 1 if text[at] == " " and at + 1 < len(text) else at
    kind = _kind(text[start])
    if kind != "space":
        end = start
        while end < len(text) and _kind(text[end]) == kind:
            end += 1
        return end
    end = at
    while end < len(text) and _kind(text[end]) == "space":
        end += 1
    if end < len(text) and end - at > 1:
        end -= 1  # the last space belongs to the word that follows
    return end


class Tokenizer:
    """Ids: the special tokens, then the 256 bytes, then one per merge in order of rank."""

    def __init__(self, merges: list[tuple[str, str]]) -> None:
        self.merges = merges
        self.tokens = SPECIAL + _BYTE_CHAR + [a + b for a, b in merges]
        self._ids = {token: i for i, token in enumerate(self.tokens)}
        self._ranks = {pair: rank for rank, pair in enumerate(merges)}
        self._cache: dict[str, list[int]] = {}

    @staticmethod
    def load(path: Path) -> Tokenizer:
        return Tokenizer([(a, b) for a, b in json.loads(path.read_text())])

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(self.merges))

    def encode(self, text: str) -> list[int]:
        """Ids of plain text; special tokens in it are not recognised."""
        ids: list[int] = []
        for word in split_words(text):
            cached = self._cache.get(word)
            if cached is None:
                cached = self._merge(word, 0.0, None)
                self._cache[word] = cached
            ids += cached
        return ids

    def encode_dropout(self, text: str, chance: float, rng: random.Random) -> list[int]:
        """As encode, but merges are skipped with the given chance: other splits of the text."""
        return [i for word in split_words(text) for i in self._merge(word, chance, rng)]

    def _merge(self, word: str, chance: float, rng: random.Random | None) -> list[int]:
        parts = [_BYTE_CHAR[byte] for byte in word.encode("utf-8")]
        while len(parts) > 1:
            best, best_at = None, -1
            for at in range(len(parts) - 1):
                rank = self._ranks.get((parts[at], parts[at + 1]))
                if rank is not None and (best is None or rank < best):
                    if rng is None or rng.random() >= chance:
                        best, best_at = rank, at
            if best is None:
                break
            parts[best_at : best_at + 2] = [parts[best_at] + parts[best_at + 1]]
        return [self._ids[part] for part in parts]


def train(texts: Iterable[str], vocabulary: int) -> Tokenizer:
    """Learns merges until the vocabulary has the given size. No merge contains a digit."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(word for word in split_words(text) if not any(c.isdigit() for c in word))
    words = [([_BYTE_CHAR[b] for b in w.encode("utf-8")], n) for w, n in sorted(counts.items())]
    pairs: Counter[tuple[str, str]] = Counter()
    where: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    for index, (parts, n) in enumerate(words):
        for pair in zip(parts, parts[1:]):
            pairs[pair] += n
            where[pair].add(index)
    merges: list[tuple[str, str]] = []
    while len(merges) < vocabulary - len(SPECIAL) - 256:
        best = max(pairs, key=lambda pair: (pairs[pair], pair))
        merges.append(best)
        for index in where.pop(best):
            _apply(best, index, words, pairs, where)
        pairs.pop(best, None)
    return Tokenizer(merges)


def _apply(
    best: tuple[str, str],
    index: int,
    words: list[tuple[list[str], int]],
    pairs: Counter[tuple[str, str]],
    where: defaultdict[tuple[str, str], set[int]],
) -> None:
    """Merges `best` in one word and updates the counts of the pairs around it."""
    parts, n = words[index]
    for pair in zip(parts, parts[1:]):
        pairs[pair] -= n
    at = 0
    while at < len(parts) - 1:
        if (parts[at], parts[at + 1]) == best:
            parts[at : at + 2] = [best[0] + best[1]]
        at += 1
    for pair in zip(parts, parts[1:]):
        pairs[pair] += n
        where[pair].add(index)
