"""The schema of every table that crosses a room: column, type, unit, meaning.

Tables are polars frames. A room checks what it hands over with ``check_table``; the reference page of the docs is
generated from here.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from detente.errors import DataError

_TIME = pl.Datetime("us")


@dataclass(frozen=True)
class Column:
    """One column.

    Args:
        name: Its name.
        dtype: Its polars type.
        meaning: What it holds, in one sentence.
        unit: Its unit where it has one.
        nullable: Whether null is allowed; null always means "not known", never zero.
        allowed: The only values allowed, where the list is closed.
    """

    name: str
    dtype: pl.DataType | type[pl.DataType]
    meaning: str
    unit: str = ""
    nullable: bool = False
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """A table's name, meaning and columns."""

    name: str
    meaning: str
    columns: tuple[Column, ...]

    @property
    def schema(self) -> pl.Schema:
        """The polars schema."""
        return pl.Schema({column.name: column.dtype for column in self.columns})

    @property
    def names(self) -> list[str]:
        """The column names in order."""
        return [column.name for column in self.columns]

    def empty(self) -> pl.DataFrame:
        """A frame of no rows with this schema."""
        return pl.DataFrame(schema=self.schema)


QUADS = ("verbal cooperation", "material cooperation", "verbal conflict", "material conflict")
ROLES = (
    "executive",
    "legislature",
    "military",
    "judiciary",
    "opposition",
    "business",
    "media",
    "civil society",
    "armed group",
    "international organisation",
)
OUTCOMES = ("deteriorate", "hold", "improve")
STATUSES = ("worse than usual", "usual", "better than usual")

_PROVIDER = Column("provider", pl.String, "Who publishes the data: the id of a source card.")
_ACTOR = Column("actor", pl.String, "State that acts.", "ISO 3166 alpha-3")
_RECIPIENT = Column("recipient", pl.String, "State that receives.", "ISO 3166 alpha-3")
_PAIR = Column("pair", pl.String, "Pair id: both ISO 3166 alpha-3 codes in alphabetical order, RUS-USA.")
_EVENT_TYPE = Column(
    "event_type", pl.String, "PLOVER type; null for statements without one and for bare scores.", nullable=True
)
_N = Column("n", pl.Int64, "Number of events that the row stands for.", "events")
_SUM = Column(
    "intensity_milli",
    pl.Int64,
    "Sum of the intensities of the row's events; an integer, so that sums are exact on every engine.",
    "thousandths of a Goldstein point",
)
_LOWEST = Column(
    "lowest_milli",
    pl.Int64,
    "Intensity of the most hostile single event in the row; null when the provider gives sums only.",
    "thousandths of a Goldstein point",
    nullable=True,
)
_DIRECTED = Column("directed", pl.Boolean, "False where the provider does not say who acts towards whom.")
_ORIGIN = Column("origin", pl.Date, "Day at whose end the forecast is made; only what was known then is used.")
_HORIZON = Column("horizon_weeks", pl.Int64, "How far ahead.", "weeks")

EVENTS = Table(
    "events",
    "Who did what to whom, when, and since when that is known. One row is one event, or `n` alike events of a day.",
    (
        _PROVIDER,
        Column("occurred", pl.Date, "Day on which it is said to have happened.", "UTC day"),
        Column("known_at", _TIME, "When the provider published it: the second clock.", "UTC"),
        _ACTOR,
        _RECIPIENT,
        _DIRECTED,
        _EVENT_TYPE,
        Column("provider_code", pl.String, "The provider's own event code, as it stands (CAMEO, WEIS).", nullable=True),
        _N,
        _SUM,
        _LOWEST,
        Column("actor_role", pl.String, "Who acts for the state.", nullable=True, allowed=ROLES),
        Column("recipient_role", pl.String, "Who receives for the state.", nullable=True, allowed=ROLES),
        Column("actor_name", pl.String, "The provider's name or code of the actor.", nullable=True),
        Column("recipient_name", pl.String, "The provider's name or code of the recipient.", nullable=True),
        Column("place", pl.String, "Country in which it happened.", "ISO 3166 alpha-3", nullable=True),
        Column("event_key", pl.String, "The provider's own id of the event.", nullable=True),
        Column("locator", pl.String, "Where it can be read: URL, or story id and sentence.", nullable=True),
        Column("line", pl.Int64, "Line of the file it came from.", nullable=True),
        Column("coder", pl.String, "Who coded it, with version where known."),
        Column("confidence", pl.Float64, "The coder's confidence, 0 to 1.", nullable=True),
    ),
)

