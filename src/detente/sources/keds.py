"""KEDS: the WEIS-coded files of the Kansas Event Data System for the Levant, the Balkans and the Gulf.

Two forms: tab-separated with the matched phrase (Levant, Balkans), and space-separated without (Gulf). Days are YYMMDD,
actors are KEDS codes whose first three letters name the state and whose next three may name a role.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import polars as pl

from detente import codebook
from detente.domain.ledger import Failure
from detente.domain.records import Part, Repeats
from detente.sources.cards import Card, load_card
from detente.sources.fields import Fields, parse_fields
from detente.sources.lines import BLOCK_BYTES, Block, read_blocks
from detente.sources.options import ReadOptions
from detente.sources.reading import FormCheck
from detente.sources.verdicts import close_part, end_failures, end_rules, judge, outside, stripped, translated
from detente.sources.vocabulary import role_codes, weis_codes, with_codes

_TABBED = {"day": 0, "actor_name": 1, "recipient_name": 2, "provider_code": 3}
_TABBED_FIELDS = 6
#: Day, actor (one row has none), recipient, code, and a label cut at twelve letters.
_SPACED = r"^(?<day>\S+) +(?:(?<actor_name>\S+) +)?(?<recipient_name>\S+) +(?<provider_code>\d\S\S|\S\d\d)(?: .*)?$"
_CENTURY_TURN = 5
_ENDS = ("actor", "recipient")


class Keds:
    """The source ``keds``."""

    repeats = Repeats("one_a_day", ("occurred", "actor_name", "recipient_name", "provider_code"))

    @cached_property
    def card(self) -> Card:
        """What the KEDS files are and on which terms they were published."""
        return load_card("keds")

    def read(self, path: Path, options: ReadOptions, *, block_bytes: int = BLOCK_BYTES) -> Iterator[Part]:
        """Read one ``.dat`` file.

        Raises:
            ConfigError: when an option for tables was given.
            SourceError: when the file cannot be read or is no KEDS file.
        """
        options.check_none("keds")
        form = FormCheck(path, "a KEDS file (day, actor, actor, WEIS code, label)")
        is_tabbed: bool | None = None
        for block in read_blocks(path, block_bytes=block_bytes):
            is_tabbed = b"\t" in block.data if is_tabbed is None and block.data else is_tabbed
            fields = parse_fields(block, {_TABBED_FIELDS: _TABBED}) if is_tabbed else _parse_spaced(block)
            form.saw(fields)
            yield close_part(
                _judge(_prepared(fields.frame, self.card), self.card),
                _kept,
                path=str(path),
                card=self.card,
                misfits=fields.failures,
                excerpt=fields.lines.excerpt,
            )
        form.check()


def _parse_spaced(block: Block) -> Fields:
    """Rows of the space-separated form: one column of text, taken apart by a pattern."""
    whole = parse_fields(block, {1: {"text": 0}})
    frame = whole.frame.with_columns(pl.col("text").str.extract_groups(_SPACED).alias("groups")).unnest("groups")
    fits = frame["day"].is_not_null()
    lines = frame.filter(~fits)["line"]
    misfits = tuple(Failure(line, "wrong_column_count", whole.lines.excerpt(line)) for line in lines)
    return Fields(frame.filter(fits).drop("text"), whole.failures + misfits, whole.read, whole.lines)


def _prepared(rows: pl.DataFrame, card: Card) -> pl.DataFrame:
    rows = rows.with_columns(stripped(name) for name in _TABBED)
    day = pl.col("day")
    is_next_century = day.str.slice(0, 2).cast(pl.Int64, strict=False) < _CENTURY_TURN
    full = pl.when(is_next_century).then("20" + day).otherwise("19" + day)
    rows = rows.with_columns(
        pl.when(day.str.len_chars() == 6).then(full).str.to_date("%Y%m%d", strict=False).alias("occurred"),
        **{f"{end}_given": pl.col(f"{end}_name").str.to_uppercase().str.slice(0, 3) for end in _ENDS},
        **{f"{end}_part": pl.col(f"{end}_name").str.to_uppercase().str.slice(3, 3) for end in _ENDS},
    )
    return with_codes(rows, weis_codes()).with_columns(
        known_at=pl.col("occurred").cast(pl.Datetime("us")),
        **{end: translated(f"{end}_given", codebook.codes_to_iso3("keds")) for end in _ENDS},
        **{
            f"{end}_is_no_state": pl.col(f"{end}_given").is_in(list(card.not_states)).fill_null(value=False)
            for end in _ENDS
        },
    )


def _judge(rows: pl.DataFrame, card: Card) -> pl.DataFrame:
    return judge(
        rows,
        failed=(
            ("bad_date", pl.col("occurred").is_null()),
            ("date_out_of_range", outside(card.coverage)),
            ("unknown_event_code", pl.col("typical_milli").is_null()),
            *end_failures(),
        ),
        ignored=end_rules(),
    )


def _kept(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(
        directed=pl.lit(value=True),
        n=pl.lit(1),
        intensity_milli="typical_milli",
        lowest_milli="typical_milli",
        **{f"{end}_role": translated(f"{end}_part", role_codes()) for end in _ENDS},
        **{"note:reconstructed_vintage": pl.lit(value=True), "note:bad_bytes": pl.col("bad_bytes")},
    )
