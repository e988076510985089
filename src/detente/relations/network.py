"""Network: the third states that both deal with, and whether the two see eye to eye about them.

A third state is a friend of a state where the tone of their dealings is warmer than that of the world's, a foe where it
is colder. Counted in signals, as in `consistency`, so that repeats change nothing.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from detente.codebook import state_name
from detente.domain.actors import Pair
from detente.domain.periods import DAYS_IN_WEEK
from detente.domain.tables import QUADS
from detente.relations.measure import Guide, Measure, Quantity, Row, build_rows
from detente.relations.readings import Known, Readings

NETWORK = "network-v1"
WINDOW_WEEKS = 26
#: Covered weeks of the window that are needed.
WEEKS_NEEDED = 13
#: A third state counts when each of the two has exchanged so many signals with it …
SIGNALS_NEEDED = 10
#: … and nothing is said with fewer third states than this.
THIRDS_NEEDED = 5
#: Third states named in each class.
_NAMED = 5
DRAWS = 200
_LOW, _HIGH = 0.05, 0.95
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_SHARE = ("0 to 1", 0.0, 1.0)
QUANTITIES = (
    Quantity(
        "alignment",
        "Correlation over third states of the tone that each of the two has with them, weighted by common company.",
        "−1 to 1, as a correlation",
        -1.0,
        1.0,
        steps=(
            (-0.3, "one's friends tend to be the other's foes"),
            (0.3, "their friends and foes have little to do with each other"),
            (0.6, "their friends and foes tend to be the same"),
            (math.inf, "their friends and foes are much the same"),
        ),
        is_headline=True,
        repeats=0.0,
        volume=0.0,
    ),
    Quantity(
        "common_friends",
        "Share of common company warmer than usual to both.",
        *_SHARE,
        is_headline=True,
        repeats=0.0,
        volume=0.0,
    ),
    Quantity(
        "common_foes",
        "Share of common company colder than usual to both.",
        *_SHARE,
        is_headline=True,
        repeats=0.0,
        volume=0.0,
    ),
    Quantity(
        "torn",
        "Share of common company warm to one and cold to the other.",
        *_SHARE,
        is_headline=True,
        repeats=0.0,
        volume=0.0,
    ),
    Quantity(
        "warm_with_both",
        "Weight of a third state (the item) that the news has surely warmer than usual with both.",
        *_SHARE,
    ),
    Quantity(
        "cold_with_both",
        "Weight of a third state (the item) that the news has surely colder than usual with both; an ally may be one.",
        *_SHARE,
    ),
    Quantity(
        "warm_with_one",
        "Weight of a third state (the item) surely warmer than usual with one, colder with the other.",
        *_SHARE,
    ),
)
_NOTE = f"band: {DRAWS} draws of whole weeks"


def network(tables: Readings, pair: Pair, as_of: dt.date, *, seed: int = 1) -> pl.DataFrame:
    """Which third states matter to both, and whether the two have the same friends and foes among them.

    Over the last 26 weeks, signals in both directions: tone(X, C) = (warm − hostile) / all, less that of all dyads
    together. A third state's weight is √(share of C in A's signals × its share in B's), summing to one over the third
    states with which each has exchanged ten signals. Alignment = weighted correlation of tone(A, ·) and tone(B, ·).
    Common friends (foes, torn) = weight of third states with both tones positive (negative, opposite). Those named are
    surely so: both bands lie on their side. Bands redraw whole weeks.

    Args:
        tables: The readings, of all dyads.
        pair: The pair.
        as_of: The day at whose end to measure.
        seed: Of the draws that make the bands.

    Returns:
        Rows of ``measures`` of both together; null with fewer than 13 covered weeks or five third states.
    """
    known = tables.known(as_of)
    company = known.once((NETWORK, seed), lambda: _Company(known, seed))
    first, second = sorted((pair.a, pair.b))
    return build_rows(NETWORK, QUANTITIES, pair, as_of, _rows(company, first, second))


@dataclass(frozen=True)
class _Dealings:
    """One state's dealings with every other: signals, tone against the usual, and that tone in each redraw."""

    signals: Floats
    tone: Floats
    draws: Floats


