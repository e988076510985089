"""Consistency: how mixed a state's words are, whether their tone swings beyond chance, and whether deeds match them.

Everything is counted in *signals*: one type of event on one day of one dyad, however many reports there are of it. So
repeats of a report change nothing, and a busy press does not look like an ambiguous state.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from detente.domain.actors import Dyad, Pair
from detente.domain.periods import DAYS_IN_WEEK
from detente.domain.tables import QUADS
from detente.relations.bands import wilson_band
from detente.relations.measure import Guide, Measure, Quantity, Row, build_rows
from detente.relations.readings import Known, Readings

CONSISTENCY = "consistency-v1"
WINDOW_WEEKS = 26
#: Weeks with two verbal signals or more: with fewer, nothing can be said of their mixture.
WEEKS_NEEDED = 8
#: Words and deeds are compared only with so many signals of each.
SIGNALS_NEEDED = 10
DRAWS = 400
_LOW, _HIGH = 0.05, 0.95
Floats = npt.NDArray[np.float64]

QUANTITIES = (
    Quantity(
        "mixture",
        "Chance that two verbal signals of one week differ in tone, doubled: 0 is one voice, 1 an even mixture.",
        "0 to 1",
        0.0,
        1.0,
        steps=(
            (0.3, "one voice"),
            (0.6, "mostly one tone"),
            (0.85, "mixed"),
            (math.inf, "warm and hostile words about even"),
        ),
        is_headline=True,
        repeats=0.0,
        volume=0.0,
    ),
    Quantity(
        "swing",
        "Share of the variance of tone that lies between weeks beyond what sampling explains (intraclass correlation).",
        "−1 to 1, as a share",
        -1.0,
        1.0,
        steps=(
            (0.02, "no more than volume explains"),
            (0.08, "its tone swings somewhat"),
            (math.inf, "its tone swings from week to week"),
        ),
        is_headline=True,
        repeats=0.0,
        volume=0.0,
    ),
    Quantity(
        "words", "Tone of its words: (warm − hostile) / all verbal signals.", "tone", -1.0, 1.0, (), False, 0.0, 0.0
    ),
    Quantity("deeds", "Tone of its deeds: the same of material signals.", "tone", -1.0, 1.0, (), False, 0.0, 0.0),
    Quantity(
        "words_minus_deeds",
        "Tone of its words minus tone of its deeds, less the same difference among all dyads.",
        "tone",
        -2.0,
        2.0,
        steps=(
            (-0.5, "beside its deeds its words are far harsher than is usual"),
            (-0.15, "beside its deeds its words are harsher than is usual"),
            (0.15, "words beside deeds as is usual"),
            (0.5, "beside its deeds its words are warmer than is usual"),
            (math.inf, "beside its deeds its words are far warmer than is usual"),
        ),
        repeats=0.0,
        volume=0.0,
    ),
)
_WINDOW = slice(-WINDOW_WEEKS, None)
_ORDER = ("verbal cooperation", "verbal conflict", "material cooperation", "material conflict")
_Span = tuple[int, dt.date, dt.date, Dyad]
_NOTE = f"band: {DRAWS} draws of whole weeks"
_COUNTS = "all of one tone; band: a Wilson interval of the counts"


def consistency(tables: Readings, pair: Pair, as_of: dt.date, *, seed: int = 1) -> pl.DataFrame:
    """How mixed a state's words towards the other are, whether their tone swings, and whether deeds match them.

    Over the last 26 weeks, with k hostile of m verbal signals in a week: mixture = 4 · mean of k(m − k) / (m(m − 1)),
    which does not grow with m; swing = the analysis-of-variance estimate of the intraclass correlation of tone by week,
    zero when weeks differ no more than so few signals must. Tone = (warm − hostile) / (warm + hostile), of words and of
    deeds apart; their difference is taken against that of all dyads together, because unfriendly deeds are reported
    more readily than friendly ones. Bands redraw whole weeks.

    Args:
        tables: The readings.
        pair: The pair.
        as_of: The day at whose end to measure.
        seed: Of the draws that make the bands.

    Returns:
        Rows of ``measures`` for each direction; null with fewer than 8 weeks of two verbal signals.
    """
    known = tables.known(as_of)
    drawn = known.once((CONSISTENCY, seed), lambda: _draw_weeks(seed))
    rows = [row for dyad in pair.dyads for row in _of_dyad(known, dyad, drawn)]
    return build_rows(CONSISTENCY, QUANTITIES, pair, as_of, rows)


def _draw_weeks(seed: int) -> Floats:
    """How often each week of the window is drawn, in each redraw; the first row is the window as it is."""
    drawn = np.random.default_rng(seed).multinomial(WINDOW_WEEKS, np.full(WINDOW_WEEKS, 1 / WINDOW_WEEKS), size=DRAWS)
    return np.vstack([np.ones(WINDOW_WEEKS), drawn])


@dataclass(frozen=True)
class _Signals:
    """One dyad's signals by week: warm and hostile words, warm and hostile deeds, of covered weeks."""

    warm: Floats
    hostile: Floats
    warm_deeds: Floats
    hostile_deeds: Floats

    @property
    def words(self) -> int:
        return int((self.warm + self.hostile).sum())

    @property
    def deeds(self) -> int:
        return int((self.warm_deeds + self.hostile_deeds).sum())


