"""Commands of ours, each run in a process of its own by a server that has the libraries loaded already."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

_SERVER = Path(__file__).with_name("command_server.py")


@cache
def _server(process: int) -> subprocess.Popen[str]:
    """The server of this test process."""
    assert process == os.getpid()
    # Its children end without telling what they covered, so that measuring it would only cost time.
    env = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    command = [sys.executable, str(_SERVER)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env)


def run_detente(
    *words: str, folder: Path | None = None, text: str = "", code: int | None = None, **env: str
) -> subprocess.CompletedProcess[str]:
    """Run ``detente WORDS…`` and return what it printed.

    Args:
        words: The arguments.
        folder: Where it runs; by default here.
        text: What it reads from standard input.
        code: The exit code it must have; None for any.
        env: Variables of its environment, beside this process's own.
    """
    done = _run({"words": words}, folder, text, env)
    assert code in {None, done.returncode}, done.stdout + done.stderr
    return done


def run_example(example: str, *, folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run an example in Python by itself, warnings being errors."""
    return _run({"code": example}, folder, "", env)


def _run(
    asked: dict[str, Any], folder: Path | None, text: str, env: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    server = _server(os.getpid())
    assert server.stdin
    assert server.stdout
    with tempfile.TemporaryDirectory() as streams:
        paths = {name: str(Path(streams, name)) for name in ("stdin", "stdout", "stderr")}
        Path(paths["stdin"]).write_text(text, "utf-8")
        environment = dict(os.environ) | {"NO_COLOR": "1", "COLUMNS": "110"} | env
        whole = asked | paths | {"folder": str(folder or Path.cwd()), "environment": environment}
        server.stdin.write(json.dumps(whole) + "\n")
        server.stdin.flush()
        status = int(server.stdout.readline())
        printed = [Path(paths[name]).read_text("utf-8") for name in ("stdout", "stderr")]
    return subprocess.CompletedProcess(asked.get("words", ()), status, *printed)
