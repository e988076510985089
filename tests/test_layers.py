"""The house stands as drawn: layers, module sizes, the front door and the error tree."""

from __future__ import annotations

import ast
import importlib
import inspect
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

import detente
from detente import errors

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted((ROOT / "src" / "detente").rglob("*.py"))
ATTICS = {"utils", "util", "helpers", "common", "misc", "core"}


def test_the_layers_hold() -> None:
    """No room imports a room above it or beside it, and only the store opens a database engine."""
    run = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_outgrows_a_sitting(module: Path) -> None:
    """No module is over 500 lines, no function body over 60, and no room is an attic."""
    text = module.read_text("utf-8")
    assert len(text.splitlines()) <= 500
    assert module.stem not in ATTICS
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            docstring = bool(ast.get_docstring(node))
            first = node.body[1] if docstring and len(node.body) > 1 else node.body[0]
            last = node.body[-1].end_lineno or first.lineno
            assert last - first.lineno < 60, f"{node.name} is {last - first.lineno + 1} lines"


def test_every_error_is_in_the_drawn_tree() -> None:
    """The drawing at the top of errors.py names every error class, and only those."""
    drawn = {word for word in (errors.__doc__ or "").replace("│", " ").split() if word.endswith("Error")}
    real = {name for name, value in vars(errors).items() if inspect.isclass(value) and issubclass(value, Exception)}
    assert drawn == real


@pytest.mark.parametrize("name", [n for n, v in vars(errors).items() if inspect.isclass(v)])
def test_errors_keep_their_three_parts(name: str) -> None:
    """Every error says what was asked, what was found and what to do next, also after crossing a process."""
    error = pickle.loads(pickle.dumps(getattr(errors, name)("asked.", "found.", "next.")))  # noqa: S301 - our own bytes
    assert str(error) == "asked. found. next."
    assert error.as_dict() == {"error": name, "asked": "asked.", "found": "found.", "next_step": "next."}


def test_the_front_door_exports_what_it_names() -> None:
    """Every public name of the package exists, and there are few of them."""
    assert len(detente.__all__) <= 14
    for name in detente.__all__:
        assert getattr(detente, name) is not None
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = detente.no_such_name


def test_importing_the_package_does_no_work() -> None:
    """`import detente` loads no engine and no frame library."""
    code = "import sys, detente; print([m for m in ('duckdb', 'polars', 'numpy', 'yaml') if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_the_command_line_starts_without_an_engine() -> None:
    """`detente --help` loads neither an engine nor a frame library, so that it answers at once."""
    code = "import sys, detente.cli; print([m for m in ('duckdb', 'polars', 'numpy', 'pyarrow') if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_public_modules_import() -> None:
    """Every module of the package can be imported by itself."""
    for module in MODULES:
        name = ".".join(module.relative_to(ROOT / "src").with_suffix("").parts)
        if not name.endswith("__main__"):
            importlib.import_module(name.removesuffix(".__init__"))
