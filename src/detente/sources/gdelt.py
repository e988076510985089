"""GDELT event exports: version 1.0 (57 or 58 columns) and version 2.0 (61), without header and without quoting.

Column layout: GDELT Event Codebook 2.0. An actor's country is a CAMEO code, a place's country a FIPS 10-4 code. Known
errors of the files are repaired by the rules that the card names, and each repair is a note of the ledger.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path

import polars as pl

from detente import codebook
from detente.domain.ledger import Failure
from detente.domain.records import Part, Repeats
from detente.errors import SourceError
from detente.sources.cards import Card, load_card
from detente.sources.fields import BlockLines, parse_fields
from detente.sources.lines import BLOCK_BYTES, Block, read_blocks
from detente.sources.options import ReadOptions
from detente.sources.reading import FormCheck, file_day
from detente.sources.sheaf import bind_sheaves
from detente.sources.unpaired import pass_over
from detente.sources.verdicts import (
    Verdicts,
    close_parts,
    end_failures,
    end_rules,
    intensity_differs,
    judge,
    outside,
    stripped,
    translated,
)
from detente.sources.vocabulary import cameo_codes, role_codes, with_codes

_FIRST_VERSION = {
    "event_key": 0, "day": 1, "actor_name": 5, "actor_given": 7, "actor_type": 12, "actor_type2": 13,
    "recipient_name": 15, "recipient_given": 17, "recipient_type": 22, "recipient_type2": 23,
    "provider_code": 26, "own_intensity": 30, "place_code": 51, "division": 52, "added": 56, "locator": 57,
}  # fmt: skip
_SECOND_VERSION = _FIRST_VERSION | {"place_code": 53, "division": 54, "added": 59, "locator": 60}
#: Yearly and monthly files, compiled afterwards: without the article's address.
_BACKFILE_FIELDS = 57
_VERSIONS = ({_BACKFILE_FIELDS: _FIRST_VERSION | {"locator": -1}, 58: _FIRST_VERSION}, {61: _SECOND_VERSION})
#: The daily files begin here; for what was added before, the date of adding is no evidence of what was known when.
FIRST_DAILY = dt.datetime(2013, 4, 1)  # noqa: DTZ001 - the tables' clock is UTC without a zone
#: Rows added in these days may bear the year 1920 for 2020 (GdeltForge, cleaning steps).
WRONG_YEAR_ADDED = (dt.date(2019, 12, 31), dt.date(2020, 1, 5))
FIRST_DAY = dt.date(1979, 1, 1)
_STAMP_DIGITS = 14
_SNIFFED = 65536
_KEYS = ("event_key", "day", "added", "actor_name", "recipient_name", "provider_code", "actor_given", "recipient_given")


class Gdelt:
    """The source ``gdelt``."""

    repeats = Repeats(
        "re_emission_adm1",
        ("occurred", "actor_name", "recipient_name", "provider_code", "place", "alike"),
        within_minutes=180,
    )

    @cached_property
    def card(self) -> Card:
        """What GDELT publishes and on which terms."""
        return load_card("gdelt")

    def read(self, path: Path, options: ReadOptions, *, block_bytes: int = BLOCK_BYTES) -> Iterator[Part]:
        """Read one export file.

        Raises:
            ConfigError: when an option for tables was given.
            SourceError: when the file cannot be read or is no event export.
        """
        options.check_none("gdelt")
        form = FormCheck(path, "an event export of 57, 58 or 61 tab-separated columns")
        layouts: dict[int, dict[str, int]] = {}
        for block in read_blocks(path, block_bytes=block_bytes):
            layouts = layouts or _version_of(block)
            fields = parse_fields(block, layouts)
            form.saw(fields)
            day = file_day(block.member)
            rows = fields.frame.with_columns(file=pl.lit(0, pl.Int32), file_day=pl.lit(day, pl.Date))
            misfits = [(0, failure) for failure in fields.failures]
            yield self._close(rows, [path], misfits, _excerpt_of(fields.lines))[0]
        form.check()

    def read_together(self, paths: Sequence[Path], options: ReadOptions) -> list[list[Part] | SourceError]:
        """Read small files as one text: much quicker than one by one, and the same comes out.

        Returns:
            For each file its parts, or why it cannot be read.

        Raises:
            ConfigError: when an option for tables was given.
        """
        options.check_none("gdelt")
        found: dict[int, list[Part] | SourceError] = {}
        for sheaf in bind_sheaves(paths, _version_of):
            parsed = sheaf.parse()
            parts = self._close(parsed.rows, [paths[at] for at in sheaf.files], parsed.misfits, parsed.excerpt)
            of_form = set(parsed.rows["file"].unique())
            found |= {at: [part] for n, (at, part) in enumerate(zip(sheaf.files, parts, strict=True)) if n in of_form}
        return [found[at] if at in found else self._alone(path, options) for at, path in enumerate(paths)]

    def _alone(self, path: Path, options: ReadOptions) -> list[Part] | SourceError:
        try:
            return list(self.read(path, options))
        except SourceError as error:
            return error

    def _close(
        self,
        rows: pl.DataFrame,
        paths: Sequence[Path],
        misfits: list[tuple[int, Failure]],
        excerpt: Callable[[int, int], str],
    ) -> list[Part]:
        """Parts of rows of several files, each with ``file`` and ``file_day``."""
        rest, passed = pass_over(rows, lambda days: judge(_dated(days), failed=_day_failures(self.card), ignored=()))
        return close_parts(
            _judge(_dated(_trimmed(rest)), self.card),
            _kept,
            paths=[str(path) for path in paths],
            card=self.card,
            misfits=misfits,
            excerpt=excerpt,
            passed=passed,
        )


def _excerpt_of(lines: BlockLines) -> Callable[[int, int], str]:
    return lambda _, line: lines.excerpt(line)


def _version_of(block: Block) -> dict[int, dict[str, int]]:
    """The version of the file: the one that most of its first lines fit (1.0 where none does)."""
    counts = [line.count(b"\t") + 1 for line in block.data[:_SNIFFED].split(b"\n")]
    return max(_VERSIONS, key=lambda layouts: sum(count in layouts for count in counts))


def _trimmed(rows: pl.DataFrame) -> pl.DataFrame:
    """Padding gone, and nothing left of what was only padding."""
    return rows.with_columns(stripped(name) for name in _KEYS)


def _dated(rows: pl.DataFrame) -> pl.DataFrame:
    """Both clocks: the year 1920 repaired, a blank day of adding taken from the file's name."""
    added = pl.col("added")
    stamp = pl.when(added.str.len_chars() == _STAMP_DIGITS).then(added).otherwise(added + "000000")
    rows = rows.with_columns(
        occurred=pl.col("day").str.to_date("%Y%m%d", strict=False),
        stamp=stamp.str.to_datetime("%Y%m%d%H%M%S", strict=False, time_unit="us"),
    ).with_columns(
        pl.when(added.is_null()).then(pl.col("file_day").cast(pl.Datetime("us"))).otherwise("stamp").alias("stamp"),
        bad_added=added.is_not_null() & pl.col("stamp").is_null(),
        added_from_file=added.is_null() & pl.col("file_day").is_not_null(),
    )
    is_wrong_year = (pl.col("occurred") < FIRST_DAY) & pl.col("stamp").dt.date().is_between(*WRONG_YEAR_ADDED)
    is_evidence = (pl.col("stamp") >= FIRST_DAILY) & (pl.col("columns") != _BACKFILE_FIELDS)
    rows = rows.with_columns(
        pl.when(is_wrong_year).then(pl.col("occurred").dt.offset_by("100y")).otherwise("occurred").alias("occurred"),
        year_repaired=is_wrong_year.fill_null(value=False),
        is_reconstructed=~is_evidence.fill_null(value=False),
    )
    midnight = pl.col("occurred").cast(pl.Datetime("us"))
    return rows.with_columns(
        known_at=pl.when("is_reconstructed").then(midnight).otherwise(pl.max_horizontal("stamp", midnight)),
        is_known_before=~pl.col("is_reconstructed") & (pl.col("stamp") < midnight),
    )


