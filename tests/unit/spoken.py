"""Every `say(...)` of the source: its codes, as far as they can be read there, and the parameters it gives."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Spoken:
    """One call. `codes` are literal codes, or templates such as `state.{}`, or `file:expression` where neither."""

    place: str
    codes: tuple[str, ...]
    given: frozenset[str]
    open: bool  # whether it hands on parameters that cannot be read here
    optional: bool  # whether it asks first if there is such a sentence


def trees(folder: str = "bot") -> Iterator[tuple[str, ast.Module]]:
    """Every module of a package by its path."""
    for path in sorted((ROOT / folder).rglob("*.py")):
        yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def spoken() -> list[Spoken]:
    """Every call of `say` in the product."""
    return [call for path, tree in trees() for call in _of(path, tree)]


def _of(path: str, tree: ast.Module) -> Iterator[Spoken]:
    owners: dict[ast.AST, Function] = {}
    for function in [node for node in ast.walk(tree) if isinstance(node, Function)]:
        for inner in ast.walk(function):
            owners[inner] = function  # the innermost comes last
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say":
            codes = tuple(_codes(node.args[0], owners.get(node), path))
            given = frozenset(keyword.arg for keyword in node.keywords if keyword.arg)
            handed_on = any(keyword.arg is None for keyword in node.keywords)
            yield Spoken(f"{path}:{node.lineno}", codes, given, handed_on, "known(" in ast.unparse(node))


def _codes(expression: ast.expr, owner: Function | None, path: str) -> Iterator[str]:
    if isinstance(expression, ast.Constant):
        yield str(expression.value)
    elif isinstance(expression, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in expression.values)
    elif isinstance(expression, ast.IfExp):
        yield from _codes(expression.body, owner, path)
        yield from _codes(expression.orelse, owner, path)
    elif isinstance(expression, ast.Name) and (found := _assigned(expression.id, owner)):
        for value in found:
            yield from _codes(value, owner, path)
    else:
        yield f"{path}:{ast.unparse(expression)}"


def _assigned(name: str, owner: Function | None) -> list[ast.expr]:
    nodes = ast.walk(owner) if owner else iter(())
    return [
        node.value
        for node in nodes
        if isinstance(node, ast.Assign) and any(isinstance(to, ast.Name) and to.id == name for to in node.targets)
    ]


def first_arguments(folder: str, *names: str, at: int = 0) -> set[str]:
    """The literal texts that calls of these names are given at one place, in every module under a folder."""
    found = set()
    for _, tree in trees(folder):
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and ast.unparse(node.func).rpartition(".")[2] in names
                and len(node.args) > at
            ):
                argument = node.args[at]
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    found.add(argument.value)
    return found


def texts(folder: str = "bot") -> set[str]:
    """Every literal text in a package."""
    nodes = (node for _, tree in trees(folder) for node in ast.walk(tree))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def placeholders(sentence: str) -> set[str]:
    """What a sentence asks to be filled in."""
    return set(PLACEHOLDER.findall(sentence))