CELLS = Table(
    "cells",
    "Events added up by day, dyad and type: what measures are made of and what explanations point to.",
    (
        Column("occurred", pl.Date, "Day on which the events are said to have happened.", "UTC day"),
        _ACTOR,
        _RECIPIENT,
        _DIRECTED,
        _EVENT_TYPE,
        _N,
        Column("cooperation_milli", pl.Int64, "Sum of the positive intensities.", "thousandths of a Goldstein point"),
        Column(
            "conflict_milli",
            pl.Int64,
            "Sum of the negative intensities, without the sign.",
            "thousandths of a Goldstein point",
        ),
        _LOWEST,
        Column(
            "square_milli",
            pl.Float64,
            "Sum of squared intensities (taken as alike within a stored row): what bands are made of.",
            "squared thousandths of a Goldstein point",
        ),
    ),
)

COVERAGE = Table(
    "coverage",
    "What a provider covered, day by day. A day that is not covered is a gap, never a zero.",
    (
        _PROVIDER,
        Column("day", pl.Date, "The day.", "UTC day"),
        Column("rows", pl.Int64, "Rows of the provider's files about that day, whoever acted.", "rows"),
        Column("known_at", _TIME, "When that was known.", "UTC"),
        Column(
            "status",
            pl.String,
            "present; thin (far fewer rows than usual for this provider, treated as a gap); absent.",
            allowed=("present", "thin", "absent"),
        ),
    ),
)

WEEKS = Table(
    "weeks",
    "Weekly sums of a dyad or a pair, per covered day; weeks end on the as-of day's weekday.",
    (
        _PAIR,
        Column("actor", pl.String, "State that acts; null in a pair's row (both directions).", nullable=True),
        Column("recipient", pl.String, "State that receives; null in a pair's row.", nullable=True),
        Column("week_end", pl.Date, "Last day of the week.", "UTC day"),
        Column("covered_days", pl.Int64, "Days of the week that the provider covered.", "days"),
        Column("n", pl.Int64, "Events; null when too few days are covered.", "events", nullable=True),
        Column("cooperation", pl.Float64, "Positive intensities per covered day.", "points a day", nullable=True),
        Column("conflict", pl.Float64, "Negative intensities per covered day, no sign.", "points a day", nullable=True),
        Column("balance", pl.Float64, "Cooperation minus conflict.", "points a day", nullable=True),
        Column(
            "balance_se",
            pl.Float64,
            "Standard error of the balance if events arrive independently (compound Poisson).",
            "points a day",
            nullable=True,
        ),
        Column("conflict_share", pl.Float64, "Conflict / (cooperation + conflict).", "0 to 1", nullable=True),
    ),
)

LEVELS = Table(
    "levels",
    "The relation on a stable scale (`level-v1`), weekly, with 90 % bands; null where the week is a gap.",
    (
        *WEEKS.columns,
        Column("scale", pl.Float64, "The pair's typical absolute balance as of the reading.", "points a day"),
        Column("level_raw", pl.Float64, "asinh(balance / scale) of the week alone.", "level", nullable=True),
        Column("level", pl.Float64, "The filtered level.", "level", nullable=True),
        Column("level_low", pl.Float64, "Lower end of its 90 % band.", "level", nullable=True),
        Column("level_high", pl.Float64, "Upper end of its 90 % band.", "level", nullable=True),
        Column("cooperation_level", pl.Float64, "asinh(cooperation / scale).", "level", nullable=True),
        Column("conflict_level", pl.Float64, "asinh(conflict / scale).", "level", nullable=True),
    ),
)

REASONS = Table(
    "reasons",
    "What moved a number: contributions that add up to the change they explain.",
    (
        Column("day", pl.Date, "Day of the cell; null for a remainder row.", nullable=True),
        Column("actor", pl.String, "State that acted; null for a remainder row.", nullable=True),
        Column("recipient", pl.String, "State that received; null for a remainder row.", nullable=True),
        _EVENT_TYPE,
        Column("n", pl.Int64, "Events in the cell.", "events", nullable=True),
        Column("contribution", pl.Float64, "Share of the change.", "points a day"),
        Column("what", pl.String, "The row in words."),
    ),
)

FORECASTS = Table(
    "forecasts",
    "Answers to three-way questions: the probabilities add up to one.",
    (
        _PAIR,
        _ORIGIN,
        _HORIZON,
        Column("p_deteriorate", pl.Float64, "Probability of `deteriorate`.", "0 to 1"),
        Column("p_hold", pl.Float64, "Probability of `hold`.", "0 to 1"),
        Column("p_improve", pl.Float64, "Probability of `improve`.", "0 to 1"),
        Column("p_deteriorate_low", pl.Float64, "Lower end of its 90 % band.", "0 to 1"),
        Column("p_deteriorate_high", pl.Float64, "Upper end of its 90 % band.", "0 to 1"),
        Column("p_hold_low", pl.Float64, "Lower end of its 90 % band.", "0 to 1"),
        Column("p_hold_high", pl.Float64, "Upper end of its 90 % band.", "0 to 1"),
        Column("p_improve_low", pl.Float64, "Lower end of its 90 % band.", "0 to 1"),
        Column("p_improve_high", pl.Float64, "Upper end of its 90 % band.", "0 to 1"),
        Column("model", pl.String, "Name and version of the model."),
    ),
)

