"""One way of turning zipped GDELT exports into something that can be read, measured in a process of its own.

    python benchmarks/gdelt_readers.py WAY OUT LIST

``LIST`` names a file with one archive a line. The ways: ``detente`` (load into a store, then all dyads' weekly series),
``duckdb`` and ``polars`` (the same columns of all rows to one Parquet file; nothing accounted for, nothing left out,
nothing sorted), ``polars_pairs`` (only the rows between two states), ``pandas`` (as a client for pandas does it: all 61
columns of each file, put together, then the series), and ``queries`` (of a store that ``detente`` left in ``OUT``).
Imports are done before the clock starts. Prints JSON: seconds, CPU seconds (user and system, of all threads), rows, and
the peak of the process's memory.
"""

from __future__ import annotations

import json
import resource
import struct
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

FIELDS = 61
DAY, ACTOR_CODE, ACTOR, ACTOR_TYPE, RECIPIENT_CODE, RECIPIENT, RECIPIENT_TYPE = 1, 5, 7, 12, 15, 17, 22
CODE, GOLDSTEIN, PLACE, ADDED, ADDRESS = 26, 30, 53, 59, 60
_GZIP_HEAD = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
Measured = dict[str, Any]


@contextmanager
def clocked(into: Measured, prefix: str = "") -> Iterator[None]:
    """Take down what is used inside."""
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    into[f"{prefix}seconds"], into[f"{prefix}cpu"] = time.perf_counter() - wall, time.process_time() - cpu


def as_gzip(files: list[Path], folder: Path) -> list[str]:
    """The members of the archives as gzip files, which engines can read: the same bytes in another wrapping."""
    written = []
    for number, path in enumerate(files):
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            (member,) = archive.infolist()
            file.seek(member.header_offset + 26)
            file.seek(sum(struct.unpack("<HH", file.read(4))), 1)
            target = folder / f"{number}.csv.gz"
            end = struct.pack("<II", member.CRC, member.file_size & 0xFFFFFFFF)
            target.write_bytes(_GZIP_HEAD + file.read(member.compress_size) + end)
            written.append(str(target))
    return written


def codes() -> dict[str, dict[str, Any]]:
    """What the codes of the files mean: the tables that our load looks things up in."""
    from detente import codebook

    cameo = codebook.cameo_table()
    return {
        "country": dict(codebook.codes_to_iso3("cameo")),
        "place": dict(codebook.codes_to_iso3("fips")),
        "role": dict(codebook.cameo_roles()),
        "type": dict(cameo.select("code", "event_type").iter_rows()),
        "milli": dict(cameo.select("code", "intensity_milli").iter_rows()),
    }


def detente(files: list[Path], out: Path) -> Measured:
    """Load, and read all dyads' weekly series."""
    from detente.pipeline import load
    from detente.sources import ReadOptions, find_source
    from detente.store import open_store
    from detente.store.engine import open_cursor

    source = find_source("gdelt")
    open_cursor().close()
    used: Measured = {}
    with clocked(used):
        total = load(open_store(out / "store"), source, files, ReadOptions()).total
    with clocked(used, "series_"):
        used["dyad_weeks"] = open_store(out / "store").view().series("week").height
    size = sum(path.stat().st_size for path in (out / "store").rglob("*.parquet"))
    account = {key: value for key, value in total.as_dict().items() if key not in {"path", "failures"}}
    return used | {"rows": total.read, "kept": total.kept, "store_bytes": size, "account": account}


def queries(_: list[Path], out: Path) -> Measured:
    """All dyads' monthly series and one pair's, each cold (the store opened anew) and again."""
    from detente.domain.actors import Pair
    from detente.store import open_store
    from detente.store.engine import open_cursor

    import_module("detente.store.view")
    open_cursor().close()
    used: Measured = {}
    pair = Pair("RUS", "USA")
    for name, of in (("pair_", pair), ("pair_again_", pair), ("all_", None), ("all_again_", None)):
        with clocked(used, name):
            used[f"{name}rows"] = open_store(out / "store").view().series("month", of).height
    return used | {"rows": used["all_rows"]}


