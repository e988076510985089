"""Where work on batches is done: in this process, in several of this machine, or on Spark.

Work is a function of one Arrow batch that returns one; it must be one that another process can import. The first column
of either batch, ``line``, numbers the rows in ascending order, and results come back in that order: from every runner
the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Protocol

from detente.errors import ConfigError

if TYPE_CHECKING:
    import pyarrow as pa

#: The runners' names; ``sc://HOST:PORT`` is one too.
LOCAL, SPARK, CONNECT = "local", "spark", "sc://"
#: The column that numbers rows.
LINE = "line"
#: Batches that Spark is given in one job: enough to keep workers busy, few enough to be held here.
_BATCHES_A_JOB = 64


class Runner(Protocol):
    """Does one kind of work on many batches."""

    def run(
        self, work: Callable[[pa.RecordBatch], pa.RecordBatch], batches: Iterable[pa.RecordBatch], schema: pa.Schema
    ) -> Iterator[pa.RecordBatch]:
        """Do the work on every batch.

        Args:
            work: The function; it may be a ``functools.partial``.
            batches: What it is done on; consumed as it is needed.
            schema: Of the results.

        Returns:
            The rows of all results, in the order of their numbers.
        """


@dataclass(frozen=True)
class LocalPool:
    """Processes of this machine; with one, the work is done in this process.

    Args:
        jobs: How many.
    """

    jobs: int = 1

    def run(
        self,
        work: Callable[[pa.RecordBatch], pa.RecordBatch],
        batches: Iterable[pa.RecordBatch],
        schema: pa.Schema,  # noqa: ARG002 - results know their own
    ) -> Iterator[pa.RecordBatch]:
        """Do the work on every batch; see ``Runner.run``."""
        if self.jobs == 1:
            yield from map(work, batches)
            return
        from multiprocessing import get_context  # noqa: PLC0415 - for several processes alone

        with get_context("spawn").Pool(self.jobs) as pool:
            yield from pool.imap(work, batches)


@dataclass(frozen=True)
class SparkRunner:
    """Workers of a Spark, which must have the same Détente installed.

    Args:
        name: ``spark`` for the running session or one in local mode, or an address of Spark Connect.
    """

    name: str = SPARK

    def run(
        self, work: Callable[[pa.RecordBatch], pa.RecordBatch], batches: Iterable[pa.RecordBatch], schema: pa.Schema
    ) -> Iterator[pa.RecordBatch]:
        """Do the work on every batch; see ``Runner.run``.

        Raises:
            ConfigError: when Spark cannot be started or reached, or the work fails on a worker.
        """
        from detente.store.spark import map_batches  # noqa: PLC0415 - of the optional extra

        rest = iter(batches)
        while some := list(islice(rest, _BATCHES_A_JOB)):
            yield from map_batches(self.name, partial(_on_each, work), some, schema).sort_by(LINE).to_batches()


def _on_each(
    work: Callable[[pa.RecordBatch], pa.RecordBatch], batches: Iterable[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        if batch.num_rows:
            yield work(batch)


def find_runner(name: str = LOCAL, *, jobs: int = 1) -> Runner:
    """The runner of a name.

    Args:
        name: ``local``, ``spark`` or an address of Spark Connect.
        jobs: Processes of this machine, for ``local``.

    Raises:
        ConfigError: when there is no such runner.
    """
    if name == LOCAL:
        return LocalPool(jobs)
    if name == SPARK or name.startswith(CONNECT):
        return SparkRunner(name)
    raise ConfigError(
        f"The runner {name!r} was named.", "There is no such runner.", f"Name {LOCAL}, {SPARK} or {CONNECT}HOST:PORT."
    )
