"""Apache Spark as the engine of reads: in local mode, as its own settings say, or behind a Spark Connect address.

Only reads run here, as SQL compiled from the same expressions as DuckDB's; the store's files must lie where Spark's
workers can open them under the same path. Spark never parses a provider's file.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import polars as pl

from detente.errors import ConfigError, StoreError
from detente.store.engines import CONNECT, SPARK
from detente.store.reads import RELATIONS

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import SparkSession

    from detente.store.reads import Held, Read

#: Seconds that an address of Spark Connect may take to answer at first.
_CONNECT_SECONDS = 10
#: What a session started here has; one that runs, or that ``spark-submit`` set up, is taken as it is.
_LOCAL = {
    "spark.master": "local[*]",
    "spark.app.name": "detente",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.memory": "2g",
    "spark.log.level": "ERROR",
    "spark.sql.shuffle.partitions": "8",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
#: Set by ``spark-submit`` in the environment of the program that it starts.
_SUBMITTED = "PYSPARK_GATEWAY_PORT"
#: The line of a Python traceback that names the error.
_RAISED = re.compile(r"^[\w.]+Error: (.+)$", re.MULTILINE)
_TYPES = {
    pl.String(): "string",
    pl.Int64(): "bigint",
    pl.Float64(): "double",
    pl.Boolean(): "boolean",
    pl.Date(): "date",
    pl.Datetime("us"): "timestamp_ntz",
}
_ARROW_TYPES = {
    "string": "string",
    "int64": "bigint",
    "double": "double",
    "bool": "boolean",
    "date32[day]": "date",
    "timestamp[us]": "timestamp_ntz",
}


class Spark:
    """Reads on one Spark session.

    Args:
        name: ``spark`` for the running session or one in local mode, or an address of Spark Connect.

    Raises:
        ConfigError: when it cannot be started or reached.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._session = open_session(name)
        self._views: dict[tuple[object, ...], str] = {}

    def read(self, held: Held, asked: Read) -> pl.DataFrame:
        """Run one read; see ``reads.Engine``."""
        with _translated(held, self.name):
            files = held.files()
            sql = asked.sql(SPARK, lambda relation: self._view(files[relation], RELATIONS[relation]))
            return pl.DataFrame(self._session.sql(sql).toArrow())

    def _view(self, files: tuple[object, ...], schema: pl.Schema) -> str:
        """The name under which the session knows some files."""
        if not files:
            columns = ", ".join(f"cast(null as {_TYPES[dtype]}) as {name}" for name, dtype in schema.items())
            return f"(select {columns} where false)"
        if files not in self._views:
            name = "detente_" + hashlib.sha256("\n".join(map(str, files)).encode()).hexdigest()[:20]
            columns = ", ".join(f"{column} {_TYPES[dtype]}" for column, dtype in schema.items())
            frame = self._session.read.schema(columns).parquet(*(str(file) for file in files))
            frame.createOrReplaceTempView(name)
            self._views[files] = name
        return self._views[files]


def map_batches(
    name: str,
    work: Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]],
    batches: Sequence[pa.RecordBatch],
    schema: pa.Schema,
) -> pa.Table:
    """Do the work on Spark's workers, row groups of which may differ from the batches given; in any order.

    Args:
        name: ``spark`` or an address of Spark Connect.
        work: What ``mapInArrow`` is given.
        batches: Rows, the first column of which tells them apart.
        schema: Of the results.

    Raises:
        ConfigError: when Spark cannot be started or reached, or the work fails on a worker.
    """
    import pyarrow as pa  # noqa: PLC0415 - with Spark alone
    from pyspark.errors import PySparkException  # noqa: PLC0415

    session, table = open_session(name), pa.Table.from_batches(batches)
    columns = ", ".join(f"{field.name} {_ARROW_TYPES[str(field.type)]}" for field in schema)
    with _refused(name, PySparkException, "The workers need the same version of Détente, with the same extras."):
        frame = session.createDataFrame(table).repartition(len(batches), table.column_names[0])
        return frame.mapInArrow(work, columns).toArrow()


