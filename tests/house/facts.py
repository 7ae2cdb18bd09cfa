"""What the house rules need to know about one Python file, read with ast and tokenize."""

import ast
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

FUNCTION_KINDS = (ast.FunctionDef, ast.AsyncFunctionDef)
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class SourceFile:
    """One file of the product: its place below the root, its text, tree and comments."""

    place: str
    text: str
    tree: ast.Module = field(repr=False)

    @classmethod
    def read(cls, root: Path, path: Path) -> "SourceFile":
        """Read and parse `path`."""
        text = path.read_text(encoding="utf-8")
        return cls(path.relative_to(root).as_posix(), text, ast.parse(text))

    @cached_property
    def lines(self) -> int:
        """How many lines the file has."""
        return len(self.text.splitlines())

    @cached_property
    def comments(self) -> dict[int, str]:
        """Each comment by its line."""
        tokens = tokenize.generate_tokens(io.StringIO(self.text).readline)
        return {token.start[0]: token.string for token in tokens if token.type == tokenize.COMMENT}

    @cached_property
    def code_lines(self) -> int:
        """Lines that hold code: no blank line, comment or docstring."""
        tokens = tokenize.generate_tokens(io.StringIO(self.text).readline)
        quiet = {
            tokenize.COMMENT,
            tokenize.NL,
            tokenize.NEWLINE,
            tokenize.INDENT,
            tokenize.DEDENT,
            tokenize.ENDMARKER,
        }
        held = {n for t in tokens if t.type not in quiet for n in range(t.start[0], t.end[0] + 1)}
        return len(held - self._docstring_lines())

    def functions(self) -> Iterator[Function]:
        """Every function and method, nested ones too."""
        yield from (node for node in ast.walk(self.tree) if isinstance(node, FUNCTION_KINDS))

    def classes(self) -> Iterator[ast.ClassDef]:
        """Every class."""
        yield from (node for node in ast.walk(self.tree) if isinstance(node, ast.ClassDef))

    def _docstring_lines(self) -> set[int]:
        holders = [self.tree, *self.classes(), *self.functions()]
        docs = [holder.body[0] for holder in holders if has_docstring(holder)]
        return {n for doc in docs for n in range(doc.lineno, (doc.end_lineno or doc.lineno) + 1)}


def has_docstring(node: ast.Module | ast.ClassDef | Function) -> bool:
    """Whether the first statement is a docstring."""
    return ast.get_docstring(node, clean=False) is not None


def body_length(function: Function) -> int:
    """Lines of the body, signature and docstring left out; 0 for a stub."""
    body = function.body[1:] if has_docstring(function) else function.body
    if not body or _is_dots(body):
        return 0
    return (body[-1].end_lineno or body[-1].lineno) - body[0].lineno + 1


def class_length(node: ast.ClassDef) -> int:
    """Lines of the class from its first line to its last."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def is_typed(function: Function) -> bool:
    """Whether every parameter (self and cls apart) and the return have their type."""
    args = function.args
    named = [*args.posonlyargs, *args.args]
    if named and named[0].arg in ("self", "cls"):
        named = named[1:]
    rest = [extra for extra in (args.vararg, args.kwarg) if extra]
    return function.returns is not None and all(arg.annotation for arg in [*named, *args.kwonlyargs, *rest])


def start_parameters(node: ast.ClassDef) -> int:
    """How many parameters `__init__` takes, self left out."""
    for item in node.body:
        if isinstance(item, ast.FunctionDef) and item.name == "__init__":
            return len([*item.args.posonlyargs, *item.args.args, *item.args.kwonlyargs]) - 1
    return 0


def method_names(node: ast.ClassDef) -> list[str]:
    """The methods that the class itself defines, properties included, magic ones left out."""
    names = {item.name for item in node.body if isinstance(item, FUNCTION_KINDS)}
    return sorted(name for name in names if not name.startswith("__"))


def is_protocol(node: ast.ClassDef) -> bool:
    """Whether the class is a port: a Protocol."""
    return any("Protocol" in ast.unparse(base) for base in node.bases)


def _is_dots(body: list[ast.stmt]) -> bool:
    return len(body) == 1 and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
