"""Compute the bundled sample: figures (counts and sums) from the full ICEWS stream, 2018-01-01 to 2019-03-25.

    python scripts/build_sample.py FOLDER_OF_ORIGINALS [FOLDER_TO_WRITE]

reads ``icews18.parquet`` (the complete stream to October 2018, one row for each day, actor, event and recipient) and
``icews_raw_201810_201903.parquet`` (the original rows after it, brought to the same form here), and writes, by default
to ``src/detente/sample/``: a store of day × dyad × event code × role × place figures, monthly conflict counts
1991–2010, and the account of both. Run twice, it writes the same bytes.

Names that the data give to the wrong state are put right, or left out, by ``sample_corrections.csv``: every name with
30 interstate events or more was looked at whose events nearly all take place in, or with, one other state, so was every
name with 100 or more towards one state that nearly all take place there, and every one with 10 or more whose sectors
say that it holds an international office.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
import sys
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from detente.codebook import cameo_table, codes_to_iso3, role_of_name, role_of_sectors, speakers_table, states
from detente.domain.ledger import Ledger
from detente.domain.records import Part
from detente.domain.tables import COVERAGE, EVENTS
from detente.store import open_store

SAMPLE = Path(__file__).resolve().parents[1] / "src" / "detente" / "sample"
CORRECTIONS = Path(__file__).with_name("sample_corrections.csv")
#: From ``CHANGE`` on the original rows are read; October 2018 is in both files, and whole in the first alone.
FIRST, CHANGE, LAST = dt.date(2018, 1, 1), dt.date(2018, 11, 1), dt.date(2019, 3, 25)
PATH = "ICEWS 2018-01-01 to 2019-03-25"
CODER = "BBN ACCENT (ICEWS), counted by day"
ENDS = ("actor", "recipient")
#: What makes two reports one event.
EVENT = ("day", "actor_name", "code", "recipient_name")
COUNTED_FOR = "counted_for"
#: Parts of states that stand where the country of a place should.
PARTS = {"Bavaria": "DEU"}
#: Rulings that leave a row out: the name is another bearer's, or acts for no state.
LEFT_OUT = ("misplaced_name", "cross_border_group", "international_office")


def read_stream(folder: Path) -> pl.DataFrame:
    """The whole stream in one form: ``day``, ``code``, ``place``, and both ends' names and countries as the data say.

    The first file gives no place; for October 2018 it is looked up in the original rows, which have that month too.
    """
    older = pl.read_parquet(folder / "icews18.parquet").select(
        pl.col("date").cast(pl.Date).alias("day"),
        pl.col("source").alias("actor_name"),
        pl.col("target").alias("recipient_name"),
        pl.col("cameo_code").alias("code"),
        pl.col("source_iso3").alias("actor"),
        pl.col("target_iso3").alias("recipient"),
    )
    newer = read_raw(folder).select(*older.columns, "place")
    places = newer.unique(EVENT, keep="first", maintain_order=True).select(*EVENT, "place")
    return pl.concat(
        [
            older.filter(pl.col("day").is_between(FIRST, CHANGE, closed="left"))
            .join(places, on=EVENT, how="left", maintain_order="left", validate="m:1")
            .select(newer.columns),
            newer.filter(pl.col("day").is_between(CHANGE, LAST)),
        ]
    )


def read_raw(folder: Path) -> pl.DataFrame:
    """The original rows with our column names, and sectors; a country that the codebook lacks is an error."""
    names = {"": None, **codes_to_iso3("name")}
    return pl.read_parquet(folder / "icews_raw_201810_201903.parquet").select(
        pl.col("event_date").cast(pl.Date).alias("day"),
        pl.col("source_name").alias("actor_name"),
        pl.col("target_name").alias("recipient_name"),
        pl.col("cameo_code").alias("code"),
        pl.col("source_country").replace_strict(names, return_dtype=pl.String).alias("actor"),
        pl.col("target_country").replace_strict(names, return_dtype=pl.String).alias("recipient"),
        pl.col("source_sectors").alias("actor_sectors"),
        pl.col("target_sectors").alias("recipient_sectors"),
        pl.col("country").replace_strict(names | PARTS, return_dtype=pl.String).alias("place"),
    )


def correct(stream: pl.DataFrame) -> pl.DataFrame:
    """Add ``actor_ruling`` and ``recipient_ruling``, and the right state where the ruling is ``counted_for``.

    A ruling on a name holds for its parts too: "Militant (Islamic State of Iraq and the Levant)". One with a day holds
    from that day on, one with another state towards that state alone.
    """
    rulings = pl.read_csv(CORRECTIONS, schema_overrides={"since": pl.Date})
    for end, opposite in (ENDS, ENDS[::-1]):
        name = pl.col(f"{end}_name")
        part_of = pl.coalesce(name.str.extract(r"\((.+)\)$"), name)
        is_whole = name.is_in(rulings["name"].implode())
        applies = (pl.col("day") >= pl.col("since").fill_null(FIRST)) & pl.coalesce(
            pl.col("other") == pl.col(opposite), pl.col("other").is_null()
        )
        stream = (
            stream.with_columns(pl.when(is_whole).then(name).otherwise(part_of).alias("bearer"))
            .join(
                rulings.drop("why"),
                left_on=["bearer", end],
                right_on=["name", "given"],
                how="left",
                validate="m:1",
                maintain_order="left",
            )
            .with_columns(
                pl.when(applies).then("ruling").alias(f"{end}_ruling"),
                pl.when(applies & pl.col("state").is_not_null()).then("state").otherwise(end).alias(end),
            )
            .drop("bearer", *rulings.columns[2:-1])
        )
    return stream


def keep_interstate(stream: pl.DataFrame, ledger: Ledger) -> pl.DataFrame:
    """One row for each (day, actor name, code, recipient name) between two states; the ledger gets the account."""
    ledger.read = stream.height
    unique = stream.unique(EVENT, keep="first", maintain_order=True)
    ledger.ignore("one_a_day", stream.height - unique.height)
    rows = correct(unique)
    rulings = pl.col("actor_ruling"), pl.col("recipient_ruling")
    known_states = pl.Series(states()).implode()
    rules = {
        **{rule: (rulings[0] == rule, rulings[1] == rule) for rule in LEFT_OUT},
        "no_country": [pl.col(end).is_null() for end in ENDS],
        "domestic": [pl.col("actor") == pl.col("recipient")],
        "not_a_state": [~pl.col(end).is_in(known_states) for end in ENDS],
    }
    for rule, either in rules.items():
        kept = rows.filter(~pl.any_horizontal(condition.fill_null(value=False) for condition in either))
        ledger.ignore(rule, rows.height - kept.height)
        rows = kept
    ledger.kept = rows.height
    ledger.note(COUNTED_FOR, rows.filter((rulings[0] == COUNTED_FOR).or_(rulings[1] == COUNTED_FOR)).height)
    ledger.note("reconstructed_vintage", rows.height)
    ledger.check()
    return rows


def find_roles(raw: pl.DataFrame, names: pl.Series) -> dict[str, str]:
    """Role by name: what the name gives away, else what its sectors in the original rows say most often."""
    ends = pl.concat([raw.select(name=f"{end}_name", sectors=f"{end}_sectors") for end in ENDS])
    counted = ends.group_by("name", "sectors").len()
    role = {text: role_of_sectors(text) for text in counted["sectors"].unique()}
    common = (
        counted.with_columns(pl.col("sectors").replace_strict(role, return_dtype=pl.String).alias("role"))
        .group_by("name", "role")
        .agg(pl.col("len").sum())
        .sort("len", "role", descending=[True, False], nulls_last=True)
        .unique("name", keep="first", maintain_order=True)
    )
    by_sectors = dict(common.select("name", "role").iter_rows())
    found = {name: role_of_name(name) or by_sectors.get(name) for name in names.unique()}
    return {name: role for name, role in found.items() if role}


def add_roles(rows: pl.DataFrame, role: dict[str, str]) -> pl.DataFrame:
    """Rows with ``actor_role`` and ``recipient_role``: the office held on the day, else the name's role."""
    spells = speakers_table().select("name", "since", "until", office_role="role")
    for end in ENDS:
        name = pl.col(f"{end}_name")
        is_held = pl.col("day") <= pl.coalesce("until", "day")
        by_name = name.replace_strict(role, default=None, return_dtype=pl.String)
        rows = (
            rows.with_row_index("row")
            .sort("day", "row")
            .join_asof(
                spells.sort("since"),
                left_on="day",
                right_on="since",
                by_left=f"{end}_name",
                by_right="name",
                check_sortedness=False,  # both were sorted above; within groups polars cannot see it
            )
            .with_columns(
                pl.when(name.is_in(spells["name"].implode()))
                .then(pl.when(is_held).then("office_role"))
                .otherwise(by_name)
                .alias(f"{end}_role")
            )
            .sort("row")
            .drop("row", "since", "until", "office_role")
        )
    return rows


