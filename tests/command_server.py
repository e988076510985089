"""Runs commands of ours, each in a process of its own, without loading the libraries anew for each.

A line of JSON on standard input asks for one command; a forked child runs it exactly as ``python -W error -m detente``
would, with its own arguments, folder, environment and streams; a line of JSON on standard output gives its exit code.
Libraries are loaded here and used in the children only, so that no thread is running when a child is forked.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import sys
import traceback
import warnings
from typing import Any

OUT = ("stdout", "stderr")
#: What most commands load; optional parts are loaded where they are installed.
LOADED = (
    *("numpy", "polars", "pyarrow", "duckdb", "rich.table", "detente.cli", "detente.world", "detente.outlook"),
    *("detente.scorecard", "detente.assessors", "detente.backtest", "detente.forecast.whatif", "detente.checkup"),
    *("spacy", "en_core_web_sm", "pycrfsuite", "trafilatura", "detente.coding.reading", "detente.coding.events"),
)


def serve() -> None:
    """Answer until standard input ends."""
    for name in LOADED:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    gc.freeze()  # what is loaded is shared by the children, not looked through and copied by each
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            status = run(json.loads(line))
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)  # taking a forked interpreter down costs more than a small command
        sys.stdout.write(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n")
        sys.stdout.flush()


def run(asked: dict[str, Any]) -> int:
    """Be the command: take its streams, folder, environment and arguments, and return its exit code."""
    take_streams([(asked["stdin"], os.O_RDONLY)] + [(asked[name], os.O_WRONLY | os.O_CREAT) for name in OUT])
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    warnings.simplefilter("error")
    try:
        if "code" in asked:
            exec(compile(asked["code"], "<example>", "exec"), {"__name__": "__main__"})  # noqa: S102 - from our pages
        else:
            from detente.cli import main

            sys.argv = ["detente", *asked["words"]]
            main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 - as the interpreter would
        traceback.print_exc()
        return 1
    return 0


def take_streams(files: list[tuple[str, int]]) -> None:
    """Put files in the place of standard input, output and error."""
    for number, (name, flags) in enumerate(files):
        opened = os.open(name, flags)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin, sys.stdout, sys.stderr = (
        open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115 - they live as long as the process
        for number, mode in enumerate(("r", "w", "w"))
    )


if __name__ == "__main__":
    serve()
