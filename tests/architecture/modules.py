"""The project's own modules as syntax trees: what each imports at run time, and what it calls."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("trading", "chatbot")


@dataclass(frozen=True, slots=True)
class Module:
    """A source file; `name` is dotted, `path` relative to the root."""

    name: str
    path: str
    tree: ast.Module
    is_package: bool


@cache
def modules() -> dict[str, Module]:
    """Every module of the project by name."""
    files = [ROOT / "main.py", *(path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")))]
    found = (_module(path) for path in files)
    return {module.name: module for module in found}


def imports(module: Module) -> Iterator[str]:
    """The project's modules that `module` imports anywhere but under TYPE_CHECKING; packages count as modules.

    Whoever takes a module out of a package runs that package first, and so imports both.
    """
    for node in _running(module.tree):
        if isinstance(node, ast.Import):
            yield from (known for alias in node.names if (known := _known(alias.name)))
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(module, node)
            for alias in node.names:
                yield from (known for name in (f"{base}.{alias.name}", base) if (known := _known(name)))


def imports_at_start(module: Module) -> Iterator[str]:
    """Those of `imports` that run when the module is loaded, not inside a function."""
    top = ast.Module(body=[node for node in _top_level(module.tree)], type_ignores=[])
    yield from imports(Module(module.name, module.path, top, module.is_package))


def calls(module: Module) -> Iterator[ast.Call]:
    """Every call in `module`."""
    yield from (node for node in ast.walk(module.tree) if isinstance(node, ast.Call))


def dotted(node: ast.expr) -> str:
    """`a.b.c` as text; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (base := dotted(node.value)):
        return f"{base}.{node.attr}"
    return ""


def _module(path: Path) -> Module:
    relative = path.relative_to(ROOT)
    parts = list(relative.with_suffix("").parts)
    is_package = parts[-1] == "__init__"
    name = ".".join(parts[:-1] if is_package else parts)
    return Module(name, relative.as_posix(), ast.parse(path.read_text(encoding="utf-8")), is_package)


def _running(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node that can run: what stands under `if TYPE_CHECKING` is left out."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.If) and dotted(child.test).endswith("TYPE_CHECKING"):
            for other in child.orelse:
                yield other
                yield from _running(other)
            continue
        yield child
        yield from _running(child)


def _top_level(tree: ast.AST) -> Iterator[ast.stmt]:
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.stmt) and not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            if isinstance(child, ast.ClassDef):
                yield from _top_level(child)
            else:
                yield child


def _absolute(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    package = module.name.split(".") if module.is_package else module.name.split(".")[:-1]
    base = package[: len(package) - node.level + 1]
    return ".".join([*base, node.module] if node.module else base)


def _known(name: str) -> str | None:
    return name if name in modules() else None
