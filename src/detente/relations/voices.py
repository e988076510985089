"""Voices: how each branch of a state behaves towards another state, and how far executive and legislature stand apart.

In come ``cells_by_role`` and ``coverage`` of one provider as of a day; out come ``voices`` and ``voice_gaps``.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Any

import polars as pl

from detente.domain.actors import Dyad, Pair
from detente.domain.periods import DAYS_IN_WEEK
from detente.domain.tables import CELLS_BY_ROLE, COVERAGE, ROLES, VOICE_GAPS, VOICES, check_table
from detente.relations.measure import Guide, Measure, Quantity, Row, build_rows
from detente.relations.readings import Readings
from detente.relations.resampling import WEEKS_NEEDED, Floats, difference_band, draw_weeks, in_weeks, ratio_band, weekly

#: The public name of this algorithm; a changed result is a new name.
VOICES_RULE = "voices-v1"
#: Half a year: a legislature is heard of a few times a week at most, and a year would hide that it changed its tune.
WINDOW_WEEKS = 26
#: A branch with fewer events, or heard in fewer weeks, has no numbers of its own; with 20 events of a spread of about
#: four points the band is already some three points wide.
EVENTS_NEEDED = 20
WEEKS_HEARD = 6
_MILLI = 1000.0
#: Branches of which it is said that they were hardly heard; others are only counted in the table ``voices``.
_ASKED = ("executive", "legislature", "military")
#: The state named as such, or a name that could not be placed.
NOBODY = "no one named"
_NEEDED = f"{EVENTS_NEEDED} in {WEEKS_HEARD} weeks are needed"
_NOTE = "band: 1,000 draws of whole weeks"

QUANTITIES = (
    Quantity(
        "gap",
        "Tone of the executive minus tone of the legislature.",
        "Goldstein points an event",
        steps=(
            (-1.0, "the executive is clearly harsher than the legislature"),
            (-0.3, "the executive is somewhat harsher than the legislature"),
            (0.3, "executive and legislature are about alike"),
            (1.0, "the executive is somewhat milder than the legislature"),
            (math.inf, "the executive is clearly milder than the legislature"),
        ),
        is_headline=True,
    ),
    Quantity(
        "tone",
        "Cooperation minus conflict of the mean event of a branch (the item).",
        "Goldstein points an event",
        -10.0,
        10.0,
        steps=(
            (-4.0, "hostile by deed"),
            (-1.0, "mostly hostile in words"),
            (1.0, "as friendly as hostile"),
            (3.0, "mostly friendly in words"),
            (math.inf, "friendly by deed"),
        ),
        is_headline=True,
    ),
)


@dataclass(frozen=True)
class _Voice:
    """One branch's events, cooperation and conflict by week."""

    n: Floats
    cooperation: Floats
    conflict: Floats

    @property
    def is_heard(self) -> bool:
        """Whether there is evidence enough for numbers."""
        enough_weeks = len(self.n) >= WEEKS_NEEDED and int((self.n > 0).sum()) >= WEEKS_HEARD
        return enough_weeks and self.n.sum() >= EVENTS_NEEDED


@dataclass(frozen=True)
class _Heard:
    """Who was heard of a pair, by direction and role; only those with an event.

    Args:
        voices: By direction.
        weeks: Weeks with a covered day.
        first: First day of the window.
        last: Last day of it.
    """

    voices: dict[Dyad, dict[str | None, _Voice]]
    weeks: int
    first: dt.date
    last: dt.date


