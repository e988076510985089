"""Arenas: where, or over what, two states cooperate and clash, and which arena moved the balance.

In come ``cells_by_place`` and ``coverage`` of one provider as of a day; out come ``arenas`` and ``arena_changes``. A
place is a country; a theme is read off the CAMEO code (``codebook.theme_of_cameo``), not off the text of a report.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import Literal

import numpy as np
import polars as pl

from detente.codebook import cameo_table, theme_of_cameo
from detente.domain.actors import Pair
from detente.domain.periods import DAYS_IN_WEEK
from detente.domain.tables import ARENA_CHANGES, ARENAS, CELLS_BY_PLACE, COVERAGE, check_table
from detente.relations.measure import Guide, Measure, Quantity, Row, build_rows
from detente.relations.readings import Readings
from detente.relations.resampling import WEEKS_NEEDED, Floats, draw_weeks, in_weeks, share_bands

#: The public name of this algorithm; a changed result is a new name.
ARENAS_RULE = "arenas-v1"
#: The window of the shares: half a year, as for voices.
WINDOW_WEEKS = 26
#: The windows of the change are those of ``explain-v1``, so that the arenas add up to the same number.
RECENT_WEEKS, USUAL_WEEKS = 4, 52
#: With fewer events of a known arena there are no shares.
EVENTS_NEEDED = 20
#: With fewer comparable days before it, a change has nothing to be measured against (eight weeks, as for a status).
USUAL_DAYS_NEEDED = 56
_BAND = 1.6449
_MILLI = 1000.0

#: Places named in the registered measure: those with this share of either side, the busiest so many.
_FAIR_SHARE, _PLACES = 0.02, 6

Kind = Literal["place", "theme"]
KINDS: tuple[Kind, ...] = ("place", "theme")

QUANTITIES = (
    Quantity(
        "conflict_share",
        "Share of the pair's conflict in an arena (the item), of all conflict in known arenas of its kind.",
        "0 to 1",
        0.0,
        1.0,
        steps=(
            (0.05, "hardly any of their conflict"),
            (0.2, "a part of their conflict"),
            (0.5, "much of their conflict"),
            (math.inf, "most of their conflict"),
        ),
        is_headline=True,
    ),
    Quantity(
        "cooperation_share",
        "Share of the pair's cooperation in an arena (the item), likewise.",
        "0 to 1",
        0.0,
        1.0,
        steps=(
            (0.05, "hardly any of their cooperation"),
            (0.2, "a part of their cooperation"),
            (0.5, "much of their cooperation"),
            (math.inf, "most of their cooperation"),
        ),
        is_headline=True,
    ),
    Quantity(
        "change",
        "What an arena (the item) added to the balance of the last 4 weeks against the up to 52 before.",
        "points a day",
        steps=((0.0, "made the balance worse"), (math.inf, "made the balance no worse")),
    ),
)


def measure_arenas(
    cells_by_place: pl.DataFrame, coverage: pl.DataFrame, pair: Pair, *, as_of: dt.date, kind: Kind, seed: int = 1
) -> pl.DataFrame:
    """Where, or over what, do the two meet as partners, and where as opponents?

    share = Σ conflict in the arena / Σ conflict in all known arenas over the last 26 weeks, both directions together;
    likewise for cooperation. The 90 % band draws whole weeks again, 1,000 times.

    A high share of conflict with a low one of cooperation is a place, or a matter, of dispute; the reverse is common
    ground. Both high means that they are busy there. Events whose arena is not known are counted in a row of their own
    and left out of the shares; shares are null with fewer than 20 events of a known arena. It cannot tell what a
    dispute is about from where it is reported: the place is the country that the source found in the report, often
    simply one of the two states; the theme is what the event's code says, and many codes ("accuse") name no matter.

    Diehl (1992) on issues and places of disputes; Boschee et al. (2015) for places.

    Args:
        cells_by_place: Rows of ``cells_by_place``; those of other pairs are left out.
        coverage: Rows of ``coverage``.
        pair: The two states.
        as_of: Last day of the window.
        kind: ``place`` or ``theme``.
        seed: Seed of the draws.

    Returns:
        Rows of ``arenas``, the busiest first, events of no known arena last.

    Raises:
        DataError: when a table does not fit its schema.

    >>> day = dt.date(2018, 3, 26)
    >>> cells = pl.DataFrame([
    ...     {"occurred": day - dt.timedelta(days=7 * week), "actor": "USA", "recipient": "RUS", "directed": True,
    ...      "event_type": kind, "provider_code": code, "place": place, "n": 2, "cooperation_milli": good,
    ...      "conflict_milli": bad, "square_milli": 0.0}
    ...     for week in range(8) for kind, code, place, good, bad in [
    ...         ("CONSULT", "042", "FIN", 2_000, 0),
    ...         ("COERCE", "163", "SYR", 0, 6_000),
    ...         ("ACCUSE", "112", "FIN", 0, 2_000)]
    ... ], schema=CELLS_BY_PLACE.schema)
    >>> days = pl.DataFrame(
    ...     [("p", day - dt.timedelta(days=back), 9, dt.datetime(2018, 3, 26), "present") for back in range(56)],
    ...     schema=COVERAGE.schema, orient="row")
    >>> places = measure_arenas(cells, days, Pair("USA", "RUS"), as_of=day, kind="place")
    >>> places.select("arena", "soil", "cooperation_share", "conflict_share").rows()
    [('FIN', 'third', 1.0, 0.25), ('SYR', 'third', 0.0, 0.75)]
    >>> themes = measure_arenas(cells, days, Pair("USA", "RUS"), as_of=day, kind="theme")
    >>> themes.select("arena", "n", "conflict_share").rows()
    [('talks and ties', 16, 0.0), ('trade and aid', 16, 1.0), (None, 16, None)]
    """
    return _shares_of(_arenas_of(cells_by_place, coverage, pair, kind), coverage, pair, as_of, kind, seed)


def arena_tables(
    cells_by_place: pl.DataFrame, coverage: pl.DataFrame, pair: Pair, *, as_of: dt.date, kind: Kind, seed: int = 1
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What `measure_arenas` and `explain_by_arena` give, from one look at the cells."""
    own = _arenas_of(cells_by_place, coverage, pair, kind)
    return _shares_of(own, coverage, pair, as_of, kind, seed), _changes_of(own, coverage, pair, as_of, kind)