def _judge(rows: pl.DataFrame, card: Card) -> pl.DataFrame:
    rows = with_codes(rows, cameo_codes()).with_columns(
        **{end: translated(f"{end}_given", codebook.codes_to_iso3("cameo")) for end in ("actor", "recipient")},
        **{f"{end}_is_no_state": _is_no_state(end) for end in ("actor", "recipient")},
    )
    code = pl.col("provider_code")
    has_code = code.is_not_null() & ~code.is_in(list(codebook.NO_EVENT_CODES))
    return judge(
        rows,
        failed=(
            ("bad_id", ~pl.col("event_key").str.contains(r"^\d+$").fill_null(value=False)),
            *_day_failures(card),
            ("unknown_event_code", has_code & pl.col("typical_milli").is_null()),
            *end_failures(),
        ),
        ignored=(("no_event_code", ~has_code), *end_rules()),
    )


def _day_failures(card: Card) -> Verdicts:
    # An event may be dated a day after its report in another time zone; beyond that the date is wrong.
    is_future = pl.col("occurred") > pl.col("stamp").dt.date().dt.offset_by("1d")
    return (
        ("bad_date", pl.col("occurred").is_null() | pl.col("bad_added")),
        ("date_out_of_range", outside(card.coverage) | is_future),
    )


def _is_no_state(end: str) -> pl.Expr:
    return pl.col(f"{end}_given").is_in(list(codebook.cameo_not_states())).fill_null(value=False)


def _kept(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(
        directed=pl.lit(value=True),
        n=pl.lit(1),
        intensity_milli="typical_milli",
        lowest_milli="typical_milli",
        alike=stripped("division"),
        place=translated("place_code", codebook.codes_to_iso3("fips")),
        **{f"{end}_role": _role(end) for end in ("actor", "recipient")},
        **{
            "note:year_1920_repaired": pl.col("year_repaired"),
            "note:dateadded_from_file": pl.col("added_from_file"),
            "note:reconstructed_vintage": pl.col("is_reconstructed"),
            "note:known_before_occurred": pl.col("is_known_before"),
            "note:intensity_differs": intensity_differs(),
            "note:bad_bytes": pl.col("bad_bytes"),
        },
    )


def _role(end: str) -> pl.Expr:
    return pl.coalesce(translated(f"{end}_{column}", role_codes()) for column in ("type", "type2"))
