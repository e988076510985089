"""ICEWS coded events: the original tab files, the same as one table of raw rows, and the set without repeats.

An actor's country is an English name; the country of the place is where it happened. What a file was published on is
the day in its name, which is the second clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path

import polars as pl

from detente import codebook
from detente.domain.records import Part, Repeats
from detente.errors import SourceError
from detente.sources.cards import Card, load_card
from detente.sources.fields import parse_fields
from detente.sources.lines import BLOCK_BYTES, Block, is_of_type, read_blocks
from detente.sources.options import ReadOptions
from detente.sources.reading import PARQUET_MAGIC, FormCheck, file_day, open_parquet, read_batches
from detente.sources.verdicts import (
    close_part,
    end_failures,
    end_rules,
    intensity_differs,
    judge,
    outside,
    row_text,
    stripped,
)
from detente.sources.vocabulary import Lookup, cameo_codes, find_iso3_by_name, offices_held, with_codes

_HEADER = (
    "Event ID", "Event Date", "Source Name", "Source Sectors", "Source Country", "Event Text", "CAMEO Code",
    "Intensity", "Target Name", "Target Sectors", "Target Country", "Story ID", "Sentence Number", "Publisher", "City",
    "District", "Province", "Country", "Latitude", "Longitude",
)  # fmt: skip
#: Our names of their columns.
_WANTED = {
    "event_id": "Event ID", "date_text": "Event Date", "actor_name": "Source Name", "actor_sectors": "Source Sectors",
    "actor_given": "Source Country", "provider_code": "CAMEO Code", "own_intensity": "Intensity",
    "recipient_name": "Target Name", "recipient_sectors": "Target Sectors", "recipient_given": "Target Country",
    "story": "Story ID", "sentence": "Sentence Number", "place_name": "Country",
}  # fmt: skip
_RAW = {ours: theirs.lower().replace(" ", "_") for ours, theirs in _WANTED.items()} | {"file": "file"}
_DISTINCT = {
    "date_text": "date", "actor_name": "source", "actor_given": "source_iso3", "provider_code": "cameo_code",
    "recipient_name": "target", "recipient_given": "target_iso3",
}  # fmt: skip
#: What decides whether a row is kept; the rest is looked at in kept rows only.
_JUDGED = ("date_text", "actor_given", "recipient_given", "provider_code")
_NO_VALUE = "NA"
_ENDS = ("actor", "recipient")


class Icews:
    """The source ``icews``."""

    repeats = Repeats("one_a_day", ("occurred", "actor_name", "recipient_name", "provider_code"))

    def __init__(self) -> None:
        self._names = _Names()

    @cached_property
    def card(self) -> Card:
        """What the ICEWS data set is and on which terms it was published."""
        return load_card("icews")

    def read(self, path: Path, options: ReadOptions, *, block_bytes: int = BLOCK_BYTES) -> Iterator[Part]:
        """Read one file of any of the three forms.

        Raises:
            ConfigError: when an option for tables was given.
            SourceError: when the file cannot be read or has none of the forms.
        """
        options.check_none("icews")
        if is_of_type(path, PARQUET_MAGIC):
            return self._read_parquet(path)
        return self._read_text(path, block_bytes)

    def _read_text(self, path: Path, block_bytes: int) -> Iterator[Part]:
        form = FormCheck(path, "an ICEWS file of 20 tab-separated columns")
        names = self._names
        layout: Mapping[str, int] = {}
        for block in read_blocks(path, block_bytes=block_bytes):
            has_header = block.starts_member and block.data.startswith(_HEADER[0].encode())
            if block.starts_member or not layout:
                layout = _layout_of(block if has_header else None, path)
            fields = parse_fields(block, {len(_HEADER): layout}, has_header=has_header)
            form.saw(fields)
            rows = fields.frame.with_columns(pl.lit(block.member).alias("file"))
            yield close_part(
                _judge(_prepared(rows, names.iso3), self.card),
                names.kept,
                path=str(path),
                card=self.card,
                misfits=fields.failures,
                excerpt=fields.lines.excerpt,
            )
        form.check()

    def _read_parquet(self, path: Path) -> Iterator[Part]:
        present = set(open_parquet(path).schema_arrow.names)
        wanted = next((form for form in (_RAW, _DISTINCT) if set(form.values()) <= present), None)
        if wanted is None:
            raise SourceError(
                f"{path} was to be read as ICEWS.",
                f"It is a Parquet file of other columns: {', '.join(sorted(present))}.",
                "For a table of your own use `detente load table`.",
            )
        names = self._names
        for batch in read_batches(path, list(wanted.values())):
            columns = [_as_text(batch[theirs]).alias(ours) for ours, theirs in wanted.items()]
            absent = [pl.lit(None, pl.String).alias(name) for name in _RAW if name not in wanted]
            rows = batch.select("line", *columns, *absent, pl.lit(value=False).alias("bad_bytes"))
            find = names.iso3 if wanted is _RAW else _same_iso3
            yield close_part(
                _judge(_prepared(rows, find), self.card),
                names.kept,
                path=str(path),
                card=self.card,
                excerpt=row_text(batch),
            )


class _Names:
    """Names to states, names and sectors to roles, each distinct text looked up once."""

    def __init__(self) -> None:
        self.iso3 = Lookup(find_iso3_by_name)
        self._role_of_name = Lookup(codebook.role_of_name)
        self._role_of_sectors = Lookup(codebook.role_of_sectors)

    def kept(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The columns of events."""
        rows = rows.with_columns(stripped(name, but=_NO_VALUE) for name in _WANTED if name not in _JUDGED)
        story = "story " + pl.col("story") + " sentence " + pl.col("sentence")
        return rows.with_columns(
            directed=pl.lit(value=True),
            n=pl.lit(1),
            intensity_milli="typical_milli",
            lowest_milli="typical_milli",
            locator=story,
            # The published key is id and date together: some ids stand for two events on different days.
            event_key=pl.col("event_id") + "/" + pl.col("occurred").dt.to_string("iso"),
            place=self.iso3(rows["place_name"]),
            **{f"{end}_role": self._role(rows, end) for end in _ENDS},
            **{
                "note:reconstructed_vintage": pl.col("is_reconstructed"),
                "note:intensity_differs": intensity_differs(),
                "note:bad_bytes": pl.col("bad_bytes"),
            },
        )

    def _role(self, rows: pl.DataFrame, end: str) -> pl.Series:
        """The office held on the day, where it is known; else what the name gives away; else the sectors."""
        names = rows[f"{end}_name"]
        is_known, held = offices_held(names, rows["occurred"])
        told = self._role_of_name(names).fill_null(self._role_of_sectors(rows[f"{end}_sectors"]))
        return held.zip_with(is_known, told)


