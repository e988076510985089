"""A tidy table's columns to ours: days, states, and what an intensity stands for.

``intensity`` is the mean of the row's events, so a row adds ``count`` times as much; all of it is kept in thousandths,
halves rounded to even. A value beyond ±10 can be no mean of Goldstein points: it is taken as a daily sum, whose lowest
single event is not known.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl

from detente import codebook
from detente.domain.tables import ROLES
from detente.errors import SourceError
from detente.sources.verdicts import end_failures, end_rules, judge, stripped, translated
from detente.sources.vocabulary import (
    Lookup,
    cameo_codes,
    likely_family,
    quad_intensities,
    type_intensities,
    with_codes,
)

#: Goldstein's scale ends here.
_SCALE_END = 10.0
#: Beyond this a value is damage, and sums of it would not fit.
_LARGEST = 1e9
_SAMPLE = 500
_ISO_DAY = 10
_ENDS = ("actor", "recipient")
_TEXT = ("event_type", "cameo", "quad", "role", "recipient_role", "place", "url")
_STAMP = pl.Datetime("us")


def judge_tidy(rows: pl.DataFrame, *, undirected: bool) -> pl.DataFrame:
    """Rows with our columns and what becomes of each.

    Args:
        rows: Columns under our names as they stand in the file, with ``line`` and ``bad_bytes``.
        undirected: Whether the two ends are interchangeable.

    Raises:
        SourceError: when CAMEO codes are numbers, so that their zeros are lost.
    """
    rows = _with_values(_with_ends(_with_clocks(_with_text(rows)), undirected=undirected))
    code = pl.col("provider_code")
    is_no_event = code.is_in(list(codebook.NO_EVENT_CODES)).fill_null(value=False)
    return judge(
        rows,
        failed=(
            ("bad_date", pl.col("occurred").is_null()),
            ("bad_known_at", pl.col("known_is_given") & pl.col("known").is_null()),
            ("unknown_event_code", code.is_not_null() & ~is_no_event & pl.col("typical_milli").is_null()),
            ("unknown_event_type", pl.col("type").is_not_null() & pl.col("type_milli").is_null()),
            ("unknown_quad", pl.col("quad").is_not_null() & pl.col("quad_milli").is_null()),
            ("bad_value", pl.col("value_is_given") & ~pl.col("value").is_finite().fill_null(value=False)),
            ("bad_value", pl.col("value").abs() > _LARGEST),
            ("bad_count", pl.col("n").is_null() | (pl.col("n") < 0)),
            ("no_value", pl.col("mean_milli").is_null() & ~is_no_event),
            *end_failures(),
        ),
        ignored=(("no_event_code", is_no_event), ("zero_count", pl.col("n") == 0), *end_rules()),
    )


def kept_tidy(rows: pl.DataFrame) -> pl.DataFrame:
    """The columns of events."""
    total = _rounded(pl.col("mean_milli") * pl.col("n"))
    is_beyond = (pl.col("value").abs() > _SCALE_END).fill_null(value=False)
    is_single = (pl.col("n") == 1) | pl.col("type_or_code")
    place = translated("place_given", codebook.codes_to_iso3("iso3"))
    roles = {f"{end}_role": pl.when(pl.col(f"{end}_part").is_in(list(ROLES))).then(f"{end}_part") for end in _ENDS}
    is_odd_role = pl.any_horizontal(
        pl.col(f"{end}_part").is_not_null() & ~pl.col(f"{end}_part").is_in(list(ROLES)) for end in _ENDS
    )
    return rows.with_columns(
        intensity_milli=total,
        lowest_milli=pl.when(is_single & ~is_beyond).then(_rounded(pl.col("mean_milli"))),
        place=place,
        locator="url",
        **roles,
        **{
            "note:beyond_goldstein_range": is_beyond,
            "note:reconstructed_vintage": pl.col("known").is_null(),
            "note:known_before_occurred": pl.col("known_at") > pl.col("known"),
            "note:unknown_role": is_odd_role,
            "note:unknown_place": pl.col("place_given").is_not_null() & place.is_null(),
            "note:bad_bytes": pl.col("bad_bytes"),
        },
    )


class Ends:
    """Watches whether the two ends of a table hold states at all."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known = dict.fromkeys(_ENDS, 0)
        self._strange: dict[str, list[str]] = {end: [] for end in _ENDS}

    def saw(self, judged: pl.DataFrame) -> None:
        """Take note of a batch."""
        for end in _ENDS:
            self._known[end] += judged[end].count()
            if not self._known[end]:
                given = judged[f"{end}_given"].drop_nulls().unique(maintain_order=True)
                self._strange[end].extend(given.head(_SAMPLE).to_list())

    def check(self) -> None:
        """Pass unless an end was given and none of it is a state.

        Raises:
            SourceError: naming the family of codes that it seems to hold.
        """
        for end in _ENDS:
            values = self._strange[end]
            if self._known[end] or not values:
                continue
            family = likely_family(values)
            words = f"They look like {family}." if family else "No family of codes holds them."
            raise SourceError(
                f"{self._path} was to be read as a table whose column {end!r} holds ISO 3166 alpha-3 codes.",
                f"None of its rows does: {', '.join(values[:5])}. {words}",
                "Translate the column to ISO 3166 alpha-3 codes such as USA and RUS.",
            )