def measure_voices(
    cells_by_role: pl.DataFrame, coverage: pl.DataFrame, pair: Pair, *, as_of: dt.date, seed: int = 1
) -> pl.DataFrame:
    """Who in a state is kind or hostile to the other state: its government, its parliament, its soldiers?

    tone = Σ intensity / Σ events of a branch over the last 26 weeks, in Goldstein points for the mean event;
    cooperation and conflict are the positive and negative parts apart. The 90 % band draws whole weeks again, 1,000
    times, so that reports of one matter stay together.

    A high tone means that what is reported of this branch is mostly friendly, a low one that it is mostly hostile. It
    is the mean of an event, so a busy branch is not louder than a quiet one: read it beside its share of the events.
    Numbers are null for a branch with fewer than 20 events or heard in fewer than 6 weeks. The row without a role holds
    events in which the state is named as such ("Russia") or nobody could be placed. It cannot tell what a branch
    decides in private, nor whether a branch speaks for the state; and reporters choose whom to quote.

    Putnam (1988) on why branches differ; Boschee et al. (2015) for sectors; Efron and Tibshirani (1993), ch. 8, for
    drawing blocks.

    Args:
        cells_by_role: Rows of ``cells_by_role``; those of other pairs, and without a direction, are left out.
        coverage: Rows of ``coverage``.
        pair: The two states.
        as_of: Last day of the window.
        seed: Seed of the draws.

    Returns:
        Rows of ``voices``, for each direction and role that was heard; none where no day is covered.

    Raises:
        DataError: when a table does not fit its schema.

    >>> day, sums = dt.date(2018, 3, 26), {"n": 12, "square_milli": 0.0}
    >>> cells = pl.DataFrame([
    ...     {"occurred": day - dt.timedelta(days=7 * week), "actor": "USA", "recipient": "RUS", "directed": True,
    ...      "role": role, "cooperation_milli": good, "conflict_milli": bad, **sums}
    ...     for week in range(8) for role, good, bad in [("executive", 36_000, 0), ("legislature", 0, 60_000)]
    ... ], schema=CELLS_BY_ROLE.schema)
    >>> days = pl.DataFrame(
    ...     [("p", day - dt.timedelta(days=back), 9, dt.datetime(2018, 3, 26), "present") for back in range(56)],
    ...     schema=COVERAGE.schema, orient="row")
    >>> voices = measure_voices(cells, days, Pair("USA", "RUS"), as_of=day)
    >>> voices.select("role", "share", "tone").rows()
    [('executive', 0.5, 3.0), ('legislature', 0.5, -5.0)]
    """
    return _tones(_listen(cells_by_role, coverage, pair, as_of), pair, seed)


