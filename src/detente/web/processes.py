"""Several processes at one socket: started, kept at their number, and ended together."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any

from uvicorn.config import STARTUP_FAILURE

from detente.errors import ConfigError

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

#: The dead are looked for after so many seconds, and whether to stop.
_LOOK_SECONDS = 0.5
#: A process has so many seconds to finish what it is answering.
_PATIENCE_SECONDS = 10.0


class _Told(Exception):  # noqa: N818 - a signal, no error
    """The signal to stop."""


def run_processes(run: Callable[[Any], None], shared: Any, count: int) -> None:  # noqa: ANN401 - a socket
    """Run processes that serve one socket until a signal says to stop; one that dies is replaced.

    Args:
        run: What each does with the socket; it is found by its name.
        shared: The socket, bound.
        count: How many.

    Raises:
        ConfigError: when one ends before it serves.
    """
    started: list[BaseProcess] = []
    signal.signal(signal.SIGTERM, _tell)
    try:
        while True:
            for ended in [one for one in started if not one.is_alive()]:
                _check_served(ended)
                started.remove(ended)
            started += [_start(run, shared) for _ in range(count - len(started))]
            wait([one.sentinel for one in started], _LOOK_SECONDS)
    except (KeyboardInterrupt, _Told):
        return
    finally:
        _end(started)


def _start(run: Callable[[Any], None], shared: Any) -> BaseProcess:  # noqa: ANN401
    # Started afresh: threads of the reading engines do not survive a fork.
    process = multiprocessing.get_context("spawn").Process(target=run, args=(shared,))
    process.start()
    return process


def _check_served(ended: BaseProcess) -> None:
    """Pass where a process that ended had begun to serve.

    Raises:
        ConfigError: when it had not.
    """
    if ended.exitcode == STARTUP_FAILURE:  # it would end so again: the others are ended too
        raise ConfigError(
            "The site was to be served by several processes.",
            "One of them ended before it could serve; what it said stands above.",
            "Serve with `--workers 1` to see it alone.",
        )


def _end(processes: list[BaseProcess]) -> None:
    for process in processes:
        process.terminate()
    for process in processes:
        process.join(_PATIENCE_SECONDS)
        if process.is_alive():
            process.kill()


def _tell(*_: object) -> None:
    raise _Told
