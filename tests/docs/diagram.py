"""Draws the house from its imports: `python -m tests.docs.diagram` writes docs/explanation/the-house.md anew."""

from pathlib import Path

import grimp

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/explanation/the-house.md"
PACKAGES = ("bot", "adapters", "directory", "config")
# One box each; the rest of its package is drawn as the package itself.
WHOLE = ("directory", "config")
HEAD = """# The house

Made from the code by `python -m tests.docs.diagram`; a test holds it current. An arrow means "imports"; an arrow that
others already imply is left out. Dotted: loaded by name when switched on, never imported.

"""


def box(module: str) -> str:
    """The box of the diagram that a module is drawn in."""
    parts = module.split(".")
    if parts[0] in WHOLE or len(parts) == 1:
        return parts[0]
    if parts[:2] in (["adapters", "chat"], ["adapters", "publish"]):
        return ".".join(parts[:3])
    return ".".join(parts[:2])


def arrows() -> set[tuple[str, str]]:
    """Who imports whom, by box, without the arrows that others imply."""
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    pairs = {
        (box(importer), box(imported))
        for importer in graph.modules
        for imported in graph.find_modules_directly_imported_by(importer)
    }
    return reduced({(above, below) for above, below in pairs if above != below})


def reduced(pairs: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """The pairs without those that a longer way implies."""
    below: dict[str, set[str]] = {}
    for above, under in pairs:
        below.setdefault(above, set()).add(under)

    def reached(start: str, seen: set[str]) -> set[str]:
        for under in below.get(start, set()) - seen:
            seen.add(under)
            reached(under, seen)
        return seen

    def is_implied(above: str, under: str) -> bool:
        return any(under in reached(between, set()) for between in below[above] - {under})

    return {(above, under) for above, under in pairs if not is_implied(above, under)}


def drawing(pairs: set[tuple[str, str]]) -> str:
    """The diagram as Mermaid, which most forges show as a picture; one frame for each package."""
    boxes = sorted({name for pair in pairs for name in pair})
    lines = ["```mermaid", "flowchart TD"]
    for package in PACKAGES:
        own = [name for name in boxes if name.split(".")[0] == package]
        lines += [f"  subgraph {package}_[{package}]", *(f"    {name}" for name in own), "  end"]
    lines += [f"  {above} --> {under}" for above, under in sorted(pairs)]
    doors = [name for name in boxes if name.startswith(("adapters.chat.", "adapters.publish."))]
    lines += [f"  bot.app -.-> {name}" for name in doors]
    return "\n".join([*lines, "```", ""])


def page() -> str:
    """The whole page."""
    return HEAD + drawing(arrows())


if __name__ == "__main__":
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