def _of_dyad(known: Known, dyad: Dyad, drawn: Floats) -> list[Row]:
    grid = known.grid
    held = grid.is_covered[_WINDOW]
    if dyad.actor in grid.index and dyad.recipient in grid.index:
        place = (grid.index[dyad.actor], grid.index[dyad.recipient], _WINDOW)
        sent = grid.signals[(slice(None), *place)] * held
        events = int((grid.events[place] * held).sum())
    else:
        sent, events = np.zeros((len(QUADS), WINDOW_WEEKS), dtype=np.int16), 0
    signals = _Signals(*(sent[QUADS.index(quad)].astype(np.float64) for quad in _ORDER))
    first = grid.ends[_WINDOW][0] - dt.timedelta(days=DAYS_IN_WEEK - 1)
    since = max(first, known.days[0].item()) if len(known.days) else first
    span = (events, since, known.as_of, dyad)
    usual = known.once((CONSISTENCY, "usual"), lambda: _usual_difference(known))
    return [*_mixed(signals, drawn, span), *_against_deeds(signals, drawn, span, usual)]


def _usual_difference(known: Known) -> float:
    """Tone of the words minus tone of the deeds of all dyads together; NaN where there are none of either."""
    grid = known.grid
    sums = (grid.signals[..., _WINDOW] * grid.is_covered[_WINDOW]).sum(axis=(1, 2, 3), dtype=np.int64)
    warm, hostile, warm_deeds, hostile_deeds = (float(sums[QUADS.index(quad)]) for quad in _ORDER)
    if not warm + hostile or not warm_deeds + hostile_deeds:
        return math.nan
    return (warm - hostile) / (warm + hostile) - (warm_deeds - hostile_deeds) / (warm_deeds + hostile_deeds)


def _mixed(signals: _Signals, drawn: Floats, span: _Span) -> list[Row]:
    count, hostile = signals.warm + signals.hostile, signals.hostile
    enough = count >= 2
    weeks = int(enough.sum())
    if weeks < WEEKS_NEEDED:
        note = f"{weeks} of the last {WINDOW_WEEKS} weeks have two verbal signals; {WEEKS_NEEDED} are needed"
        return [Row(name, None, n=span[0], dyad=span[3], note=note) for name in ("mixture", "swing")]
    count, hostile = np.where(enough, count, 0.0), np.where(enough, hostile, 0.0)
    total, bad = count.sum(), hostile.sum()
    if bad in {0, total}:
        _, rare = wilson_band(0, float(total))
        return [
            Row("mixture", 0.0, 0.0, 4 * rare * (1 - rare), *span, note=_COUNTS),
            Row("swing", None, n=span[0], dyad=span[3], note="all verbal signals have one tone: nothing can swing"),
        ]
    differing = np.where(enough, 4 * hostile * (count - hostile) / np.where(enough, count * (count - 1), 1.0), 0.0)
    mixtures = np.minimum(drawn @ differing / np.maximum(drawn @ enough, 1.0), 1.0)
    swings = _intraclass(count, hostile, enough, drawn)
    return [_banded("mixture", mixtures, span), _banded("swing", swings, span)]