@cache
def open_session(name: str) -> SparkSession:
    """The Spark session of a name: the one that runs, one in local mode, or one behind an address of Spark Connect.

    Raises:
        ConfigError: when pyspark or Java is missing, or nothing answers at the address.
    """
    try:
        from pyspark.errors import PySparkException  # noqa: PLC0415 - of the optional extra
    except ImportError:
        raise _missing(name, "pyspark") from None
    if name.startswith(CONNECT):
        _check_answers(name)
        with _refused(name, PySparkException, "Give the address of a Spark Connect server of Spark 4.0 or newer."):
            return _connected(name)
    next_step = "Install Java 17 or newer (JAVA_HOME names it), or give the address of a Spark Connect server."
    with _refused(name, PySparkException, next_step):
        return _started()


def _connected(address: str) -> SparkSession:
    """A session behind an address, beside whatever session this process has."""
    from pyspark.sql.connect.session import SparkSession as Remote  # noqa: PLC0415

    session: SparkSession = Remote.builder.remote(address).create()
    session.version  # noqa: B018 - the first answer
    return session


def _started() -> SparkSession:
    """The session that runs, or that ``spark-submit`` set up; failing these one in local mode."""
    from pyspark import SparkContext  # noqa: PLC0415
    from pyspark.sql import SparkSession  # noqa: PLC0415

    builder = SparkSession.builder
    if SparkContext._active_spark_context is None and _SUBMITTED not in os.environ:
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # what workers run: it has Détente
        for key, value in _LOCAL.items():
            builder = builder.config(key, value)
    return builder.getOrCreate()


def _check_answers(address: str) -> None:
    """Pass when a server of Spark Connect takes connections; its client would go on asking for many minutes."""
    try:
        import grpc  # noqa: PLC0415 - of the optional extra
        from pyspark.errors import PySparkException  # noqa: PLC0415
        from pyspark.sql.connect.client import DefaultChannelBuilder  # noqa: PLC0415
    except ImportError as error:
        raise _missing(address, error.name or "a part of Spark Connect") from None
    with _refused(address, PySparkException, "Give it as sc://HOST:PORT."):
        channel = DefaultChannelBuilder(address).toChannel()
    try:
        grpc.channel_ready_future(channel).result(timeout=_CONNECT_SECONDS)
    except grpc.FutureTimeoutError:
        raise ConfigError(
            f"The engine {address!r} was named.",
            f"Nothing answered there within {_CONNECT_SECONDS} seconds.",
            "Start the server (Spark's sbin/start-connect-server.sh), or correct the address.",
        ) from None
    finally:
        channel.close()


def _missing(name: str, package: str) -> ConfigError:
    return ConfigError(
        f"The engine {name!r} was named.",
        f"{package} is not installed.",
        "Install it with `pip install 'detente[engines]'`, or name the engine duckdb.",
    )


@contextlib.contextmanager
def _refused(name: str, refusal: type[Exception], next_step: str) -> Iterator[None]:
    """Say in the product's words why a session cannot be had."""
    try:
        yield
    except (refusal, RuntimeError, OSError) as error:
        raise ConfigError(f"The engine {name!r} was named.", f"{_first_line(error)}.", next_step) from error


@contextlib.contextmanager
def _translated(held: Held, name: str) -> Iterator[None]:
    """Say Spark's failures in the product's words."""
    from pyspark.errors import PySparkException  # noqa: PLC0415 - of the optional extra

    failures: tuple[Any, ...] = (PySparkException, ConnectionError)
    with contextlib.suppress(ImportError):
        import grpc  # noqa: PLC0415

        failures += (grpc.RpcError,)
    try:
        yield
    except failures as error:
        raise StoreError(
            f"The store {held.store} was to be read by the engine {name!r}.",
            f"{_first_line(error)}.",
            "Its files must lie under the same path where Spark runs; `detente doctor` tells which are missing.",
        ) from error


def _first_line(error: BaseException) -> str:
    """What an error says: of a worker's traceback, the last line that names an error; else the first line."""
    text = str(error).strip()
    raised = _RAISED.findall(text) if "Traceback" in text else []
    lines = raised[-1:] or text.splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__
