"""Attention: how much of a state's reported behaviour goes to the partner, where it ranks, and who displaced it."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import polars as pl

from detente.codebook import state_name
from detente.domain.actors import Dyad, Pair
from detente.domain.periods import DAYS_IN_WEEK
from detente.relations.bands import wilson_band
from detente.relations.measure import Guide, Measure, Quantity, Row, build_rows
from detente.relations.readings import GRID_WEEKS, Known, Readings

ATTENTION = "attention-v1"
RECENT_WEEKS = 13
#: Weeks in which the actor did anything, of each window; with fewer a share says little.
WEEKS_NEEDED = 8
DRAWS = 400
_DISPLACERS = 3
_LOW, _HIGH = 0.05, 0.95
Floats = npt.NDArray[np.float64]

QUANTITIES = (
    Quantity(
        "share",
        "Share of the actor's reported events, towards all states, that go to the recipient: mean of 13 weekly shares.",
        "0 to 1",
        0.0,
        1.0,
        steps=(
            (0.01, "hardly on its agenda"),
            (0.05, "a small part of its agenda"),
            (0.15, "a sizeable part of its agenda"),
            (0.3, "a large part of its agenda"),
            (math.inf, "the bulk of its agenda"),
        ),
        is_headline=True,
        repeats=0.05,
        volume=0.03,
    ),
    Quantity(
        "rank",
        "Place of the recipient among all states by that share; 1 is first.",
        "rank",
        1.0,
        steps=(
            (1.5, "its first concern among states"),
            (3.5, "among its first three"),
            (10.5, "among its first ten"),
            (math.inf, "not among its first ten"),
        ),
        is_headline=True,
    ),
    Quantity(
        "change",
        "The share minus that of the up to 52 weeks before.",
        "−1 to 1",
        -1.0,
        1.0,
        steps=(
            (-0.05, "far less than in the year before"),
            (-0.01, "less than in the year before"),
            (0.01, "about as in the year before"),
            (0.05, "more than in the year before"),
            (math.inf, "far more than in the year before"),
        ),
        repeats=0.05,
        volume=0.03,
    ),
    Quantity(
        "displaced_by",
        "Share that a third state (the item) gained with the actor while the recipient's fell beyond its band.",
        "0 to 1",
        0.0,
        1.0,
    ),
)
_NOTE = f"band: {DRAWS} draws of whole weeks, or a Wilson interval of the counts where that is wider"
_DRAWN = f"band: {DRAWS} draws of whole weeks"


def attention(tables: Readings, pair: Pair, as_of: dt.date, *, seed: int = 1) -> pl.DataFrame:
    """How much of a state's reported behaviour towards all states is towards this partner.

    share = mean over the last 13 weeks of (events to the recipient / events to all states); rank by share; change
    against the up to 52 weeks before. A mean of weekly shares gives every week the same say, so a busy week of news
    does not weigh more. Where the share fell beyond its band, the states that gained most beyond theirs are named.

    Args:
        tables: The readings, of all dyads.
        pair: The pair.
        as_of: The day at whose end to measure.
        seed: Of the draws that make the bands.

    Returns:
        Rows of ``measures``; null where the actor was reported to do anything in fewer than 8 of the 13 weeks.
    """
    known = tables.known(as_of)
    rows = [row for dyad in pair.dyads for row in _towards(known, dyad, seed)]
    return build_rows(ATTENTION, QUANTITIES, pair, as_of, rows)


@dataclass(frozen=True)
class Agenda:
    """Shares of one state's outgoing events, by recipient, in a window of weeks.

    Args:
        share: Mean of weekly shares, of each recipient.
        draws: The same under each redraw of the weeks: draws × recipients.
        to: Events to each recipient.
        n: Events to all.
        weeks: Weeks in which the state did anything.
        since: First day of the window.
        until: Last day of it.
    """

    share: Floats
    draws: Floats
    to: npt.NDArray[np.int64]
    n: int
    weeks: int
    since: dt.date
    until: dt.date

    def band(self, place: int) -> tuple[float, float]:
        """The wider of the redrawn band and a Wilson interval, of one recipient's share."""
        low, high = np.quantile(self.draws[:, place], (_LOW, _HIGH))
        least, most = wilson_band(int(self.to[place]), self.n)
        return min(float(low), least), max(float(high), most)


def _towards(known: Known, dyad: Dyad, seed: int) -> list[Row]:
    grid = known.grid
    now = _agenda(known, dyad.actor, slice(GRID_WEEKS - RECENT_WEEKS, GRID_WEEKS), seed)
    if now is None or dyad.recipient not in grid.index:
        note = f"the actor is reported in fewer than {WEEKS_NEEDED} of the last {RECENT_WEEKS} weeks"
        if now is None:
            return [Row(name, None, dyad=dyad, note=note) for name in ("share", "rank", "change")]
        return [_absent(now, dyad)]
    place = grid.index[dyad.recipient]
    low, high = now.band(place)
    window = (now.n, now.since, now.until, dyad)
    others = int((now.to > 0).sum())
    ranks = 1 + (now.draws > now.draws[:, [place]]).sum(axis=1)
    rank = 1 + int((now.share > now.share[place]).sum())
    spread = np.quantile(ranks, (_LOW, _HIGH))
    rows = [
        Row("share", float(now.share[place]), low, high, *window, note=_NOTE),
        Row("rank", rank, float(spread[0]), float(spread[1]), *window, note=f"of {others} states; {_DRAWN}"),
    ]
    before = _agenda(known, dyad.actor, slice(0, GRID_WEEKS - RECENT_WEEKS), seed + 1)
    if before is None:
        note = f"the actor is reported in fewer than {WEEKS_NEEDED} of the 52 weeks before"
        return [*rows, Row("change", None, n=now.n, dyad=dyad, note=note)]
    return rows + _changes(known, now, before, dyad)