def explain_by_arena(
    cells_by_place: pl.DataFrame, coverage: pl.DataFrame, pair: Pair, *, as_of: dt.date, kind: Kind
) -> pl.DataFrame:
    """Which place, or which matter, made relations better or worse in the last four weeks?

    change = Σ recent intensity / recent days − Σ usual intensity / usual days of the arena, over covered days: the last
    4 weeks against the up to 52 before, as in ``explain-v1``. The rows add up to the pair's change, events of no known
    arena included. The 90 % band takes events to arrive independently (a compound Poisson sum).

    Above zero the arena made the balance better, below zero worse; with zero inside its band nothing is shown. Places
    are compared over weeks in which at least half of the pair's events have one, so that a source which begins to name
    places does not look like a change; days so left out are not in the day counts. There are no rows with fewer than 56
    comparable days before, or none in the last four weeks. It cannot tell why an arena moved, nor what happened there
    that was not reported.

    Diehl (1992); Boschee et al. (2015).

    Args:
        cells_by_place: Rows of ``cells_by_place``; those of other pairs are left out.
        coverage: Rows of ``coverage``.
        pair: The two states.
        as_of: Last day of the recent window.
        kind: ``place`` or ``theme``.

    Returns:
        Rows of ``arena_changes``, the largest change first.

    Raises:
        DataError: when a table does not fit its schema.

    >>> explain_by_arena(CELLS_BY_PLACE.empty(), COVERAGE.empty(), Pair("USA", "RUS"), as_of=dt.date(2018, 3, 26),
    ...                  kind="theme").height
    0
    """
    return _changes_of(_arenas_of(cells_by_place, coverage, pair, kind), coverage, pair, as_of, kind)


def _shares_of(
    own: pl.DataFrame, coverage: pl.DataFrame, pair: Pair, as_of: dt.date, kind: Kind, seed: int
) -> pl.DataFrame:
    rows, weeks = in_weeks(own, coverage, as_of=as_of, weeks=WINDOW_WEEKS)
    first = as_of - dt.timedelta(days=WINDOW_WEEKS * DAYS_IN_WEEK - 1)
    table = (
        rows.group_by("arena")
        .agg(pl.col("soil").first(), pl.col("n").sum())
        .sort(pl.col("arena").is_null(), "n", "arena", descending=[False, True, False], nulls_last=True)
        .with_columns(pl.lit(pair.id).alias("pair"), pl.lit(kind).alias("kind"))
        .with_columns(pl.lit(first).alias("from_day"), pl.lit(as_of).alias("to_day"))
    )
    known = table["arena"].drop_nulls()
    is_enough = weeks >= WEEKS_NEEDED and table.filter(pl.col("arena").is_not_null())["n"].sum() >= EVENTS_NEEDED
    ends = {}
    for name in ("cooperation", "conflict"):
        parts = _by_week(rows, known, f"{name}_milli", weeks)
        if is_enough and parts.sum() > 0:
            bands = share_bands(parts, draw_weeks(weeks, seed=seed))
            ends[f"{name}_share"] = (parts.sum(axis=1) / parts.sum()).tolist()
            ends[f"{name}_share_low"] = [max(low, 0.0) for low, _ in bands]
            ends[f"{name}_share_high"] = [min(high, 1.0) for _, high in bands]
    unknown = [None] * (table.height - known.len())  # last in the table: it has no shares
    none = [None] * table.height
    shares = [
        pl.Series(name, [*ends[name], *unknown] if name in ends else none, pl.Float64)
        for name in ARENAS.names
        if "_share" in name
    ]
    return check_table(table.with_columns(shares).select(ARENAS.names), ARENAS)