def voice_tables(
    cells_by_role: pl.DataFrame, coverage: pl.DataFrame, pair: Pair, *, as_of: dt.date, seed: int = 1
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What `measure_voices` and `measure_voice_gaps` give, from one look at the cells."""
    heard = _listen(cells_by_role, coverage, pair, as_of)
    return _tones(heard, pair, seed), _gaps(heard, pair, seed)


def _tones(heard: _Heard, pair: Pair, seed: int) -> pl.DataFrame:
    drawn = draw_weeks(heard.weeks, seed=seed) if heard.weeks else None
    found = []
    for dyad, voices in heard.voices.items():
        total = sum(float(voice.n.sum()) for voice in voices.values())
        for role, voice in voices.items():
            n = float(voice.n.sum())
            row: dict[str, object] = {"pair": pair.id, **vars(dyad), "role": role}
            row |= {"from_day": heard.first, "to_day": heard.last}
            row |= {"n": int(n), "share": n / total}
            if voice.is_heard and drawn is not None:
                parts = {"cooperation": voice.cooperation, "conflict": voice.conflict}
                for name, top in (parts | {"tone": voice.cooperation - voice.conflict}).items():
                    low, high = ratio_band(top, voice.n, drawn)
                    low = low if name == "tone" else max(low, 0.0)
                    row |= {name: float(top.sum() / n), f"{name}_low": low, f"{name}_high": high}
            found.append(row)
    return check_table(pl.DataFrame(found, schema=VOICES.schema), VOICES)


def measure_voice_gaps(
    cells_by_role: pl.DataFrame, coverage: pl.DataFrame, pair: Pair, *, as_of: dt.date, seed: int = 1
) -> pl.DataFrame:
    """Does a state's government speak more softly than its parliament, or more harshly?

    gap = tone of the executive − tone of the legislature (see ``measure_voices``), in Goldstein points for the mean
    event, over the last 26 weeks. The 90 % band draws the same weeks for both, so that what moves both cancels out.

    Above zero the executive is the more friendly of the two towards the other state, below zero the more hostile; with
    zero inside the band, no difference is shown. It is null where either has fewer than 20 events or was heard in fewer
    than 6 weeks, which is so for most pairs. It cannot tell whether they disagree: they may speak of different matters,
    and a division of labour looks the same as a quarrel.

    Putnam (1988); Boschee et al. (2015); Efron and Tibshirani (1993), ch. 8.

    Args:
        cells_by_role: Rows of ``cells_by_role``; those of other pairs, and without a direction, are left out.
        coverage: Rows of ``coverage``.
        pair: The two states.
        as_of: Last day of the window.
        seed: Seed of the draws.

    Returns:
        Rows of ``voice_gaps``, one for each direction.

    Raises:
        DataError: when a table does not fit its schema.

    >>> nothing = CELLS_BY_ROLE.empty(), COVERAGE.empty()
    >>> gaps = measure_voice_gaps(*nothing, Pair("USA", "RUS"), as_of=dt.date(2018, 3, 1))
    >>> gaps.select("actor", "n_executive", "gap").rows()
    [('USA', 0, None), ('RUS', 0, None)]
    """
    return _gaps(_listen(cells_by_role, coverage, pair, as_of), pair, seed)


def _gaps(heard: _Heard, pair: Pair, seed: int) -> pl.DataFrame:
    found = []
    for dyad, voices in heard.voices.items():
        both = [voices.get(name) for name in ("executive", "legislature")]
        counts = [int(voice.n.sum()) if voice else 0 for voice in both]
        row: dict[str, object] = {"pair": pair.id, **vars(dyad), "from_day": heard.first, "to_day": heard.last}
        row |= dict(zip(("n_executive", "n_legislature"), counts, strict=True))
        told = [(voice.cooperation - voice.conflict, voice.n) for voice in both if voice and voice.is_heard]
        if len(told) == len(both):
            executive, legislature = told
            gap = executive[0].sum() / executive[1].sum() - legislature[0].sum() / legislature[1].sum()
            low, high = difference_band(executive, legislature, draw_weeks(heard.weeks, seed=seed))
            row |= {"gap": float(gap), "gap_low": low, "gap_high": high}
        found.append(row)
    return check_table(pl.DataFrame(found, schema=VOICE_GAPS.schema), VOICE_GAPS)


def _listen(cells_by_role: pl.DataFrame, coverage: pl.DataFrame, pair: Pair, as_of: dt.date) -> _Heard:
    """The voices of both directions in the order of the list of roles, nobody in particular last."""
    check_table(cells_by_role, CELLS_BY_ROLE)
    check_table(coverage, COVERAGE)
    both = [pair.a, pair.b]
    own = cells_by_role.filter("directed", pl.col("actor").is_in(both), pl.col("recipient").is_in(both))
    rows, weeks = in_weeks(own, coverage, as_of=as_of, weeks=WINDOW_WEEKS)
    by_voice = {(actor, role): part for (actor, role), part in rows.group_by("actor", "role")}
    voices = {
        dyad: {
            role: _voice(by_voice[dyad.actor, role], weeks) for role in (*ROLES, None) if (dyad.actor, role) in by_voice
        }
        for dyad in pair.dyads
    }
    return _Heard(voices, weeks, as_of - dt.timedelta(days=WINDOW_WEEKS * DAYS_IN_WEEK - 1), as_of)


def _voice(rows: pl.DataFrame, weeks: int) -> _Voice:
    return _Voice(
        weekly(rows, "n", weeks),
        weekly(rows, "cooperation_milli", weeks) / _MILLI,
        weekly(rows, "conflict_milli", weeks) / _MILLI,
    )


def voices(tables: Readings, pair: Pair, as_of: dt.date, *, seed: int = 1) -> pl.DataFrame:
    """Each branch's tone and the gap between executive and legislature, of both directions.

    Args:
        tables: The readings.
        pair: The pair.
        as_of: The day at whose end to measure.
        seed: Seed of the draws.

    Returns:
        Rows of ``measures``; see ``measure_voices`` and ``measure_voice_gaps``.
    """
    known = tables.known(as_of)
    cells = known.by_role(pair)
    n = int(cells["n"].sum())
    if n < EVENTS_NEEDED:
        rows = [_few(dyad, f"{n} events of the pair in all") for dyad in pair.dyads]
        return build_rows(VOICES_RULE, QUANTITIES, pair, as_of, [row for both in rows for row in both])
    found, gaps = voice_tables(cells, known.coverage, pair, as_of=as_of, seed=seed)
    rows = [_rows_of(found, gap, dyad) for dyad, gap in zip(pair.dyads, gaps.iter_rows(named=True), strict=True)]
    return build_rows(VOICES_RULE, QUANTITIES, pair, as_of, [row for both in rows for row in both])


def _few(dyad: Dyad, why: str) -> list[Row]:
    """What is said of a direction with hardly an event."""
    note = f"{why}; {_NEEDED}"
    return [Row("gap", None, dyad=dyad, note=note), *(Row("tone", None, dyad=dyad, item=r, note=note) for r in _ASKED)]


def _rows_of(found: pl.DataFrame, gap: dict[str, Any], dyad: Dyad) -> list[Row]:
    """One direction's gap and its voices: those heard enough, and those that are asked for."""
    window = (gap["from_day"], gap["to_day"], dyad)
    few = f"{gap['n_executive']} events of the executive and {gap['n_legislature']} of the legislature; {_NEEDED}"
    ends = (gap["gap_low"], gap["gap_high"], gap["n_executive"] + gap["n_legislature"])
    rows = [Row("gap", gap["gap"], *ends, *window, note=few if gap["gap"] is None else _NOTE)]
    of_role = {row["role"]: row for row in found.filter(actor=dyad.actor).iter_rows(named=True)}
    for role in (*ROLES, None):
        row = of_role.get(role, {"n": 0, "tone": None, "tone_low": None, "tone_high": None})
        if row["tone"] is not None or role in _ASKED:
            ends = (row["tone_low"], row["tone_high"], row["n"])
            note = _NOTE if row["tone"] is not None else f"{row['n']} events; {_NEEDED}"
            rows.append(Row("tone", row["tone"], *ends, *window, role or NOBODY, note))
    return rows


MEASURE = Measure(
    name=VOICES_RULE,
    title="Voices: who speaks for the state",
    function=voices,
    quantities=QUANTITIES,
    is_directed=True,
    weeks_needed=WEEKS_NEEDED,
    guide=Guide(
        sentence=(
            "How each branch of a state, its government, parliament or soldiers, behaves towards the other state, and "
            "whether the government is milder or harsher than the parliament."
        ),
        formula=(
            "tone = Σ intensity / Σ events of a branch in the last 26 weeks; gap = tone of the executive − tone of the "
            "legislature; 90 % bands from 1,000 draws of whole weeks, the same for both."
        ),
        high="A tone well above zero: what is reported of this branch is friendly. A gap above zero: a mild executive.",
        low="A tone well below zero: what is reported of it is hostile. A gap below zero: a harsh executive.",
        missing="Null for a branch with fewer than 20 events or heard in fewer than 6 weeks: so for most parliaments.",
        cannot_tell=(
            "What a branch decides in private, or whether two branches disagree: they may speak of different matters, "
            "and a division of labour looks the same as a quarrel. Reporters choose whom to quote."
        ),
    ),
    citations=("putnam1988", "boschee2015", "efron1993"),
)