def _absent(now: Agenda, dyad: Dyad) -> Row:
    """A state that took part in nothing in 65 weeks: a true zero, with the interval of so many events without it."""
    _, high = wilson_band(0, now.n)
    return Row("share", 0.0, 0.0, high, now.n, now.since, now.until, dyad, note="band: a Wilson interval of the counts")


def _changes(known: Known, now: Agenda, before: Agenda, dyad: Dyad) -> list[Row]:
    place = known.grid.index[dyad.recipient]
    gains, draws = now.share - before.share, now.draws - before.draws
    n, since = now.n + before.n, before.since
    low, high = np.quantile(draws[:, place], (_LOW, _HIGH))
    rows = [Row("change", float(gains[place]), low, high, n, since, now.until, dyad, note=_DRAWN)]
    if high >= 0:
        return rows
    best = [int(other) for other in np.argsort(-gains, kind="stable")[:_DISPLACERS] if gains[other] > 0]
    lows, highs = np.quantile(draws[:, best], (_LOW, _HIGH), axis=0)
    for other, gain_low, gain_high in zip(best, lows, highs, strict=True):
        if gain_low > 0:
            third = known.grid.states[other]
            note = f"{state_name(third)} gained it; shares add up to one, so that is arithmetic, not a motive; {_DRAWN}"
            rows.append(
                Row("displaced_by", float(gains[other]), gain_low, gain_high, n, since, now.until, dyad, third, note)
            )
    return rows


def _agenda(known: Known, actor: str, weeks: slice, seed: int) -> Agenda | None:
    """The actor's agenda in a window of the grid; None where it is reported in too few of its weeks."""
    return known.once((ATTENTION, actor, weeks.start, seed), lambda: _build_agenda(known, actor, weeks, seed))


def _build_agenda(known: Known, actor: str, weeks: slice, seed: int) -> Agenda | None:
    grid = known.grid
    if actor not in grid.index:
        return None
    sent = grid.events[grid.index[actor], :, weeks]
    totals = sent.sum(axis=0)
    held = (totals > 0) & grid.is_covered[weeks]
    count = int(held.sum())
    if count < WEEKS_NEEDED:
        return None
    shares = sent[:, held] / totals[held]
    share = shares.mean(axis=1)
    # Redraws of so few weeks vary too little, by the factor that a sample variance divides by n − 1 for.
    draws = share + (_draw_weeks(count, seed) @ shares.T - share) * math.sqrt(count / (count - 1))
    ends = grid.ends[weeks]
    since = max(ends[0] - dt.timedelta(days=DAYS_IN_WEEK - 1), known.days[0].item())
    return Agenda(share, draws, sent[:, held].sum(axis=1), int(totals[held].sum()), count, since, ends[-1])


@lru_cache(maxsize=2 * GRID_WEEKS)
def _draw_weeks(count: int, seed: int) -> Floats:
    """The share that each of some weeks has of each redraw, shape (draws, weeks); read only."""
    rng = np.random.default_rng([seed, count])
    drawn = rng.multinomial(count, np.full(count, 1 / count), size=DRAWS) / count
    drawn.flags.writeable = False
    return np.asarray(drawn, dtype=np.float64)


MEASURE = Measure(
    name=ATTENTION,
    title="Attention: how high on its agenda",
    function=attention,
    quantities=QUANTITIES,
    is_directed=True,
    weeks_needed=WEEKS_NEEDED,
    guide=Guide(
        sentence=(
            "How much of what a state is reported to do towards other states is done towards this one, where that puts "
            "it on its agenda, and who took its place if it slipped."
        ),
        formula=(
            "Mean over the last 13 weeks of events to the recipient / events to all states; the band redraws whole "
            "weeks 400 times, and is never narrower than a Wilson interval of the counts."
        ),
        high="A large share or a rank near 1: the partner fills the actor's foreign news.",
        low="A small share or a low rank: the actor is busy with others, and they are named where they gained on it.",
        missing="Null where the actor is reported in fewer than 8 of the 13 weeks, or of the 52 before for the change.",
        cannot_tell=(
            "Attention of the news is not attention of a cabinet: it counts reports, which come in the languages and "
            "interests of their papers, and shares add up to one, so one state's gain is always another's loss."
        ),
    ),
    citations=("boydstun2013", "wilson1927", "efron1993"),
)
