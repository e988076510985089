"""Compute the bundled sample: figures (counts and sums) from the full ICEWS stream, 2018-01-01 to 2019-03-25.

    python scripts/build_sample.py FOLDER_OF_ORIGINALS

reads ``icews18.parquet`` (the complete stream to October 2018, one row for each day, actor, event and recipient) and
``icews_raw_201810_201903.parquet`` (the original rows after it, brought to the same form here), and writes
``src/detente/sample/``: a store of day × dyad × event code figures, and monthly conflict counts 1991–2010 of the same
states. Run twice, it writes the same bytes.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
import sys
from pathlib import Path

import polars as pl
import yaml

from detente.codebook import cameo_table, codes_to_iso3, role_of_name, role_of_sectors, states
from detente.domain.ledger import Ledger
from detente.domain.records import Part
from detente.domain.tables import COVERAGE, EVENTS
from detente.store import open_store

SAMPLE = Path(__file__).resolve().parents[1] / "src" / "detente" / "sample"
FIRST, CHANGE, LAST = dt.date(2018, 1, 1), dt.date(2018, 11, 1), dt.date(2019, 3, 25)
#: ICEWS gives the President of France to Andorra, of which he is co-prince; every one of his acts would be misread.
CORRECTED = {"Emmanuel Macron": "FRA"}
STATES_KEPT = 120
CODER = "BBN ACCENT (ICEWS), counted by day"


def read_stream(folder: Path) -> pl.DataFrame:
    """The whole stream in one form: ``day, actor_name, recipient_name, actor, recipient, code, sectors…``."""
    older = pl.read_parquet(folder / "icews18.parquet").select(
        pl.col("date").cast(pl.Date).alias("day"),
        pl.col("source").alias("actor_name"),
        pl.col("target").alias("recipient_name"),
        pl.col("cameo_code").alias("code"),
        pl.col("source_iso3").alias("actor"),
        pl.col("target_iso3").alias("recipient"),
    )
    names = codes_to_iso3("name")
    raw = pl.read_parquet(folder / "icews_raw_201810_201903.parquet")
    newer = raw.select(
        pl.col("event_date").cast(pl.Date).alias("day"),
        pl.col("source_name").alias("actor_name"),
        pl.col("target_name").alias("recipient_name"),
        pl.col("cameo_code").alias("code"),
        pl.col("source_country").replace_strict(names, default=None).alias("actor"),
        pl.col("target_country").replace_strict(names, default=None).alias("recipient"),
    )
    stream = pl.concat(
        [
            older.filter(pl.col("day").is_between(FIRST, CHANGE, closed="left")),
            newer.filter(pl.col("day").is_between(CHANGE, LAST)),
        ]
    )
    role = _roles(raw)
    return stream.with_columns(
        *(
            pl.coalesce(pl.col(f"{end}_name").replace_strict(CORRECTED, default=None), pl.col(end)).alias(end)
            for end in ("actor", "recipient")
        ),
        pl.col("actor_name").replace_strict(role, default=None).alias("actor_role"),
    )


def _roles(raw: pl.DataFrame) -> dict[str, str]:
    """Role by actor name: from the sectors that name most often has in the original rows, else from the name."""
    sectors = (
        raw.select("source_name", "source_sectors")
        .group_by("source_name", "source_sectors")
        .len()
        .sort("len", "source_sectors", descending=[True, False])
        .unique("source_name", keep="first", maintain_order=True)
    )
    found = {name: role_of_name(name) or role_of_sectors(text) for name, text, _ in sectors.iter_rows()}
    return {name: role for name, role in found.items() if role}


def keep_interstate(stream: pl.DataFrame, ledger: Ledger) -> pl.DataFrame:
    """One row for each (day, actor name, code, recipient name), between two of the most active states."""
    ledger.read = stream.height
    unique = stream.unique(["day", "actor_name", "code", "recipient_name"], keep="first", maintain_order=True)
    ledger.ignore("one_a_day", stream.height - unique.height)
    located = unique.drop_nulls(["actor", "recipient"])
    ledger.ignore("no_country", unique.height - located.height)
    interstate = located.filter(pl.col("actor") != pl.col("recipient"))
    ledger.ignore("domestic", located.height - interstate.height)
    known = set(states())
    activity = pl.concat([interstate.select("actor"), interstate.select(actor="recipient")])["actor"].value_counts()
    ranked = activity.filter(pl.col("actor").is_in(known)).sort("count", "actor", descending=[True, False])
    chosen = ranked["actor"].head(STATES_KEPT).to_list()
    kept = interstate.filter(pl.col("actor").is_in(chosen), pl.col("recipient").is_in(chosen))
    ledger.ignore("less_active_state", interstate.height - kept.height)
    ledger.kept = kept.height
    ledger.check()
    return kept


def count_cells(rows: pl.DataFrame) -> pl.DataFrame:
    """Figures by day, dyad, event code and role, as rows of the table ``events``."""
    cameo = cameo_table().rename({"code": "provider_code"}).select("provider_code", "event_type", "intensity_milli")
    counted = (
        rows.rename({"day": "occurred", "code": "provider_code"})
        .group_by("occurred", "actor", "recipient", "provider_code", "actor_role")
        .agg(pl.len().cast(pl.Int64).alias("n"))
        .join(cameo, on="provider_code", how="left", validate="m:1")
        .sort("occurred", "actor", "recipient", "provider_code", "actor_role", nulls_last=True)
    )
    given = {
        "provider": pl.lit("icews"),
        "known_at": pl.col("occurred").cast(pl.Datetime("us")),
        "directed": pl.lit(True),
        "lowest_milli": pl.col("intensity_milli"),
        "intensity_milli": pl.col("intensity_milli") * pl.col("n"),
        "coder": pl.lit(CODER),
    }
    columns = [
        (given[name] if name in given else pl.col(name) if name in counted.columns else pl.lit(None))
        .cast(dtype)
        .alias(name)
        for name, dtype in EVENTS.schema.items()
    ]
    return counted.select(columns)


def covered_days(stream: pl.DataFrame) -> pl.DataFrame:
    """Rows of the whole stream by day, domestic ones included: they show that the provider was at work."""
    return (
        stream.group_by("day")
        .agg(pl.len().cast(pl.Int64).alias("rows"))
        .sort("day")
        .select(
            pl.lit("icews").alias("provider"),
            "day",
            "rows",
            pl.col("day").cast(pl.Datetime("us")).alias("known_at"),
            pl.lit("present").alias("status"),
        )
        .select(COVERAGE.names)
    )


def monthly_conflict(folder: Path, chosen: list[str]) -> pl.DataFrame:
    """Directed monthly counts of verbal and material conflict, 1991–2010, for the same states."""
    counts = pl.read_parquet(folder / "icews_dyad_month_conflict_1991_2010.parquet")
    both = pl.col("source_iso3").is_in(chosen) & pl.col("target_iso3").is_in(chosen)
    different = pl.col("source_iso3") != pl.col("target_iso3")
    return (
        counts.filter(both & different)
        .group_by(
            pl.date("year", "month", 1).alias("month"),
            pl.col("source_iso3").alias("actor"),
            pl.col("target_iso3").alias("recipient"),
        )
        .agg(
            pl.col("verbal_conflict_10_13").sum().cast(pl.Int64).alias("verbal_conflict"),
            pl.col("material_conflict_14_20").sum().cast(pl.Int64).alias("material_conflict"),
        )
        .sort("actor", "recipient", "month")
    )


def main(folder: Path) -> None:
    """Compute and write everything."""
    stream = read_stream(folder)
    ledger = Ledger("ICEWS 2018-01-01 to 2019-03-25")
    cells = count_cells(keep_interstate(stream, ledger))
    account = Ledger(ledger.path, read=cells.height, kept=cells.height)
    shutil.rmtree(SAMPLE / "store", ignore_errors=True)
    store = open_store(SAMPLE / "store")
    store.append("icews", [Part(cells, covered_days(stream), account)], path=ledger.path, identity="sample-1")
    (SAMPLE / "store" / ".lock").unlink()
    chosen = sorted(set(cells["actor"]) | set(cells["recipient"]))
    months = monthly_conflict(folder, chosen)
    months.write_parquet(SAMPLE / "monthly_conflict_1991_2010.parquet", compression="zstd", compression_level=19)
    figures = {
        "states": chosen,
        "dyads": cells.select("actor", "recipient").n_unique(),
        "events": int(cells["n"].sum()),
        "figures": cells.height,
        "first_day": str(FIRST),
        "last_day": str(LAST),
        "monthly_figures": months.height,
        "ledger": {"read": ledger.read, "kept": ledger.kept, "ignored": dict(sorted(ledger.ignored.items()))},
        "sha256": {
            str(path.relative_to(SAMPLE)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(SAMPLE.rglob("*.parquet"))
        },
    }
    (SAMPLE / "figures.yaml").write_text(yaml.safe_dump(figures, sort_keys=False, allow_unicode=True), "utf-8")
    size = sum(path.stat().st_size for path in SAMPLE.rglob("*") if path.is_file())
    print(f"{len(chosen)} states, {figures['dyads']} dyads, {cells.height} figures of {figures['events']} events")
    print(f"{size / 1e6:.2f} MB; ledger {figures['ledger']}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