def _by_week(rows: pl.DataFrame, arenas: pl.Series, column: str, weeks: int) -> Floats:
    """One column added up by arena and week, shape (arenas, weeks)."""
    held = rows.drop_nulls("arena")
    row = held["arena"].cast(pl.Enum(arenas)).to_physical().to_numpy().astype(np.int64)
    place = row * weeks + held["week"].to_numpy()
    sums = np.bincount(place, held[column].to_numpy().astype(np.float64), minlength=arenas.len() * weeks)
    return np.asarray(sums.reshape(arenas.len(), weeks), dtype=np.float64)


def _changes_of(own: pl.DataFrame, coverage: pl.DataFrame, pair: Pair, as_of: dt.date, kind: Kind) -> pl.DataFrame:
    days = _comparable_days(own, coverage, as_of, kind)
    recent_from = as_of - dt.timedelta(days=RECENT_WEEKS * DAYS_IN_WEEK - 1)
    recent_days = int((days["occurred"] >= recent_from).sum())
    usual_days = days.height - recent_days
    if not recent_days or usual_days < USUAL_DAYS_NEEDED:
        return ARENA_CHANGES.empty()
    is_recent = pl.col("occurred") >= recent_from
    net = (pl.col("cooperation_milli") - pl.col("conflict_milli")) / _MILLI
    square = pl.col("square_milli") / _MILLI**2
    table = (
        own.join(days, on="occurred", how="semi")
        .group_by("arena")
        .agg(
            pl.col("soil").first(),
            pl.col("n").sum(),
            (net.filter(is_recent).sum() / recent_days).alias("recent"),
            (net.filter(~is_recent).sum() / usual_days).alias("usual"),
            (square.filter(is_recent).sum() / recent_days**2 + square.filter(~is_recent).sum() / usual_days**2)
            .sqrt()
            .alias("error"),
        )
        .with_columns(
            pl.lit(pair.id).alias("pair"),
            pl.lit(kind).alias("kind"),
            pl.lit(days["occurred"].min(), pl.Date).alias("from_day"),
            pl.lit(as_of).alias("to_day"),
            pl.lit(recent_days, pl.Int64).alias("recent_days"),
            pl.lit(usual_days, pl.Int64).alias("usual_days"),
            (pl.col("recent") - pl.col("usual")).alias("change"),
        )
        .with_columns(
            (pl.col("change") - _BAND * pl.col("error")).alias("change_low"),
            (pl.col("change") + _BAND * pl.col("error")).alias("change_high"),
        )
        .sort(pl.col("change").abs(), "arena", descending=[True, False])
    )
    return check_table(table.select(ARENA_CHANGES.names), ARENA_CHANGES)


def _arenas_of(cells_by_place: pl.DataFrame, coverage: pl.DataFrame, pair: Pair, kind: Kind) -> pl.DataFrame:
    """The pair's cells with ``arena`` and ``soil``."""
    check_table(cells_by_place, CELLS_BY_PLACE)
    check_table(coverage, COVERAGE)
    both = [pair.a, pair.b]
    own = cells_by_place.filter(pl.col("actor").is_in(both), pl.col("recipient").is_in(both))
    if kind == "theme":
        return _with_themes(own).with_columns(pl.lit(None, pl.String).alias("soil"))
    soil = pl.when(pl.col("place").is_in(both)).then(pl.lit("own")).when(pl.col("place").is_not_null())
    return own.with_columns(pl.col("place").alias("arena"), soil.then(pl.lit("third")).alias("soil"))


def _with_themes(cells: pl.DataFrame) -> pl.DataFrame:
    """Cells with their theme as ``arena``; a code counts as CAMEO where it has the type that CAMEO gives it."""
    cameo = cameo_table().select(provider_code="code", event_type="event_type")
    codes = (
        cells.select("provider_code", "event_type")
        .unique()
        .join(cameo, on=["provider_code", "event_type"], how="semi", nulls_equal=True)
    )
    themes = codes.drop_nulls("provider_code").with_columns(
        pl.Series("arena", [theme_of_cameo(code) for code in codes["provider_code"].drop_nulls()], pl.String)
    )
    return cells.join(themes, on=["provider_code", "event_type"], how="left", nulls_equal=True)


