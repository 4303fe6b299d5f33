"""Other programs' checks: clang-format over C++, shellcheck over bash."""

from __future__ import annotations

import shutil
import subprocess

from tree import Finding, Tree


def check_format(tree: Tree) -> list[Finding]:
    files = tree.cxx()
    program = _program("clang-format-19", "clang-format")
    if not files or not program:
        return [] if program else [_missing("clang-format-19")]
    found = subprocess.run([program, "--dry-run", "--ferror-limit=1", *files], cwd=tree.root,
                           capture_output=True, text=True, check=False)
    bad = {line.split(":")[0]: line.split(":")[1] for line in found.stderr.splitlines()
           if "[-Wclang-format-violations]" in line}
    if found.returncode and not bad:
        return [_failed("format", found)]
    return [Finding("format", path, int(line), f"not formatted: {program} -i {path}")
            for path, line in sorted(bad.items())]


def check_shell(tree: Tree) -> list[Finding]:
    files = tree.scripts("bash") + tree.match("*.sh")
    program = _program("shellcheck")
    if not files or not program:
        return [] if program else [_missing("shellcheck")]
    found = subprocess.run([program, "--external-sources", "--format=gcc", *files], cwd=tree.root,
                           capture_output=True, text=True, check=False)
    findings = []
    for line in found.stdout.splitlines():
        path, number, _, message = line.split(":", 3)
        findings.append(Finding("shell", path, int(number), message.strip()))
    if found.returncode and not findings:
        return [_failed("shell", found)]
    return findings


def _program(*names: str) -> str | None:
    return next((name for name in names if shutil.which(name)), None)


def _failed(rule: str, found: subprocess.CompletedProcess) -> Finding:
    said = f"exit code {found.returncode}: {found.stderr.strip()}".partition("\n")[0]
    return Finding(rule, ".", 0, f"{found.args[0]} failed with {said}")


def _missing(name: str) -> Finding:
    return Finding("tools", "tools/setup/packages.txt", 0,
                   f"{name} is not installed: run ./test lint")
