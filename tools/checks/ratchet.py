"""Limits with an exception list that may only shrink.

A rule measures each file as one number. Over the rule's limit it is a finding, unless
exceptions.txt names that rule and file with exactly that number. A smaller number is a finding too:
the exception has to follow it down, and go when it is no longer needed.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tree import Finding, Tree

EXCEPTIONS = "tools/checks/exceptions.txt"


@dataclass(frozen=True)
class Measure:
    rule: str
    path: str
    value: int
    limit: int
    findings: list[Finding] = field(default_factory=list)


def judge(measures: list[Measure], rules: set[str], tree: Tree) -> list[Finding]:
    """Findings of the measures, after the exceptions of these rules."""
    allowed, findings = _read_exceptions(tree, rules)
    for measure in measures:
        number, most = allowed.pop((measure.rule, measure.path), (0, measure.limit))
        if measure.value > max(most, measure.limit):
            findings += measure.findings
        elif number and measure.value <= measure.limit:
            message = f"{measure.path} keeps to {measure.rule} now: remove it"
            findings.append(_stale(number, message))
        elif number and measure.value < most:
            findings.append(_stale(number, f"lower this to {measure.value}"))
    findings += [_stale(number, f"{path} breaks no rule {rule}: remove it")
                 for (rule, path), (number, _) in allowed.items()]
    return findings


def _stale(line: int, message: str) -> Finding:
    return Finding("ratchet", EXCEPTIONS, line, message)


def _read_exceptions(tree: Tree, rules: set[str]):
    allowed: dict[tuple[str, str], tuple[int, int]] = {}
    findings: list[Finding] = []
    if EXCEPTIONS not in tree.paths:
        return allowed, findings
    for number, line in enumerate(tree.lines(EXCEPTIONS), 1):
        if not line.strip() or line.startswith("#"):
            continue
        words = line.split(None, 3)
        if len(words) < 4 or not words[2].isdigit():
            findings.append(_stale(number, "not of the form: RULE PATH NUMBER REASON"))
        elif words[0] in rules:
            allowed[(words[0], words[1])] = (number, int(words[2]))
    return allowed, findings