def _intraclass(count: Floats, hostile: Floats, enough: npt.NDArray[np.bool_], drawn: Floats) -> Floats:
    """Analysis-of-variance estimate of the intraclass correlation of binary signals within weeks, for each draw."""
    clusters, total, bad = drawn @ enough, drawn @ count, drawn @ hostile
    within = drawn @ np.where(enough, hostile**2 / np.where(enough, count, 1.0), 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        between_square = (within - bad**2 / total) / (clusters - 1)
        within_square = (bad - within) / (total - clusters)
        size = (total - (drawn @ count**2) / total) / (clusters - 1)
        estimate = (between_square - within_square) / (between_square + (size - 1) * within_square)
    return np.clip(np.where(np.isfinite(estimate), estimate, np.nan), -1.0, 1.0)


def _against_deeds(signals: _Signals, drawn: Floats, span: _Span, usual: float) -> list[Row]:
    rows = []
    tones = {
        "words": _tone(signals.warm, signals.hostile, drawn),
        "deeds": _tone(signals.warm_deeds, signals.hostile_deeds, drawn),
    }
    counts = {"words": signals.words, "deeds": signals.deeds}
    for name, tone in tones.items():
        note = f"{counts[name]} signals; {SIGNALS_NEEDED} are needed"
        rows.append(_banded(name, tone, span) if counts[name] >= SIGNALS_NEEDED else _absent(name, span, note))
    if min(counts.values()) < SIGNALS_NEEDED:
        note = f"{counts['words']} verbal and {counts['deeds']} material signals; {SIGNALS_NEEDED} of each are needed"
        return [*rows, _absent("words_minus_deeds", span, note)]
    return [*rows, _banded("words_minus_deeds", tones["words"] - tones["deeds"] - usual, span)]


def _tone(warm: Floats, hostile: Floats, drawn: Floats) -> Floats:
    """Tone of each draw, with half a signal of each kind added to the draws: no draw of few claims certainty."""
    plus, minus = drawn @ warm, drawn @ hostile
    extra = np.full(len(drawn), 0.5)
    extra[0] = 0.0
    with np.errstate(invalid="ignore"):
        return np.asarray((plus - minus) / (plus + minus + 2 * extra))


def _banded(name: str, draws: Floats, span: _Span) -> Row:
    low, high = np.nanquantile(draws[1:], (_LOW, _HIGH))
    return Row(name, float(draws[0]), float(low), float(high), *span, note=_NOTE)


def _absent(name: str, span: _Span, note: str) -> Row:
    return Row(name, None, n=span[0], dyad=span[3], note=note)


MEASURE = Measure(
    name=CONSISTENCY,
    title="Consistency: mixed signals, and words against deeds",
    function=consistency,
    quantities=QUANTITIES,
    is_directed=True,
    weeks_needed=WEEKS_NEEDED,
    guide=Guide(
        sentence=(
            "Whether a state's words towards the other are of one piece, swing from week to week, and match its deeds."
        ),
        formula=(
            "Over 26 weeks of signals (a type of event on a day, however often reported): mixture = 4 · mean of "
            "k(m − k)/(m(m − 1)), swing = intraclass correlation of tone by week, tone = (warm − hostile)/all, words "
            "minus deeds against the same of all dyads; bands redraw whole weeks 400 times."
        ),
        high="A mixture near 1 or a swing above 0.08: friendly and hostile words together, or in turns.",
        low="A mixture near 0: one voice, be it warm or hostile; a swing near 0: no more change than chance makes.",
        missing="Null with fewer than 8 weeks of two verbal signals, and for deeds with fewer than 10 of them.",
        cannot_tell=(
            "Mixed signals can be many speakers, deliberate ambiguity or a miscoded press; it cannot tell which. Deeds "
            "are those that papers report, not the quiet routine of trade. For a dyad in the news every day swing is "
            "understated: most kinds of signal are then sent on most days."
        ),
    ),
    citations=("jervis1970", "ridout1999", "efron1993"),
)
