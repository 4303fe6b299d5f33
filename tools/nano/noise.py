"""Makes rule sentences look typed: typos, case, punctuation, politeness, missing words."""

from __future__ import annotations

import random
import re

_KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEIGHBOURS = {
    char: [row[i] for i in (at - 1, at + 1) if 0 <= i < len(row)]
    for row in _KEYBOARD
    for at, char in enumerate(row)
}
_FUNCTION_WORDS = set(
    "a an the i you to do does can is are of for me my it in with how what please there"
    " from on and".split()
)
_OPENERS = (
    "please|hi,|hello,|hey,|ok,|so|so,|and|and|now|well,|quick question:|question:|um,"
    "|sorry,|excuse me,|hi!|hello!"
    "|one more question:|next question:|another question:|just wondering,|i was wondering,"
    "|tell me,|hey llf,|llf,"
    "|dear assistant,|good morning,|ok so|btw|by the way,|newbie question:|can you help me?"
    "|i have a question:"
    "|could you please tell me,|a friend asked me:|then|also|also,|but|no,|yes,|great,"
    "|thanks,|thank you."
).split("|")
_CLOSERS = (
    "please|pls|plz|thanks|thank you|for me|now|again|exactly|then|quickly|?|thx|, please"
    "|, thanks|if i may ask"
    "|i am new to this|help|asap|?!|, i forgot|in short|, any idea|, anyone"
    "|, can you tell me|right now|today"
    "|btw|i wonder|, do you know|in general|, please help me|for a beginner|, quickly"
).split("|")
_SHORT_FORMS = (
    (r"\bdo not\b", "don't"), (r"\bdo not\b", "dont"),
    (r"\bcan not\b|\bcannot\b", "can't"), (r"\bi am\b", "i'm"),
    (r"\bwhat is\b", "whats"), (r"\bwhat is\b", "what's"),
    (r"\bhow do i\b", "how do I"), (r"\byou\b", "u"),
    (r"\bare\b", "r"), (r"\bplease\b", "pls"),
    (r"\bwhere is\b", "where's"), (r"\bhow do i\b", "how i"),
    (r"\bhow do i\b", "how i can"), (r"\bi would\b", "i'd"),
    (r"\bit is\b", "it's"), (r"\band\b", "&"),
    (r"\bconfiguration\b", "config"), (r"\bis there\b", "there is"),
    (r"\bhow can i\b", "how could we"),
)


def typo(text: str, rng: random.Random) -> str:
    """One slip of the fingers in a word of four letters or more."""
    spots = [m.span() for m in re.finditer(r"[a-z]{4,}", text)]
    if not spots:
        return text
    begin, end = rng.choice(spots)
    at = rng.randrange(begin, end - 1)
    kind = rng.randrange(4)
    if kind == 0:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    if kind == 1:
        return text[:at] + text[at + 1 :]
    if kind == 2:
        return text[:at] + text[at] + text[at:]
    return text[:at] + rng.choice(_NEIGHBOURS.get(text[at], [text[at]])) + text[at + 1 :]


def _drop_words(text: str, rng: random.Random) -> str:
    words = text.split()
    kept = [w for w in words if w not in _FUNCTION_WORDS or rng.random() < 0.5]
    return " ".join(kept) if kept else text


def _keywords(text: str, rng: random.Random) -> str:
    words = [w for w in text.split() if w not in _FUNCTION_WORDS]
    if len(words) < 2:
        return text
    if rng.random() < 0.4:
        rng.shuffle(words)
    return " ".join(words)


def _finish(text: str, rng: random.Random) -> str:
    """Case and closing punctuation."""
    roll = rng.random()
    if roll < 0.45:
        return text
    if roll < 0.75:
        text = text[:1].upper() + text[1:]
        text = re.sub(r"\bi\b", "I", text)
    elif roll < 0.78:
        text = text.upper()
    closed = text.endswith(("?", "!", "."))
    return text if closed else text + rng.choice(("?", "?", "?", "?", ".", ".", "!", " ?", "??"))


def rough(text: str, rng: random.Random) -> str:
    """A question as somebody might type it."""
    roll = rng.random()
    if roll < 0.07:
        text = _drop_words(text, rng)
    elif roll < 0.11:
        text = _keywords(text, rng)
    if rng.random() < 0.15:
        pattern, short = rng.choice(_SHORT_FORMS)
        text = re.sub(pattern, short, text)
    if rng.random() < 0.13:
        text = rng.choice(_OPENERS) + " " + text
    if rng.random() < 0.10:
        closer = rng.choice(_CLOSERS)
        text = text + ("" if closer[0] in ",?" else " ") + closer
    while rng.random() < 0.18:
        text = typo(text, rng)
    return _finish(text, rng)


def short(text: str, rng: random.Random) -> str:
    """Small talk: typos and punctuation, but no words around it, which would change its meaning."""
    if rng.random() < 0.12:
        text = typo(text, rng)
    return _finish(text, rng)
