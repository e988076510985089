"""What speaks for a move as of a day: rates at several half-lives, own and others', as log odds of the horizon.

A rate a day becomes the log odds that it comes at least once in the days ahead, ``log(exp(rate · days) − 1)``, so that
a weight of 1 takes a rate at its word.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from detente.forecast.move_days import Floats, Ints, MoveDays

#: Days until a day in the past counts half: a few days, a fortnight, two months, most of a year.
HALF_LIVES: tuple[float, ...] = (3.0, 14.0, 60.0, 240.0)
#: Days with a move that a rate starts with, at the rate expected from how busy the dyad is.
PRIOR_DAYS = 3.0
#: An answer comes within a week; a move opens a case when its like had not come for a fortnight.
ANSWER_DAYS, QUIET_DAYS = 7, 14
#: Expected answers at the lift of all kinds that a kind's own lift starts with.
PRIOR_CASES = 2.0
#: Days with a move, over the span, that the log odds of none are told as, and the most; about their middle.
FLOOR, MOST, _CENTRE = 3e-3, 5.0, 4.0
_SHARED: tuple[str, ...] = ("expected of the dyad, days", "expected of the dyad, months", "anyone, weeks")
#: Told apart for talks and help, conflict in words and conflict in deeds: a move does not weigh the same in each.
_APART: tuple[str, ...] = (
    "own, days", "own, weeks", "own, months", "own, year", "own quad, weeks", "partner, days", "partner's quad, days",
    "partner, answered in kind", "others' to the recipient, days", "others' to the recipient, weeks",
    "actor's to others, weeks",
)  # fmt: skip
_CLASSES: tuple[str, ...] = ("cooperation", "verbal conflict", "material conflict")
FEATURES: tuple[str, ...] = (*_SHARED, *_CLASSES[1:], *(f"{name}: {each}" for each in _CLASSES for name in _APART))
#: Features that can only speak for a move: all but what sort of move it is.
SPEAKING: tuple[int, ...] = tuple(place for place, name in enumerate(FEATURES) if name not in _CLASSES)


@dataclass(frozen=True)
class Past:
    """All that moves up to a day say.

    Args:
        moves: Days with moves; those after `day` are not looked at.
        day: Position of the day.
    """

    moves: MoveDays
    day: int

    @cached_property
    def _end(self) -> int:
        return int(np.searchsorted(self.moves.day, self.day, side="right"))

    @cached_property
    def weights(self) -> Floats:
        """Sum of the weights of covered days, shape (half-lives,)."""
        ages = self.day - np.flatnonzero(self.moves.covered[: self.day + 1])
        return np.array([np.exp2(-ages / life).sum() for life in HALF_LIVES])

    @cached_property
    def faded(self) -> Floats:
        """Weighted days with a move, by series, shape (half-lives, series + 1); the last is of none."""
        day, series = self.moves.day[: self._end], self.moves.series[: self._end]
        size = self.moves.actor.size + 1
        return np.stack([np.bincount(series, np.exp2((day - self.day) / life), size) for life in HALF_LIVES])

    @cached_property
    def last(self) -> Ints:
        """The last day with a move, by series; −1 where there was none."""
        found = np.full(self.moves.actor.size + 1, -1, dtype=np.int64)
        found[self.moves.series[: self._end]] = self.moves.day[: self._end]
        return found

    def sums(self, number: Ints, size: int) -> Floats:
        """Weighted days with a move added up over series that share a number, shape (half-lives, size)."""
        return np.stack([np.bincount(number, line[:-1], size) for line in self.faded])

    @cached_property
    def tables(self) -> dict[str, Floats]:
        """Weighted days with a move by dyad, dyad and quad, actor and kind, recipient and kind, and kind."""
        moves = self.moves
        states, kinds, quad = len(moves.states), len(moves.kinds), moves.quad[moves.kind]
        dyad = moves.actor * states + moves.recipient
        return {
            "dyad": self.sums(dyad, states * states),
            "quad": self.sums(dyad * 4 + quad, states * states * 4),
            "actor": self.sums(moves.actor * kinds + moves.kind, states * kinds),
            "recipient": self.sums(moves.recipient * kinds + moves.kind, states * kinds),
            "kind": self.sums(moves.kind, kinds),
        }

    @cached_property
    def cases(self) -> tuple[Ints, Ints, Ints]:
        """Moves that opened a case whose week of answer is over: their series, day, and whether answered in kind."""
        moves = self.moves
        order = np.lexsort((moves.day[: self._end], moves.series[: self._end]))
        series, day = moves.series[: self._end][order], moves.day[: self._end][order]
        opens = np.ones(series.size, dtype=np.bool_)
        opens[1:] = (series[1:] != series[:-1]) | (day[1:] - day[:-1] > QUIET_DAYS)
        opens &= (day + ANSWER_DAYS <= self.day) & (day >= QUIET_DAYS)
        opener, at = series[opens], day[opens]
        answer = moves.find(moves.recipient[opener], moves.actor[opener], moves.kind[opener])
        span = self.day + 2
        flat = series * span + day
        following = np.searchsorted(flat, answer * span + at, side="right")
        within = np.searchsorted(flat, answer * span + at + ANSWER_DAYS, side="right")
        return opener, at, ((within > following) & (answer < moves.actor.size)).astype(np.int64)

    @cached_property
    def cases_by_actor(self) -> tuple[Ints, Ints]:
        """Cases that each state could have answered, and answered, by kind, both of shape (states, kinds)."""
        opener, _, answered = self.cases
        shape = len(self.moves.states), len(self.moves.kinds)
        flat = self.moves.recipient[opener] * shape[1] + self.moves.kind[opener]
        n, yes = np.bincount(flat, minlength=shape[0] * shape[1]), np.bincount(flat, answered, shape[0] * shape[1])
        return n.reshape(shape), yes.reshape(shape).astype(np.int64)

    @cached_property
    def answer_lifts(self) -> Floats:
        """How many times as often as usual each kind comes in the week after the partner's, in logarithms, (kinds,)."""
        moves = self.moves
        opener, _, answered = self.cases
        answer = moves.find(moves.recipient[opener], moves.actor[opener], moves.kind[opener])
        kind, size = moves.kind[opener], len(moves.kinds)
        usual = np.bincount(kind, self.base_rates(answer, ANSWER_DAYS), size)
        came = np.bincount(kind, answered, size)
        whole = came.sum() / max(usual.sum(), 1e-9)
        lifts: Floats = np.log(np.maximum((came + PRIOR_CASES * whole) / (usual + PRIOR_CASES), 1.0))
        return lifts

    def active_days(self, span: int) -> Ints:
        """Days with a move among the last so many, by series, shape (series + 1,)."""
        begin = int(np.searchsorted(self.moves.day, self.day - span, side="right"))
        return np.bincount(self.moves.series[begin : self._end], minlength=self.moves.actor.size + 1)

    def base_rates(self, series: Ints, days: int) -> Floats:
        """Share of the spans of so many days, one after the other back from the day, in which each series had a move.

        Half a span at the kind's own rate over all dyads that have it is added, so that none is certain.
        """
        count = max((self.day + 1) // days, 1)
        span = (self.day - self.moves.day[: self._end]) // days
        kept = span < count
        flat = np.unique(self.moves.series[: self._end][kept] * count + span[kept])
        held = np.bincount(flat // count, minlength=self.moves.actor.size + 1)
        usual = held[:-1].mean() / count if held.size > 1 else 0.0
        return np.asarray((held[series] + 0.5 * usual) / (count + 0.5))

    def answers(self, series: Ints) -> tuple[Ints, Ints]:
        """Cases opened by each series, and how many of them were answered in kind."""
        opener, _, answered = self.cases
        size = self.moves.actor.size + 1
        return np.bincount(opener, minlength=size)[series], np.bincount(opener, answered, size)[series].astype(np.int64)


def describe_moves(
    past: Past, actor: Ints, recipient: Ints, kind: Ints, days: int, *, without: frozenset[str] = frozenset()
) -> Floats:
    """Features of some possible moves, in the order of ``FEATURES``, shape (moves, features).

    Args:
        past: What is known.
        actor: Of each move.
        recipient: Of each move.
        kind: Of each move.
        days: How far ahead.
        without: Whose moves are taken not to have been: ``own`` (the actor's to this recipient, by kind and quad),
            ``partner`` (what came back), ``others`` (of the actor to others, of others to the recipient).
    """
    moves, tables = past.moves, past.tables
    states, kinds, weights = len(moves.states), len(moves.kinds), past.weights[:, None]
    mine, theirs = moves.find(actor, recipient, kind), moves.find(recipient, actor, kind)
    forth, back, quad = actor * states + recipient, recipient * states + actor, moves.quad[kind]
    has_own, has_partner, has_others = (float(name not in without) for name in ("own", "partner", "others"))
    share = (tables["kind"] / np.maximum(tables["kind"].sum(axis=1, keepdims=True), 1e-9))[2][kind]
    expected, returned = (tables["dyad"][:, dyad] * share / weights for dyad in (forth, back))
    own = (has_own * past.faded[:, mine] + PRIOR_DAYS * expected) / (weights + PRIOR_DAYS)
    partner = (has_partner * past.faded[:, theirs] + PRIOR_DAYS * returned) / (weights + PRIOR_DAYS)
    quads_forth = has_own * tables["quad"][:, forth * 4 + quad] / weights
    quads_back = has_partner * tables["quad"][:, back * 4 + quad] / weights
    given = has_others * (tables["actor"][:, actor * kinds + kind] - past.faded[:, mine]) / weights
    taken = has_others * (tables["recipient"][:, recipient * kinds + kind] - past.faded[:, mine]) / weights
    anyone = tables["kind"][:, kind] / weights / states
    shared = _log_odds([expected[0], expected[2], anyone[1]], days)
    answered = has_partner * (1 - np.exp(-past.faded[0][theirs])) * past.answer_lifts[kind]
    rates = [own[0], own[1], own[2], own[3], quads_forth[1], partner[0], quads_back[0], taken[0], taken[1], given[1]]
    apart = [column + _CENTRE for column in _log_odds(rates, days)]
    apart.insert(_APART.index("partner, answered in kind"), answered)
    kind_class = np.maximum(quad - 1, 0)
    flags = [(kind_class == number).astype(np.float64) for number in range(len(_CLASSES))]
    return np.stack([*shared, *flags[1:], *(column * flag for flag in flags for column in apart)], axis=1)


def _log_odds(rates: list[Floats], days: int) -> list[Floats]:
    """Log odds that what comes at a rate a day comes within the days."""
    return [np.log(np.expm1(np.minimum(rate * days, MOST) + FLOOR)) for rate in rates]


def happened(moves: MoveDays, day: int, days: int, series: Ints) -> npt.NDArray[np.bool_]:
    """Whether each series has a move in the days after a day, shape (series asked,)."""
    begin, end = np.searchsorted(moves.day, (day + 1, day + days + 1))
    came = np.zeros(moves.actor.size + 1, dtype=np.bool_)
    came[moves.series[begin:end]] = True
    came[-1] = False
    return came[series]