def count_ends(rows: pl.DataFrame) -> dict[str, int]:
    """How many of the actors and recipients have a role, are the state under its bare name, or neither."""
    named = list(codes_to_iso3("name"))
    ends = pl.concat([rows.select(name=f"{end}_name", role=f"{end}_role") for end in ENDS])
    has_role, is_state = pl.col("role").is_not_null(), pl.col("name").is_in(named)
    counted = ends.select(
        with_role=has_role.sum(), state_itself=(~has_role & is_state).sum(), unknown=(~has_role & ~is_state).sum()
    )
    return {key: int(value) for key, value in counted.row(0, named=True).items()}


def count_figures(rows: pl.DataFrame) -> pl.DataFrame:
    """Figures by day, dyad, event code, roles and place, as rows of the table ``events``.

    A code that the codebook lacks gets no intensity, which the store then refuses.
    """
    cameo = cameo_table().rename({"code": "provider_code"}).select("provider_code", "event_type", "intensity_milli")
    keys = ["occurred", *ENDS, "provider_code", "actor_role", "recipient_role", "place"]
    counted = (
        rows.rename({"day": "occurred", "code": "provider_code"})
        .group_by(keys)
        .agg(pl.len().cast(pl.Int64).alias("n"))
        .join(cameo, on="provider_code", how="left", validate="m:1")
        .sort(keys, nulls_last=True)
    )
    given = {
        "provider": pl.lit("icews"),
        "known_at": pl.col("occurred").cast(pl.Datetime("us")),
        "directed": pl.lit(value=True),
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


def count_months(folder: Path, chosen: list[str]) -> pl.DataFrame:
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


def write_store(into: Path, cells: pl.DataFrame, days: pl.DataFrame) -> None:
    """Write the store anew; the account of its rows is of figures, that of events is in ``figures.yaml``."""
    shutil.rmtree(into, ignore_errors=True)
    account = Ledger(PATH, read=cells.height, kept=cells.height)
    open_store(into).append("icews", [Part(cells, days, account)], path=PATH, identity="sample-1")
    (into / ".lock").unlink()


def build(folder: Path, into: Path) -> dict[str, Any]:
    """Compute and write everything; return what ``figures.yaml`` says."""
    stream = read_stream(folder)
    ledger = Ledger(PATH)
    rows = keep_interstate(stream, ledger)
    names = pl.concat([rows["actor_name"], rows["recipient_name"]])
    rows = add_roles(rows, find_roles(read_raw(folder), names))
    cells = count_figures(rows)
    into.mkdir(parents=True, exist_ok=True)
    write_store(into / "store", cells, covered_days(stream))
    chosen = sorted({*cells["actor"], *cells["recipient"]})
    months = count_months(folder, chosen)
    months.write_parquet(into / "monthly_conflict_1991_2010.parquet", compression="zstd", compression_level=19)
    figures = {
        "states": chosen,
        "dyads": cells.select(ENDS).n_unique(),
        "events": int(cells["n"].sum()),
        "figures": cells.height,
        "ends": count_ends(rows),
        "places": int(rows["place"].count()),
        "first_day": str(FIRST),
        "last_day": str(LAST),
        "monthly_figures": months.height,
        "ledger": {
            "read": ledger.read,
            "kept": ledger.kept,
            "ignored": dict(sorted(ledger.ignored.items())),
            "notes": dict(sorted(ledger.notes.items())),
        },
        "sha256": {
            path.relative_to(into).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(into.rglob("*.parquet"))
        },
    }
    (into / "figures.yaml").write_text(yaml.safe_dump(figures, sort_keys=False, allow_unicode=True), "utf-8")
    return figures


def main(folder: Path, into: Path = SAMPLE) -> None:
    """Compute and write everything, and say what it came to."""
    figures = build(folder, into)
    size = sum(path.stat().st_size for path in into.rglob("*") if path.is_file())
    print(f"{len(figures['states'])} states, {figures['dyads']} dyads, {figures['figures']} figures")
    print(f"{size / 1e6:.2f} MB; ledger {figures['ledger']}")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(*map(Path, sys.argv[1:]))
