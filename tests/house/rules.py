"""The house rules that are about one file: each looks at it and yields what is wrong."""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.house.facts import (
    FUNCTION_KINDS,
    SourceFile,
    body_length,
    class_length,
    has_docstring,
    is_protocol,
    is_typed,
    method_names,
    start_parameters,
)

LONGEST_FUNCTION = 50
LONGEST_FILE = 400
LONGEST_CLASS = 200
MOST_METHODS = 12
MOST_START_PARAMETERS = 6

# The loader of adapters and the command line's start-up may import late; nobody else.
MAY_IMPORT_LATE = ("bot/app.py", "bot/cli/")
PURE = ("bot/protocol/", "bot/leaks/", "directory/csv_file.py")
CLOCK = {"now", "utcnow", "today"}
SILENCER = re.compile(r"#\s*(?:noqa|type:\s*ignore)")
# The code of the check first, then the reason in words.
REASONED = re.compile(r"#\s*(?:noqa:\s*[A-Z0-9, ]+|type:\s*ignore\[[^]]+\])\s*(?:[-–—:#(]\s*)\w.*\w")


@dataclass(frozen=True)
class Fault:
    """One broken rule: where, which, and what was found."""

    place: str
    line: int
    rule: str
    found: str

    def __str__(self) -> str:
        return f"{self.place}:{self.line}: {self.rule}: {self.found}"


Rule = Callable[[SourceFile, frozenset[str]], Iterator[Fault]]


def silencers(file: SourceFile) -> dict[int, str]:
    """The comments that silence a check, by line."""
    return {line: text for line, text in file.comments.items() if SILENCER.search(text)}


def broad_excepts(file: SourceFile) -> list[ast.ExceptHandler]:
    """Handlers that catch everything."""
    handlers = [node for node in ast.walk(file.tree) if isinstance(node, ast.ExceptHandler)]
    broad = ("Exception", "BaseException")
    return [h for h in handlers if h.type is None or any(name in broad for name in _names(h.type))]


def too_long(file: SourceFile, _: frozenset[str]) -> Iterator[Fault]:
    """Functions, files and classes have a length one can hold in mind."""
    if file.lines > LONGEST_FILE:
        yield Fault(file.place, 1, f"file over {LONGEST_FILE} lines", str(file.lines))
    for function in file.functions():
        if (length := body_length(function)) > LONGEST_FUNCTION:
            rule = f"function over {LONGEST_FUNCTION} lines"
            yield Fault(file.place, function.lineno, rule, f"{function.name} {length}")
    for node in file.classes():
        if (length := class_length(node)) > LONGEST_CLASS:
            yield Fault(file.place, node.lineno, f"class over {LONGEST_CLASS} lines", f"{node.name} {length}")


def too_many(file: SourceFile, ports: frozenset[str]) -> Iterator[Fault]:
    """Classes have few methods (what a port asks for is not counted) and few start-up parameters."""
    for node in file.classes():
        own = [] if is_protocol(node) else [name for name in method_names(node) if name not in ports]
        if len(own) > MOST_METHODS:
            yield Fault(file.place, node.lineno, f"over {MOST_METHODS} methods", f"{node.name} {len(own)}")
        if (count := start_parameters(node)) > MOST_START_PARAMETERS:
            rule = f"over {MOST_START_PARAMETERS} start-up parameters"
            yield Fault(file.place, node.lineno, rule, f"{node.name} {count}")


def untyped(file: SourceFile, _: frozenset[str]) -> Iterator[Fault]:
    """Every parameter and every return has its type."""
    for function in file.functions():
        if not is_typed(function):
            yield Fault(file.place, function.lineno, "not fully typed", function.name)


def undocumented(file: SourceFile, _: frozenset[str]) -> Iterator[Fault]:
    """Every public name says in one line what it is."""
    if file.text.strip() and not has_docstring(file.tree):
        yield Fault(file.place, 1, "no docstring", "the module")
    holders: list[ast.Module | ast.ClassDef] = [file.tree]
    while holders:
        for node in holders.pop().body:
            if not isinstance(node, (ast.ClassDef, *FUNCTION_KINDS)) or node.name.startswith("_"):
                continue
            if not has_docstring(node) and not _is_variant(node):
                yield Fault(file.place, node.lineno, "no docstring", node.name)
            if isinstance(node, ast.ClassDef):
                holders.append(node)


def broad_without_reason(file: SourceFile, _: frozenset[str]) -> Iterator[Fault]:
    """Who catches everything says why, on that line or beside it."""
    for handler in broad_excepts(file):
        near = range(handler.lineno - 1, handler.body[0].lineno + 1)
        if not any(line in file.comments for line in near):
            yield Fault(file.place, handler.lineno, "broad except without a reason", "except Exception")


def silenced_without_reason(file: SourceFile, _: frozenset[str]) -> Iterator[Fault]:
    """Who silences a check says why, in the same comment."""
    for line, text in silencers(file).items():
        if not REASONED.search(text):
            yield Fault(file.place, line, "silenced check without a reason", text)


def late_import(file: SourceFile, _: frozenset[str]) -> Iterator[Fault]:
    """Imports stand at the top, and none is there for types only."""
    for node in ast.walk(file.tree):
        named = getattr(node, "name" if isinstance(node, ast.alias) else "attr", "")
        if isinstance(node, ast.alias | ast.Attribute) and named == "TYPE_CHECKING":
            yield Fault(file.place, node.lineno, "TYPE_CHECKING block", ast.unparse(node))
    if file.place.startswith(MAY_IMPORT_LATE):
        return
    inner = {node for function in file.functions() for node in ast.walk(function)}
    late = [node for node in inner if isinstance(node, ast.Import | ast.ImportFrom)]
    for node in sorted(late, key=lambda node: node.lineno):
        yield Fault(file.place, node.lineno, "import inside a function", ast.unparse(node))


def own_clock(file: SourceFile, _: frozenset[str]) -> Iterator[Fault]:
    """Pure modules are told the time; they do not look."""
    if not file.place.startswith(PURE):
        return
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCK:
            yield Fault(file.place, node.lineno, "a clock in a pure module", ast.unparse(node.func))


RULES: tuple[Rule, ...] = (
    too_long,
    too_many,
    untyped,
    undocumented,
    broad_without_reason,
    silenced_without_reason,
    late_import,
    own_clock,
)


def _names(expression: ast.expr) -> list[str]:
    parts = expression.elts if isinstance(expression, ast.Tuple) else [expression]
    return [ast.unparse(part) for part in parts]


def _is_variant(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    # An overload or a property's setter speaks through the definition beside it.
    decorators = [ast.unparse(decorator) for decorator in node.decorator_list]
    return any(text.endswith(("overload", ".setter", ".deleter")) for text in decorators)
