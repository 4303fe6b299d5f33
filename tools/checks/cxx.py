"""Just enough C++ to look at text: without comments and literals, and by function.

The tree is formatted by clang-format, so a function's last line is a `}` that stands exactly under
the first column of its first line. That is what function bounds are taken from.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""//[^\n]*
      | /\*.*?\*/
      | R"(?P<tag>[^()\\\s]{0,16})\(.*?\)(?P=tag)"
      | "(?:[^"\\\n]|\\.)*"
      | (?<![0-9a-zA-Z_])'(?:[^'\\\n]|\\.)+'""",
    re.DOTALL | re.VERBOSE)


def scrub(text: str) -> str:
    """The text with comments and the insides of literals blanked; every line keeps its number.
    The quoted path of an #include stays."""

    def blank(match: re.Match[str]) -> str:
        found = match.group()
        line = text[text.rfind("\n", 0, match.start()) + 1:match.start()]
        if found.startswith('"') and re.match(r"\s*#\s*include\s*$", line):
            return found
        edge = found[0] if found[0] in "\"'" else " "
        inside = "".join(c if c == "\n" else " " for c in found[1:-1])
        return edge + inside + edge

    return _TOKEN.sub(blank, text)


@dataclass(frozen=True)
class Function:
    first_line: int
    last_line: int
    name: str
    parameters: list[str]

    @property
    def lines(self) -> int:
        return self.last_line - self.first_line + 1


_NOT_A_FUNCTION = re.compile(
    r"\s*(namespace|class|struct|union|enum|extern\s+\"|if|for|while|switch|do|else|try|case|return"
    r")\b")
_KEYWORDS = ("alignas", "decltype", "requires", "noexcept", "explicit")
_NAME = re.compile(r"([~\w:]+|operator\s*[^\s(]+)\s*\($")


def functions(text: str) -> list[Function]:
    """The functions that the text defines, tests among them."""
    lines = scrub(text).split("\n")
    found = []
    index = 0
    while index < len(lines):
        header_end = _header_end(lines, index)
        if header_end is None:
            index += 1
            continue
        indent = len(lines[index]) - len(lines[index].lstrip())
        close = _close(lines, header_end, indent)
        header = " ".join(lines[index:header_end + 1])
        name, parameters = _signature(header)
        if name:
            found.append(Function(index + 1, close + 1, name, parameters))
            index = close + 1
        else:
            index += 1
    return found


def _header_end(lines: list[str], start: int) -> int | None:
    """The line whose `{` opens the body of a function that begins at `start`."""
    first = lines[start]
    if (not first.strip() or first.lstrip()[0] in "#}){" or first.rstrip().endswith(":")
            or _NOT_A_FUNCTION.match(first)):
        return None
    for index in range(start, min(start + 14, len(lines))):
        line = lines[index].rstrip()
        if line.endswith("{"):
            return index if "(" in " ".join(lines[start:index + 1]) else None
        if line.endswith((";", "}")) or not line:
            return None
    return None


def _close(lines: list[str], header_end: int, indent: int) -> int:
    for index in range(header_end + 1, len(lines)):
        if re.match(r" {%d}\}" % indent, lines[index]):
            return index
    return len(lines) - 1


def _signature(header: str) -> tuple[str, list[str]]:
    """The name before the first parenthesis that is not an attribute's, and what stands in it."""
    start = header.find("(")
    while start >= 0:
        name = _NAME.search(header[:start + 1])
        if name and name.group(1) not in _KEYWORDS:
            end = _matching(header, start)
            if header[:start].rstrip().endswith(("=", ",", "return")) or "= [" in header[:start]:
                return "", []
            return name.group(1), split_arguments(header[start + 1:end])
        start = header.find("(", start + 1)
    return "", []


def _matching(text: str, start: int) -> int:
    depth = 0
    for index in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[index], 0)
        if depth == 0:
            return index
    return len(text)


def split_arguments(text: str) -> list[str]:
    """Splits at commas outside of any bracket."""
    parts, depth, current = [], 0, ""
    for char in text:
        depth += {"(": 1, "[": 1, "{": 1, "<": 1, ")": -1, "]": -1, "}": -1, ">": -1}.get(char, 0)
        if char == "," and depth == 0:
            parts.append(current.strip())
            current = ""
        else:
            current += char
    return [part for part in [*parts, current.strip()] if part]