def polars(files: list[Path], out: Path, *, only_pairs: bool = False) -> Measured:
    """The same columns with Polars, streaming from gzip into Parquet."""
    import polars as pl

    meaning = codes()

    def means(column: int, table: str, dtype: Any = pl.String) -> pl.Expr:  # noqa: ANN401 - a polars type
        return pl.col(f"c{column}").replace_strict(meaning[table], default=None, return_dtype=dtype)

    used: Measured = {}
    with clocked(used):
        rows = pl.scan_csv(
            as_gzip(files, out), separator="\t", has_header=False, quote_char=None, encoding="utf8-lossy",
            truncate_ragged_lines=True, missing_columns="insert", schema={f"c{at}": pl.String for at in range(FIELDS)},
        ).select(
            occurred=pl.col(f"c{DAY}").str.to_date("%Y%m%d", strict=False),
            known_at=pl.col(f"c{ADDED}").str.to_datetime("%Y%m%d%H%M%S", strict=False),
            actor=means(ACTOR, "country"), recipient=means(RECIPIENT, "country"),
            event_type=means(CODE, "type"), provider_code=f"c{CODE}", intensity_milli=means(CODE, "milli", pl.Int64),
            actor_role=means(ACTOR_TYPE, "role"), recipient_role=means(RECIPIENT_TYPE, "role"),
            actor_name=f"c{ACTOR_CODE}", recipient_name=f"c{RECIPIENT_CODE}", place=means(PLACE, "place"),
            event_key="c0", locator=f"c{ADDRESS}", goldstein=pl.col(f"c{GOLDSTEIN}").cast(pl.Float64, strict=False),
        )  # fmt: skip
        rows = rows.filter(pl.col("actor") != pl.col("recipient")) if only_pairs else rows
        rows.sink_parquet(out / "polars.parquet", compression="zstd")
    return used | {"rows": pl.scan_parquet(out / "polars.parquet").select(pl.len()).collect().item()}


def duckdb(files: list[Path], out: Path) -> Measured:
    """The same columns with DuckDB, from gzip into Parquet."""
    import duckdb as engine
    import polars as pl

    con = engine.connect()
    for name, table in codes().items():
        held = pl.DataFrame({"code": list(table), "means": list(table.values())}).to_arrow()
        con.register(f"given_{name}", held)
        con.execute(f"create table {name}_codes as select * from given_{name}")
    columns = ", ".join(f"'c{at}': 'VARCHAR'" for at in range(FIELDS))
    used: Measured = {}
    with clocked(used):
        read = f"""read_csv({as_gzip(files, out)}, delim='\t', header=false, quote='', escape='', auto_detect=false,
                   null_padding=true, ignore_errors=true, columns={{{columns}}})"""
        con.execute("set preserve_insertion_order=false")
        con.execute(f"""
        copy (
          select try_strptime(c{DAY}, '%Y%m%d')::date as occurred,
                 try_strptime(c{ADDED}, '%Y%m%d%H%M%S') as known_at,
                 a.means as actor, r.means as recipient, t.means as event_type, c{CODE} as provider_code,
                 m.means as intensity_milli, ar.means as actor_role, rr.means as recipient_role,
                 c{ACTOR_CODE} as actor_name, c{RECIPIENT_CODE} as recipient_name, p.means as place,
                 c0 as event_key, c{ADDRESS} as locator, try_cast(c{GOLDSTEIN} as double) as goldstein
          from {read}
          left join country_codes a on c{ACTOR} = a.code left join country_codes r on c{RECIPIENT} = r.code
          left join type_codes t on c{CODE} = t.code left join milli_codes m on c{CODE} = m.code
          left join role_codes ar on c{ACTOR_TYPE} = ar.code left join role_codes rr on c{RECIPIENT_TYPE} = rr.code
          left join place_codes p on c{PLACE} = p.code
        ) to '{out / "duckdb.parquet"}' (format parquet, compression zstd)
        """)
    rows = con.execute(f"select count(*) from '{out / 'duckdb.parquet'}'").fetchone()
    return used | {"rows": rows[0] if rows else 0}


def pandas(files: list[Path], _: Path) -> Measured:
    """All columns of each file, put together, then the weekly series: the way of clients for pandas."""
    import pandas as pd

    kept_text = dict.fromkeys((CODE, CODE + 1, CODE + 2), str)
    used: Measured = {}
    with clocked(used):
        frames = [
            pd.read_csv(
                path, compression="zip", sep="\t", header=None, dtype=kept_text, names=list(range(FIELDS)),
                encoding_errors="replace", on_bad_lines="skip", low_memory=False,
            )
            for path in files
        ]  # fmt: skip
        rows = pd.concat(frames, ignore_index=True)
        pairs = rows[rows[ACTOR].notna() & rows[RECIPIENT].notna() & (rows[ACTOR] != rows[RECIPIENT])]
        pairs = pairs.drop_duplicates(subset=[0])
        day = pd.to_datetime(pairs[DAY], format="%Y%m%d", errors="coerce")
        series = pairs.groupby([ACTOR, RECIPIENT, day.dt.to_period("W")])[GOLDSTEIN].agg(["size", "sum"])
    return used | {"rows": len(rows), "dyad_weeks": len(series)}


WAYS: dict[str, Callable[[list[Path], Path], Measured]] = {
    "detente": detente,
    "queries": queries,
    "duckdb": duckdb,
    "polars": polars,
    "polars_pairs": lambda files, out: polars(files, out, only_pairs=True),
    "pandas": pandas,
}


def _peak_mb() -> float:
    """The most memory that this process had resident; what the one that started it had does not count."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text("ascii").partition("VmHWM:")[2].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Do one way and say what it used."""
    way, out, listed = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    used = WAYS[way]([Path(line) for line in listed.read_text("utf-8").splitlines()], out)
    used["peak_mb"] = _peak_mb()
    sys.stdout.write(json.dumps(used) + "\n")


if __name__ == "__main__":
    main()