def _with_text(rows: pl.DataFrame) -> pl.DataFrame:
    if "cameo" in rows.columns and rows["cameo"].dtype.is_numeric():
        raise SourceError(
            "A table with CAMEO codes was to be read.",
            "Its codes are numbers, so that 010 and 10 cannot be told apart.",
            "Write the column as text with its leading zeros.",
        )
    given = [name for name in _TEXT if name in rows.columns]
    absent = [pl.lit(None, pl.String).alias(name) for name in _TEXT if name not in rows.columns]
    return (
        rows.with_columns(pl.col(*given).cast(pl.String) if given else [])
        .with_columns(stripped(name) for name in given)
        .with_columns(absent)
        .with_columns(
            type=pl.col("event_type").str.to_uppercase(),
            quad=pl.col("quad").str.to_lowercase().str.replace_all("_", " "),
            provider_code="cameo",
        )
        .drop("event_type", "cameo")
    )


def _with_clocks(rows: pl.DataFrame) -> pl.DataFrame:
    known = rows["known_at"] if "known_at" in rows.columns else pl.Series("known_at", [None] * rows.height, pl.String)
    times = _times(known)
    return rows.with_columns(
        occurred=_times(rows["date"]).dt.date(),
        known=times,
        known_is_given=known.cast(pl.String).str.strip_chars().fill_null("") != "",
    ).with_columns(known_at=pl.max_horizontal("known", pl.col("occurred").cast(_STAMP)))


def _times(values: pl.Series) -> pl.Series:
    """Dates, times and ISO 8601 text as UTC times; null where it is none of them."""
    dtype = values.dtype
    if isinstance(dtype, pl.Datetime):
        utc = values.dt.convert_time_zone("UTC").dt.replace_time_zone(None) if dtype.time_zone else values
        return utc.cast(_STAMP)
    if dtype == pl.Date:
        return values.cast(_STAMP)
    text = values.cast(pl.String).str.strip_chars()
    plain = text.str.to_date("%Y-%m-%d", strict=False, exact=True).cast(_STAMP)
    other = text.set(text.str.len_chars() == _ISO_DAY, None)
    if other.count() == 0:
        return plain
    return plain.zip_with(plain.is_not_null(), Lookup(_iso_utc)(other).str.to_datetime(strict=False).cast(_STAMP))


def _iso_utc(text: str) -> str | None:
    try:
        time = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    utc = time.astimezone(dt.UTC).replace(tzinfo=None) if time.tzinfo else time
    return utc.isoformat(timespec="microseconds")


def _with_ends(rows: pl.DataFrame, *, undirected: bool) -> pl.DataFrame:
    states = codebook.codes_to_iso3("iso3")
    rows = rows.with_columns(
        **{f"{end}_given": pl.col(end).cast(pl.String).str.strip_chars().str.to_uppercase() for end in _ENDS},
        **{f"{end}_is_no_state": pl.lit(value=False) for end in _ENDS},
        actor_part=pl.col("role").str.to_lowercase(),
        recipient_part=pl.col("recipient_role").str.to_lowercase(),
        place_given=pl.col("place").str.to_uppercase(),
        directed=pl.lit(not undirected),
    ).with_columns(stripped(f"{end}_given") for end in _ENDS)
    rows = rows.with_columns(**{end: translated(f"{end}_given", states) for end in _ENDS})
    if not undirected:
        return rows
    is_swapped = pl.col("actor") > pl.col("recipient")
    swaps = [("actor", "recipient"), ("actor_part", "recipient_part")]
    return rows.with_columns(
        pl.when(is_swapped).then(theirs).otherwise(ours).alias(ours)
        for pair in swaps
        for ours, theirs in (pair, pair[::-1])
    )


def _with_values(rows: pl.DataFrame) -> pl.DataFrame:
    """Type, number of events, and the mean intensity: the row's own, or the codebook's for its code, type or quad."""
    value, value_is_given = _numbers(rows, "intensity")
    count, count_is_given = _numbers(rows, "count")
    if "count" not in rows.columns:
        count = pl.Series([1.0] * rows.height, dtype=pl.Float64)
    rows = with_codes(rows, cameo_codes()).with_columns(
        pl.coalesce("type", "event_type").alias("event_type"),
        value=value,
        value_is_given=value_is_given,
        n=count.set(~((count == count.round()) & (count.abs() <= _LARGEST)), None).cast(pl.Int64, strict=False),
        count_is_given=count_is_given,
    )
    rows = rows.join(type_intensities(), left_on="type", right_on="event_type", how="left", maintain_order="left")
    rows = rows.join(quad_intensities(), on="quad", how="left", maintain_order="left")
    return rows.with_columns(
        mean_milli=pl.coalesce(pl.col("value") * 1000, "typical_milli", "type_milli", "quad_milli"),
        type_or_code=pl.col("event_type").is_not_null() | pl.col("provider_code").is_not_null(),
    )


def _numbers(rows: pl.DataFrame, name: str) -> tuple[pl.Series, pl.Series]:
    """A column as numbers, and where anything was given at all; not-a-number is nothing."""
    if name not in rows.columns:
        absent = pl.Series([None] * rows.height, dtype=pl.Float64)
        return absent, absent.is_not_null()
    values = rows[name]
    if values.dtype == pl.String:
        values = values.str.strip_chars()
        values = values.set(values.is_in(["", "NA", "NaN", "nan"]).fill_null(value=False), None)
    numbers = values.cast(pl.Float64, strict=False).fill_nan(None)
    given = values.is_not_null() if values.dtype == pl.String else numbers.is_not_null()
    return numbers, given


def _rounded(milli: pl.Expr) -> pl.Expr:
    """To whole thousandths, halves to even; the first rounding undoes what binary fractions did to a decimal half."""
    return milli.round(6).round(0, mode="half_to_even").cast(pl.Int64)
