"""Documentation that cannot rot: every command and example is run, generated pages are fresh, links lead somewhere."""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from commands import run_detente, run_example

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
#: A second word behind the language, `engines`, says that an example needs that extra and a running Spark.
FENCE = re.compile(r"^```(\w*(?: engines)?)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#]+)(?:#[^)]*)?\)")


def _blocks(page: Path, language: str) -> list[str]:
    return [body for found, body in FENCE.findall(page.read_text("utf-8")) if found == language]


def _run_commands(page: Path, folder: Path) -> list[tuple[str, str, str]]:
    """Run every `$ …` of a page in order in one folder; return (command, expected, got)."""
    env = {"DETENTE_STORE": str(folder / "store"), "DETENTE_LEDGER": str(folder / "ledger")}
    env["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    results = []
    for block in _blocks(page, "console"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, expected = part.partition("\n")
            command = command.replace("make outlook", "detente outlook USA RUS")
            assert command.split()[0] in {"detente", "python", "printf"}, f"{page.name} shows an unknown command"
            run = _run_command(command, folder, env)
            assert run.returncode == 0, f"{page.name}: $ {command}\n{run.stdout}{run.stderr}"
            results.append((command, expected, run.stdout))
    return results


def _run_command(command: str, folder: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """As a shell would, except that each `detente …` of a pipe is run by the command server; no stage may fail."""
    text, said = "", ""
    for stage in _stages(command):
        done = _run_stage(stage, text, folder, env)
        text, said = done.stdout, said + done.stderr
        if done.returncode:
            return subprocess.CompletedProcess(command, done.returncode, text, said)
    return subprocess.CompletedProcess(command, 0, text, said)


def _stages(command: str) -> list[list[str]]:
    """The words of each stage of a pipe, as they are written: quotes stay."""
    lexer = shlex.shlex(command, posix=False, punctuation_chars=True)
    lexer.whitespace_split = True
    stages: list[list[str]] = [[]]
    for word in lexer:
        if word == "|":
            stages.append([])
        else:
            stages[-1].append(word)
    return stages


def _run_stage(stage: list[str], text: str, folder: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """One stage, fed with what the one before it printed; a `> file` at its end is obeyed."""
    if stage[0] == "detente" and stage[-2] == ">":
        done = run_detente(*shlex.split(" ".join(stage[1:-2])), folder=folder, text=text, **env)
        (folder / stage[-1]).write_text(done.stdout, "utf-8")
        return subprocess.CompletedProcess(stage, done.returncode, "", done.stderr)
    if stage[0] == "detente" and not re.search(r"[<>$&;`*]", " ".join(stage)):
        return run_detente(*shlex.split(" ".join(stage[1:])), folder=folder, text=text, **env)
    shell = dict(os.environ) | {"NO_COLOR": "1", "COLUMNS": "110"} | env
    words = ["bash", "-c", " ".join(stage)]
    return subprocess.run(words, cwd=folder, env=shell, input=text, capture_output=True, text=True, check=False)


def _plain(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().splitlines()]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_shown_work_and_print_what_is_shown(page: Path, tmp_path: Path) -> None:
    """Each command on a page succeeds, and where its output is shown, that is its output."""
    for command, expected, got in _run_commands(page, tmp_path):
        if expected.strip():
            assert _plain(got) == _plain(expected), f"{page.name}: $ {command}"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_examples_in_python_run(page: Path, tmp_path: Path) -> None:
    """Each Python example on a page runs by itself."""
    for block in _blocks(page, "python"):
        run = run_example(block, folder=tmp_path, DETENTE_STORE=str(tmp_path / "none"))
        assert run.returncode == 0, f"{page.name}:\n{block}\n{run.stderr}"


@pytest.mark.xdist_group("spark")
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_examples_on_other_engines_run(spark: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each example that needs the extra `engines` runs by itself, on the Spark that the tests have running."""
    monkeypatch.setenv("DETENTE_STORE", str(tmp_path / "none"))
    monkeypatch.chdir(tmp_path)
    examples = [(page, block) for page in PAGES for block in _blocks(page, "python engines")]
    assert examples
    for page, block in examples:
        code = compile(block.replace("sc://localhost:15002", spark), page.name, "exec")
        exec(code, {"__name__": "example"})  # noqa: S102 - the project's own pages


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """Every link to a file of the project names one that exists."""
    for target in LINK.findall(page.read_text("utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_page_is_reached_from_the_index() -> None:
    """The index names every page."""
    index = (ROOT / "docs" / "index.md").read_text("utf-8")
    for page in (ROOT / "docs").rglob("*.md"):
        if page.name != "index.md":
            assert str(page.relative_to(ROOT / "docs")) in index


def _writer() -> object:
    spec = importlib.util.spec_from_file_location("write_reference", ROOT / "scripts" / "write_reference.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["tables.md", "commands.md", "sources.md", "words.md", "measures.md"])
def test_generated_pages_are_fresh(name: str) -> None:
    """A page made from the code is what the code would write now; `make docs` writes it anew."""
    pages = _writer().PAGES  # type: ignore[attr-defined]
    assert (ROOT / "docs" / "reference" / name).read_text("utf-8") == pages[name]()


def test_the_readme_shows_its_picture() -> None:
    """The picture at the top of the README is in the repository."""
    assert re.search(r"!\[[^\]]+\]\(([^)]+\.(?:png|svg))\)", (ROOT / "README.md").read_text("utf-8"))


def test_make_knows_its_targets() -> None:
    """The make targets that the README and the contributing page name exist."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in ("outlook", "test", "check", "bench", "docs"):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)
    assert "make test" in (ROOT / ".ci" / "run").read_text("utf-8")
    assert shutil.which("make")


@pytest.mark.xdist_group("worked")
def test_tests_that_share_run_together(request: pytest.FixtureRequest) -> None:
    """Where several processes run the tests, a test's group is in its name: that is what the processes go by."""
    if request.config.getoption("loadgroup", default=False):
        assert request.node.nodeid.endswith("@worked")
    else:
        assert "@" not in request.node.nodeid