class _Company:
    """All states' dealings in the window, of which one state's are drawn anew when first asked for.

    Args:
        known: What is known.
        seed: Of the draws.
    """

    def __init__(self, known: Known, seed: int) -> None:
        grid, window = known.grid, slice(-WINDOW_WEEKS, None)
        held = grid.is_covered[window]
        self.states, self.index = grid.states, grid.index
        self.weeks = int(held.sum())
        self.until = known.as_of
        first = grid.ends[window][0] - dt.timedelta(days=DAYS_IN_WEEK - 1)
        self.since = max(first, known.days[0].item()) if len(known.days) else first
        sent = grid.signals[..., window]
        warm = sum(sent[QUADS.index(quad)] for quad in QUADS if "cooperation" in quad)
        cold = sum(sent[QUADS.index(quad)] for quad in QUADS if "conflict" in quad)
        warm, cold = np.asarray(warm)[..., held], np.asarray(cold)[..., held]
        self._warm, self._cold = warm + warm.swapaxes(0, 1), cold + cold.swapaxes(0, 1)
        self.events = grid.events[..., window][..., held].sum(axis=2)
        plus, minus = float(self._warm.sum(dtype=np.int64)), float(self._cold.sum(dtype=np.int64))
        self._usual = (plus - minus) / (plus + minus) if plus + minus else 0.0
        rng = np.random.default_rng([seed, self.weeks])
        weeks = max(self.weeks, 1)
        self._drawn = rng.multinomial(weeks, np.full(weeks, 1 / weeks), size=DRAWS)[:, : self.weeks]
        self._dealings: dict[str, _Dealings] = {}

    def of(self, state: str) -> _Dealings:
        """One state's dealings."""
        if state not in self._dealings:
            place = self.index[state]
            warm, cold = self._warm[place].astype(np.float64), self._cold[place].astype(np.float64)
            plus, minus = warm.sum(axis=1), cold.sum(axis=1)
            tone = (plus - minus) / np.maximum(plus + minus, 1.0) - self._usual
            plus_drawn, minus_drawn = self._drawn @ warm.T, self._drawn @ cold.T
            # Half a signal of each kind: no draw of few signals claims certainty.
            draws = (plus_drawn - minus_drawn) / (plus_drawn + minus_drawn + 1.0) - self._usual
            self._dealings[state] = _Dealings(plus + minus, tone, draws)
        return self._dealings[state]


def _rows(company: _Company, first: str, second: str) -> list[Row]:
    headlines = [quantity.name for quantity in QUANTITIES if quantity.is_headline]
    if company.weeks < WEEKS_NEEDED:
        note = f"{company.weeks} of the last {WINDOW_WEEKS} weeks are covered; {WEEKS_NEEDED} are needed"
        return [Row(name, None, note=note) for name in headlines]
    if first not in company.index or second not in company.index:
        return [Row(name, None, note="one of the two is not in the events of these weeks") for name in headlines]
    a, b = company.of(first), company.of(second)
    is_third = (a.signals >= SIGNALS_NEEDED) & (b.signals >= SIGNALS_NEEDED)
    is_third[[company.index[first], company.index[second]]] = False
    thirds = np.flatnonzero(is_third)
    if len(thirds) < THIRDS_NEEDED:
        note = f"{len(thirds)} third states that both deal with; {THIRDS_NEEDED} are needed"
        return [Row(name, None, note=note) for name in headlines]
    weight = np.sqrt(a.signals[thirds] / a.signals.sum() * b.signals[thirds] / b.signals.sum())
    weight /= weight.sum()
    ones, others = (np.vstack([side.tone[thirds], side.draws[:, thirds]]) for side in (a, b))
    places = [company.index[first], company.index[second]]
    n = int(company.events[places][:, thirds].sum() + company.events[thirds][:, places].sum())
    span = (n, company.since, company.until)
    shares = {
        "common_friends": (ones > 0) & (others > 0),
        "common_foes": (ones < 0) & (others < 0),
        "torn": ones * others <= 0,
    }
    rows = [_banded("alignment", _correlation(ones, others, weight), span, f"{len(thirds)} third states")]
    rows += [_banded(name, held @ weight, span, f"{len(thirds)} third states") for name, held in shares.items()]
    return rows + _named(company, (first, second), thirds, weight, (ones, others), span)


