"""ARCHITECTURE.md's module table is made of src/layers.txt.

`tools/checks/run.py --fix module_table` writes it between the two marker lines.
"""

from __future__ import annotations

from layers import LAYERS, Module, read_layers
from tree import Finding, Tree

DOCUMENT = "ARCHITECTURE.md"
BEGIN = "<!-- modules: generated from src/layers.txt -->"
END = "<!-- end of modules -->"


def table(modules: list[Module]) -> str:
    rows = ["| layer | module | one sentence | uses | third-party |",
            "| --- | --- | --- | --- | --- |"]
    for module in modules:
        uses = " ".join(f"`{name}`" for name in module.uses)
        third = " ".join(module.third_party)
        rows.append(f"| {module.layer} | `{module.name}` | {module.sentence} | {uses} | {third} |")
    return "\n".join(row.replace("|  |", "| |") for row in rows)


def check(tree: Tree) -> list[Finding]:
    if DOCUMENT not in tree.paths:
        return []
    current, wanted = _current_and_wanted(tree)
    if current is None:
        return [Finding("module-table", DOCUMENT, 0, f"lacks the lines `{BEGIN}` and `{END}`")]
    if current != wanted:
        return [Finding("module-table", DOCUMENT, 0, f"its module table is not that of {LAYERS}: "
                        "run tools/checks/run.py --fix module_table")]
    return []


def fix(tree: Tree) -> None:
    current, wanted = _current_and_wanted(tree)
    if current is not None:
        text = tree.text(DOCUMENT).replace(f"{BEGIN}{current}{END}", f"{BEGIN}{wanted}{END}")
        (tree.root / DOCUMENT).write_text(text)


def _current_and_wanted(tree: Tree) -> tuple[str | None, str]:
    modules, _ = read_layers(tree.text(LAYERS))
    text = tree.text(DOCUMENT)
    wanted = f"\n{table(modules)}\n"
    if BEGIN not in text or END not in text:
        return None, wanted
    return text.split(BEGIN, 1)[1].split(END, 1)[0], wanted