RESOLUTIONS = Table(
    "resolutions",
    "What came out of three-way questions, by the rule of `outcome-v1`.",
    (
        _PAIR,
        _ORIGIN,
        _HORIZON,
        Column("reference", pl.Float64, "Mean level of the 13 weeks up to the origin.", "level"),
        Column("future", pl.Float64, "Mean level of the weeks of the horizon.", "level"),
        Column("spread", pl.Float64, "Standard deviation of such changes as known at the origin.", "level"),
        Column("outcome", pl.String, "What happened.", allowed=OUTCOMES),
    ),
)

MOVES = Table(
    "moves",
    "A day's worth of one dyad's behaviour of one quad.",
    (
        Column("occurred", pl.Date, "The day.", "UTC day"),
        _ACTOR,
        _RECIPIENT,
        Column("quad", pl.String, "Quad class; null for public statements.", nullable=True, allowed=QUADS),
        Column("event_types", pl.String, "PLOVER types in it, the most frequent first."),
        _N,
        Column("intensity", pl.Float64, "Sum of the day's intensities.", "Goldstein points"),
        Column("lowest", pl.Float64, "The most hostile single event.", "Goldstein points", nullable=True),
    ),
)

WATCH = Table(
    "watch",
    "Pairs side by side: who moved, and who is likely to move.",
    (
        _PAIR,
        Column(
            "status", pl.String, "Level against the pair's own past year; null with too little history.", nullable=True
        ),
        Column("z", pl.Float64, "How unusual the last four weeks are.", "standard deviations", nullable=True),
        Column("recent", pl.Float64, "Mean level of the last four weeks.", "level", nullable=True),
        Column("usual", pl.Float64, "Mean level of the year before them.", "level", nullable=True),
        Column("n_recent", pl.Int64, "Events of the last four weeks.", "events"),
        _HORIZON,
        Column("p_deteriorate", pl.Float64, "Probability of `deteriorate`.", "0 to 1"),
        Column("p_hold", pl.Float64, "Probability of `hold`.", "0 to 1"),
        Column("p_improve", pl.Float64, "Probability of `improve`.", "0 to 1"),
    ),
)

CHRONOLOGY = Table(
    "chronology",
    "Well-known dated events, in our own words, used to annotate charts.",
    (
        Column("day", pl.Date, "The day it happened.", "UTC day"),
        _ACTOR,
        _RECIPIENT,
        Column(
            "direction",
            pl.String,
            "Which side of the figures it should stand out on.",
            allowed=("cooperation", "conflict"),
        ),
        Column("label", pl.String, "A few words for a chart."),
        Column("text", pl.String, "One sentence of fact."),
    ),
)

TABLES: tuple[Table, ...] = (
    EVENTS,
    CELLS,
    COVERAGE,
    WEEKS,
    LEVELS,
    REASONS,
    FORECASTS,
    RESOLUTIONS,
    MOVES,
    WATCH,
    CHRONOLOGY,
)


def check_table(frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Return the frame unchanged when it fits the table.

    Raises:
        DataError: naming the first column that is missing, of another type, null or out of its list.
    """
    if frame.schema != table.schema:
        raise DataError(
            f"A table {table.name!r} was handed over.",
            f"Its columns differ from the schema: {_difference(frame.schema, table.schema)}.",
            "Build it with the columns of detente.domain.tables.",
        )
    for column in table.columns:
        _check_column(frame[column.name], column, table.name)
    return frame


def _check_column(values: pl.Series, column: Column, table: str) -> None:
    if not column.nullable and values.null_count():
        raise DataError(
            f"A table {table!r} was handed over.",
            f"Column {column.name!r} holds {values.null_count()} nulls; it must hold none.",
            "Fill it, or leave those rows out by a named rule.",
        )
    if column.allowed and not values.drop_nulls().is_in(list(column.allowed)).all():
        strange = values.drop_nulls().unique().filter(~values.drop_nulls().unique().is_in(list(column.allowed)))
        raise DataError(
            f"A table {table!r} was handed over.",
            f"Column {column.name!r} holds {strange[0]!r}.",
            f"Allowed are: {', '.join(column.allowed)}.",
        )


def _difference(found: pl.Schema, expected: pl.Schema) -> str:
    missing = [name for name in expected if name not in found]
    extra = [name for name in found if name not in expected]
    types = [
        f"{name} is {found[name]}, not {expected[name]}"
        for name in expected
        if name in found and found[name] != expected[name]
    ]
    parts = [f"missing {', '.join(missing)}"] if missing else []
    parts += [f"not known {', '.join(extra)}"] if extra else []
    return "; ".join(parts + types) or "their order differs"