def _layout_of(block: Block | None, path: Path) -> Mapping[str, int]:
    """Where the wanted columns stand: as the header says, or in the published order where there is none."""
    header = list(_HEADER)
    if block is not None:
        header = [name.strip() for name in block.data[: block.data.index(b"\n")].decode("utf-8", "replace").split("\t")]
    if set(header) != set(_HEADER):
        missing = sorted(set(_HEADER) - set(header)) or sorted(set(header) - set(_HEADER))
        raise SourceError(
            f"{path} was to be read as ICEWS.",
            f"Its header differs: {', '.join(missing)} missing or not known.",
            "Read the data as they were published, or use `detente load table`.",
        )
    return {ours: header.index(theirs) for ours, theirs in _WANTED.items()}


def _as_text(column: pl.Series) -> pl.Series:
    return column.dt.date().cast(pl.String) if column.dtype.is_temporal() else column.cast(pl.String)


def _same_iso3(codes: pl.Series) -> pl.Series:
    states = codebook.codes_to_iso3("iso3")
    return codes.replace_strict(dict(states), default=None, return_dtype=pl.String)


def _prepared(rows: pl.DataFrame, find_iso3: Callable[[pl.Series], pl.Series]) -> pl.DataFrame:
    """Rows with both clocks, codes and states, and nulls where the file says ``NA`` or nothing."""
    rows = rows.with_columns(stripped(name, but=_NO_VALUE) for name in _JUDGED)
    days = Lookup(_day_in_name)(rows["file"]).str.to_date()
    date = pl.col("date_text")
    rows = rows.with_columns(
        occurred=pl.coalesce(date.str.to_date("%Y-%m-%d", strict=False), date.str.to_date("%m/%d/%Y", strict=False)),
        published=days,
        **{end: find_iso3(rows[f"{end}_given"]) for end in _ENDS},
        **{f"{end}_is_no_state": pl.lit(value=False) for end in _ENDS},
    )
    is_evidence = (pl.col("published") >= pl.col("occurred")).fill_null(value=False)
    return with_codes(rows, cameo_codes()).with_columns(
        known_at=pl.when(is_evidence).then("published").otherwise("occurred").cast(pl.Datetime("us")),
        is_reconstructed=~is_evidence,
    )


def _day_in_name(name: str) -> str | None:
    day = file_day(name)
    return day.isoformat() if day else None


def _judge(rows: pl.DataFrame, card: Card) -> pl.DataFrame:
    code = pl.col("provider_code")
    has_code = code.is_not_null() & ~code.is_in(list(codebook.NO_EVENT_CODES))
    return judge(
        rows,
        failed=(
            ("bad_date", pl.col("occurred").is_null()),
            ("date_out_of_range", outside(card.coverage)),
            ("unknown_event_code", has_code & pl.col("typical_milli").is_null()),
            *end_failures(),
        ),
        ignored=(("no_event_code", ~has_code), *end_rules()),
    )