def _comparable_days(cells: pl.DataFrame, coverage: pl.DataFrame, as_of: dt.date, kind: Kind) -> pl.DataFrame:
    """Covered days of both windows, as ``occurred``; for places, of weeks in which half of the events have one.

    A week without an event is comparable once an earlier one was.
    """
    weeks_back = ((pl.lit(as_of) - pl.col("occurred")).dt.total_days() // DAYS_IN_WEEK).alias("back")
    first = as_of - dt.timedelta(days=(RECENT_WEEKS + USUAL_WEEKS) * DAYS_IN_WEEK - 1)
    days = coverage.filter(pl.col("status") == "present", pl.col("day").is_between(first, as_of)).select(
        pl.col("day").alias("occurred")
    )
    if kind == "theme":
        return days
    days = days.with_columns(weeks_back)
    counts = (
        cells.join(days, on="occurred")
        .group_by("back")
        .agg(pl.col("n").sum().alias("all"), pl.col("n").filter(pl.col("arena").is_not_null()).sum().alias("placed"))
    )
    weeks = (
        days.select("back")
        .unique()
        .join(counts, on="back", how="left")
        .sort("back", descending=True)
        .with_columns((2 * pl.col("placed") >= pl.col("all")).forward_fill().fill_null(value=False).alias("is_placed"))
    )
    return days.join(weeks.filter("is_placed"), on="back", how="semi").select("occurred")


def arenas(tables: Readings, pair: Pair, as_of: dt.date, *, seed: int = 1) -> pl.DataFrame:
    """Shares of conflict and cooperation by theme and place, and which of them moved the balance.

    Args:
        tables: The readings.
        pair: The pair.
        as_of: The day at whose end to measure.
        seed: Seed of the draws.

    Returns:
        Rows of ``measures``; see ``measure_arenas`` and ``explain_by_arena``, which have all places.
    """
    known = tables.known(as_of)
    cells = known.by_place(pair)
    rows: list[Row] = []
    if cells["n"].sum() >= EVENTS_NEEDED:
        for kind in KINDS:
            shares, changes = arena_tables(cells, known.coverage, pair, as_of=as_of, kind=kind, seed=seed)
            rows += _rows_of(shares, changes, as_of)
    if not any(row.quantity == "conflict_share" and row.value is not None for row in rows):
        note = f"fewer than {EVENTS_NEEDED} events of a known arena, or fewer than {WEEKS_NEEDED} covered weeks"
        rows = [Row(name, None, note=note) for name in ("conflict_share", "cooperation_share", "change")]
    return build_rows(ARENAS_RULE, QUANTITIES, pair, as_of, rows)


def _rows_of(shares: pl.DataFrame, changes: pl.DataFrame, as_of: dt.date) -> list[Row]:
    """One kind's weighty arenas: both shares, and the change where there is one."""
    fair = pl.max_horizontal("conflict_share", "cooperation_share") >= _FAIR_SHARE
    moved = {row["arena"]: row for row in changes.iter_rows(named=True)}
    rows = []
    for row in shares.filter(fair, pl.col("arena").is_not_null()).head(_PLACES).iter_rows(named=True):
        for name in ("conflict_share", "cooperation_share"):
            ends = (row[f"{name}_low"], row[f"{name}_high"], row["n"], row["from_day"], as_of)
            note = "band: 1,000 draws of whole weeks" if row[name] is not None else "there is none of it at all"
            rows.append(Row(name, row[name], *ends, item=row["arena"], note=note))
        if (change := moved.get(row["arena"])) is not None:
            compared = change["recent_days"] + change["usual_days"]
            ends = (change["change_low"], change["change_high"], change["n"], change["from_day"], as_of)
            note = f"{compared} days compared; band: events taken to arrive independently"
            rows.append(Row("change", change["change"], *ends, item=row["arena"], note=note))
    return rows


MEASURE = Measure(
    name=ARENAS_RULE,
    title="Arenas: where and over what",
    function=arenas,
    quantities=QUANTITIES,
    is_directed=False,
    weeks_needed=WEEKS_NEEDED,
    guide=Guide(
        sentence=(
            "Where, and over what, two states clash and cooperate, both directions together, and which place or matter "
            "made their relations better or worse of late."
        ),
        formula=(
            "share = Σ conflict (cooperation) in the arena / Σ in all known arenas of its kind, last 26 weeks, with "
            "bands from 1,000 draws of whole weeks; change = its points a day in the last 4 weeks − in the 52 before."
        ),
        high="A high share of conflict with a low one of cooperation: a matter, or a place, of dispute.",
        low="A low share of conflict with a high one of cooperation: common ground.",
        missing="Null with fewer than 20 events of a known arena; places only where the source names them.",
        cannot_tell=(
            "What a dispute is about from where it is reported: a place is the country found in the report, a theme "
            "is what the event's code says, and many codes name no matter. Nor why an arena moved."
        ),
    ),
    citations=("diehl1992", "boschee2015", "efron1993"),
)