def _correlation(ones: Floats, others: Floats, weight: Floats) -> Floats:
    """Weighted correlation of each row; NaN where one side does not vary."""
    left = ones - (ones @ weight)[:, None]
    right = others - (others @ weight)[:, None]
    spread = np.sqrt((left**2 @ weight) * (right**2 @ weight))
    with np.errstate(invalid="ignore", divide="ignore"):
        found = np.where(spread > 1e-12, ((left * right) @ weight) / spread, np.nan)
    return np.clip(found, -1.0, 1.0)


_Span = tuple[int, dt.date, dt.date]


def _named(
    company: _Company,
    pair: tuple[str, str],
    thirds: npt.NDArray[np.intp],
    weight: Floats,
    tones: tuple[Floats, Floats],
    span: _Span,
) -> list[Row]:
    """The weightiest third states of each class whose class is sure."""
    (a_low, a_high), (b_low, b_high) = (np.quantile(side[1:], (_LOW, _HIGH), axis=0) for side in tones)
    classes = {
        "warm_with_both": (a_low > 0) & (b_low > 0),
        "cold_with_both": (a_high < 0) & (b_high < 0),
        "warm_with_one": ((a_low > 0) & (b_high < 0)) | ((a_high < 0) & (b_low > 0)),
    }
    rows = []
    for name, held in classes.items():
        sure = np.flatnonzero(held)
        for one in sure[np.argsort(-weight[sure], kind="stable")][:_NAMED]:
            third = company.states[thirds[one]]
            parts = [
                f"{state_name(state)} {side[0, one]:+.2f}".replace("-", "−")
                for state, side in zip(pair, tones, strict=True)
            ]
            note = f"tone of {state_name(third)} against the usual: with {' and with '.join(parts)}; weight is counted"
            rows.append(Row(name, float(weight[one]), None, None, *span, item=third, note=note))
    return rows


def _banded(name: str, draws: Floats, span: _Span, about: str) -> Row:
    if math.isnan(draws[0]):
        return Row(name, None, n=span[0], note=f"{about}, and one of the two has one tone with all of them")
    low, high = np.nanquantile(draws[1:], (_LOW, _HIGH)) if np.isfinite(draws[1:]).any() else (draws[0], draws[0])
    return Row(name, float(draws[0]), float(low), float(high), *span, note=f"{about}; {_NOTE}")


MEASURE = Measure(
    name=NETWORK,
    title="Network: common friends and foes",
    function=network,
    quantities=QUANTITIES,
    is_directed=False,
    weeks_needed=WEEKS_NEEDED,
    guide=Guide(
        sentence=(
            "Whether the two have the same friends and foes among the third states that both deal with, and which of "
            "those stand with both, against both, or between them."
        ),
        formula=(
            "Tone with a third state = (warm − hostile)/all signals of 26 weeks, less the world's; alignment = "
            "weighted correlation of the two tones over third states; bands redraw whole weeks 200 times."
        ),
        high="Near 1: whoever is close to one is close to the other, as among allies.",
        low="Below zero: one's friends are the other's foes, as of two camps that face each other.",
        missing="Null with fewer than 13 covered weeks, or fewer than five third states that both deal with.",
        cannot_tell=(
            "Tone in the news is not an alliance: a friend that quarrels aloud looks like a foe. Few signals make the "
            "correlation smaller than it is, and it does not say who follows whom."
        ),
    ),
    citations=("heider1946", "maoz2007", "signorino1999", "haege2011"),
)
