"""GDELT mentions 2.0: which article told of an event, in which sentence, at which characters; 16 columns, no header.

Column layout: GDELT Event Codebook 2.0, mentions table. A tone is a decimal number, whatever the codebook says, and an
offset of −1 says that there is none.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from detente.domain.ledger import Ledger
from detente.domain.tables import MEDIA, MENTIONS, check_table
from detente.sources.fields import parse_fields
from detente.sources.lines import read_blocks
from detente.sources.reading import FormCheck

PROVIDER = "gdelt"
#: One event may be told of in several sentences of an article; the same sentence twice is a repeat.
REPEATED = "same_sentence"
_FIELDS = 16
_LAYOUT = {
    "event_given": 0, "found": 2, "medium_given": 3, "outlet": 4, "locator": 5, "sentence_given": 6, "actor_at": 7,
    "recipient_at": 8, "action_at": 9, "sure": 11, "chars": 12, "tone_given": 13,
}  # fmt: skip
_KEY = ["event_key", "locator", "sentence"]


def read_mentions(path: Path) -> tuple[pl.DataFrame, Ledger]:
    """Read one file of mentions.

    Returns:
        Rows of the table ``mentions``, and the account of the file.

    Raises:
        SourceError: when the file cannot be read or is no file of mentions.
    """
    form = FormCheck(path, f"a file of mentions of {_FIELDS} tab-separated columns")
    ledger, frames = Ledger(path.name), [MENTIONS.empty()]
    for block in read_blocks(path):
        fields = parse_fields(block, {_FIELDS: _LAYOUT})
        form.saw(fields)
        for failure in fields.failures:
            ledger.fail(failure.line, failure.reason, failure.excerpt)
        judged = _judged(fields.frame)
        failed = judged.filter(pl.col("failed").is_not_null()).select("line", "failed")
        for line, reason in failed.iter_rows():
            ledger.fail(line, reason, fields.lines.excerpt(line))
        ledger.read += fields.read
        ledger.note("bad_bytes", int(judged.filter(pl.col("failed").is_null())["bad_bytes"].sum()))
        frames.append(judged.filter(pl.col("failed").is_null()).select(MENTIONS.names).cast(MENTIONS.schema))
    form.check()
    rows = pl.concat(frames)
    kept = rows.unique(_KEY, keep="first", maintain_order=True)
    ledger.ignore(REPEATED, rows.height - kept.height)
    ledger.kept = kept.height
    ledger.failures.sort(key=lambda failure: failure.line)
    ledger.check()
    return check_table(kept, MENTIONS), ledger


def _judged(rows: pl.DataFrame) -> pl.DataFrame:
    numbers = {"event_key": "event_given", "sentence": "sentence_given", "length": "chars", "medium_no": "medium_given"}
    rows = rows.with_columns(
        **{ours: pl.col(theirs).cast(pl.Int64, strict=False) for ours, theirs in numbers.items()},
        **{f"{end}_offset": _offset(f"{end}_at") for end in ("actor", "recipient", "action")},
        known_at=pl.col("found").str.to_datetime("%Y%m%d%H%M%S", strict=False, time_unit="us"),
        confidence=pl.col("sure").cast(pl.Float64, strict=False) / 100,
        tone=pl.col("tone_given").cast(pl.Float64, strict=False),
        provider=pl.lit(PROVIDER),
    )
    media = dict(enumerate(MEDIA, 1))
    bad = (
        pl.when(pl.col("event_key").is_null())
        .then(pl.lit("bad_id"))
        .when(pl.col("known_at").is_null())
        .then(pl.lit("bad_date"))
        .when(pl.col("locator").is_null())
        .then(pl.lit("no_address"))
    )
    return rows.with_columns(
        medium=pl.col("medium_no").replace_strict(media, default=None, return_dtype=pl.String), failed=bad
    )


def _offset(column: str) -> pl.Expr:
    at = pl.col(column).cast(pl.Int64, strict=False)
    return pl.when(at >= 0).then(at)
