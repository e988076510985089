"""POLECAT: political events coded in PLOVER from news in several languages, 40 tab-separated columns with a header.

Types are PLOVER's own; a country is an ISO 3166 alpha-3 code, or a name. ``None`` says nothing.
Known faults of the files: a superfluous line before the header, four empty columns too many, ids that come twice, and
two encodings.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import polars as pl

from detente import codebook
from detente.domain.records import Part
from detente.errors import SourceError
from detente.sources.cards import Card, load_card
from detente.sources.fields import parse_fields
from detente.sources.lines import BLOCK_BYTES, Block, read_blocks
from detente.sources.options import ReadOptions
from detente.sources.reading import FormCheck
from detente.sources.verdicts import close_part, end_failures, end_rules, judge, outside, stripped, translated
from detente.sources.vocabulary import Lookup, find_iso3_by_name, role_codes, type_intensities

#: Our names of their columns; where a column has had two names, both.
_WANTED: dict[str, tuple[str, ...]] = {
    "event_id": ("Event ID",), "date_text": ("Event Date",), "type_given": ("Event Type",), "mode": ("Event Mode",),
    "own_intensity": ("Event Intensity", "Intensity"), "actor_name": ("Actor Name",), "actor_list": ("Actor Country",),
    "actor_sector": ("Primary Actor Sector",), "recipient_name": ("Recipient Name",),
    "recipient_list": ("Recipient Country",), "recipient_sector": ("Primary Recipient Sector",),
    "place_name": ("Country",), "outlet": ("Source",), "published": ("Publication Date",),
}  # fmt: skip
_KEY = "Event ID"
_NO_VALUE = "None"
_EXTRA_COLUMNS = 4
_ENDS = ("actor", "recipient")
_RELEASED = re.compile(r"ngecEvents\.(\d{8})\d*\.Release", re.IGNORECASE)
_STRONGEST = 10


class Polecat:
    """The source ``polecat``."""

    repeats = None

    def __init__(self) -> None:
        self._iso3 = Lookup(_find_iso3)

    @cached_property
    def card(self) -> Card:
        """What POLECAT is and on which terms it is published."""
        return load_card("polecat")

    def read(self, path: Path, options: ReadOptions, *, block_bytes: int = BLOCK_BYTES) -> Iterator[Part]:
        """Read one file.

        Raises:
            ConfigError: when an option for tables was given.
            SourceError: when the file cannot be read or has no header of POLECAT.
        """
        options.check_none("polecat")
        form = FormCheck(path, "a POLECAT file of 40 tab-separated columns")
        layouts: dict[int, Mapping[str, int]] = {}
        for found in read_blocks(path, block_bytes=block_bytes):
            block = _from_header(found) if found.starts_member else found
            if found.starts_member:
                layouts = _layouts_of(block, path)
            fields = parse_fields(block, layouts, has_header=found.starts_member)
            form.saw(fields)
            released = _RELEASED.search(block.member) or _RELEASED.search(path.name)
            day = dt.datetime.strptime(released.group(1), "%Y%m%d").date() if released else None  # noqa: DTZ007
            yield close_part(
                _judge(self._prepared(fields.frame, day), self.card),
                self._kept,
                path=str(path),
                card=self.card,
                misfits=fields.failures,
                excerpt=fields.lines.excerpt,
            )
        form.check()

    def _prepared(self, rows: pl.DataFrame, released: dt.date | None) -> pl.DataFrame:
        """Rows with both clocks and states; of several countries of an end the first counts."""
        rows = rows.with_columns(stripped(name, but=_NO_VALUE) for name in _WANTED)
        rows = rows.with_columns(
            occurred=pl.col("date_text").str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False),
            told=pl.col("published").str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False),
            released=pl.lit(released, pl.Date),
            **{f"{end}_given": pl.col(f"{end}_list").str.split(";").list.first().str.strip_chars() for end in _ENDS},
            **{f"{end}_is_no_state": pl.lit(value=False) for end in _ENDS},
        )
        rows = rows.with_columns(self._iso3(rows[f"{end}_given"]).alias(end) for end in _ENDS)
        known = pl.max_horizontal(pl.coalesce("released", "told", "occurred"), "occurred")
        return rows.join(
            type_intensities(), left_on="type_given", right_on="event_type", how="left", maintain_order="left"
        ).with_columns(known_at=known.cast(pl.Datetime("us")))

    def _kept(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The columns of events."""
        own = (pl.col("own_intensity").cast(pl.Float64, strict=False) * 1000).round()
        is_usable = own.is_between(-_STRONGEST * 1000, _STRONGEST * 1000).fill_null(value=False)
        milli = pl.when(is_usable).then(own).otherwise("type_milli").cast(pl.Int64)
        return rows.with_columns(
            directed=pl.lit(value=True),
            n=pl.lit(1),
            event_type="type_given",
            provider_code=pl.concat_str(["type_given", "mode"], separator="-", ignore_nulls=True),
            intensity_milli=milli,
            lowest_milli=milli,
            event_key="event_id",
            locator="outlet",
            place=self._iso3(rows["place_name"]),
            **{f"{end}_role": translated(f"{end}_sector", role_codes()) for end in _ENDS},
            **{
                "note:reconstructed_vintage": pl.col("released").is_null(),
                "note:intensity_of_its_type": ~is_usable,
                "note:first_of_several_countries": _has_several("actor") | _has_several("recipient"),
                "note:bad_bytes": pl.col("bad_bytes"),
            },
        )


def _has_several(end: str) -> pl.Expr:
    return pl.col(f"{end}_list").str.contains(";", literal=True).fill_null(value=False)


def _find_iso3(text: str) -> str | None:
    return codebook.codes_to_iso3("iso3").get(text) or find_iso3_by_name(text)


def _from_header(block: Block) -> Block:
    """The block without a superfluous line before its header."""
    first, _, rest = block.data.partition(b"\n")
    is_second = _KEY.encode() not in first and _KEY.encode() in rest[: rest.find(b"\n") + 1]
    return replace(block, data=rest, first_line=block.first_line + 1) if is_second else block


def _layouts_of(block: Block, path: Path) -> dict[int, Mapping[str, int]]:
    """Where the wanted columns stand, as the header says; lines may have four empty columns more."""
    header = [name.strip().strip('"') for name in block.data.partition(b"\n")[0].decode("utf-8", "replace").split("\t")]
    at = {ours: next((header.index(n) for n in names if n in header), -1) for ours, names in _WANTED.items()}
    needed = ("event_id", "date_text", "type_given", "actor_list", "recipient_list")
    if missing := [_WANTED[name][0] for name in needed if at[name] < 0]:
        raise SourceError(
            f"{path} was to be read as POLECAT.",
            f"Its header lacks {', '.join(missing)}.",
            "Read the data as they were published, or use `detente load table`.",
        )
    return {len(header): at, len(header) + _EXTRA_COLUMNS: at}


def _judge(rows: pl.DataFrame, card: Card) -> pl.DataFrame:
    has_type = pl.col("type_given").is_not_null()
    return judge(
        rows,
        failed=(
            ("bad_id", pl.col("event_id").is_null()),
            ("bad_date", pl.col("occurred").is_null()),
            ("date_out_of_range", outside(card.coverage)),
            ("unknown_event_code", has_type & pl.col("type_milli").is_null()),
            *end_failures(),
        ),
        ignored=(("no_event_code", ~has_type), *end_rules()),
    )
