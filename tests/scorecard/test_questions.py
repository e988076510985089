"""Questions as data: a second, plain implementation resolves them from the printed rule and the events alone."""

from __future__ import annotations

import datetime as dt
import functools
import json
import math
import statistics
from collections.abc import Mapping
from typing import Any

import polars as pl
import pytest
import yaml
from forecasts_issued import sample_world

from detente import scorecard
from detente.codebook import quad_of
from detente.domain.actors import Pair
from detente.domain.periods import Horizon
from detente.errors import QuestionError
from detente.forecast import Question
from detente.forecast.rules import KINDS, MATERIAL_CONFLICT, RULES, Rule
from detente.world import World

DAY = dt.timedelta(days=1)


class Stranger:
    """Somebody who has the events and the covered days, the printed question, and nothing of our code."""

    def __init__(self, events: pl.DataFrame, coverage: pl.DataFrame) -> None:
        self.covered = set(coverage.filter(pl.col("status") == "present")["day"])
        names = ("occurred", "actor", "recipient", "directed", "event_type", "n", "intensity_milli", "lowest_milli")
        self.events = [row for row in events.select(names).rows() if row[0] in self.covered]
        self.first = min(self.covered)
        self.by_pair: dict[str, list[tuple[Any, ...]]] = {}
        self.typed: dict[dt.date, dict[str, int]] = {}
        self.of_week: dict[dt.date, tuple[dict[str, int], list[int], list[int], int]] = {}
        for row in self.events:
            pair = "-".join(sorted(row[1:3]))
            self.by_pair.setdefault(pair, []).append(row)
            if row[4] is not None:
                of_day = self.typed.setdefault(row[0], {})
                of_day[pair] = of_day.get(pair, 0) + row[5]

    def balances(self, pair: str, ends: list[dt.date], needed: float) -> list[float | None]:
        """Balance of the weeks that end on the given days; None for one that does not count."""
        sums: dict[dt.date, float] = {}
        for day, _, _, _, _, _, milli, _ in self.by_pair.get(pair, []):
            sums[day] = sums.get(day, 0.0) + milli / 1000
        found: list[float | None] = []
        for end in ends:
            days = [day for back in range(7) if (day := end - back * DAY) in self.covered]
            found.append(sum(sums.get(day, 0.0) for day in days) / len(days) if len(days) >= needed else None)
        return found

    def news(self, pair: str, end: dt.date, busier: int) -> float:
        """Events a covered day of the other pairs in the week that ends on a day."""
        if end not in self.of_week:
            days = [day for back in range(7) if (day := end - back * DAY) in self.covered]
            counts: dict[str, int] = {}
            for day in days:
                for other, n in self.typed.get(day, {}).items():
                    counts[other] = counts.get(other, 0) + n
            most = [*sorted(counts.values(), reverse=True), *[0] * (busier + 2)]
            self.of_week[end] = counts, most, [sum(most[place:]) for place in (busier, busier + 1)], len(days)
        counts, most, below, held = self.of_week[end]
        mine = counts.get(pair, 0)
        if mine >= most[busier]:
            return (busier * most[busier + 1] + below[1]) / held
        return (busier * most[busier] + below[0] - mine) / held

    def steadied(self, pair: str, ends: list[dt.date], p: Mapping[str, float], usual: float) -> list[float | None]:
        """Balance over volume of the weeks that end on the given days."""
        added = p["added_events"] / 7
        return [
            None if value is None else value / ((self.news(pair, end, int(p["busier"])) + added) / (usual + added))
            for value, end in zip(self.balances(pair, ends, p["covered_days_needed"]), ends, strict=True)
        ]

    def usual(self, pair: str, weeks: list[dt.date], p: Mapping[str, float]) -> float:
        """Other pairs' news in the usual week."""
        held = self.balances(pair, weeks, p["covered_days_needed"])
        counting = [end for value, end in zip(held, weeks, strict=True) if value is not None]
        return statistics.median(self.news(pair, end, int(p["busier"])) for end in counting)

    def weeks_to(self, origin: dt.date) -> list[dt.date]:
        """Ends of all whole weeks up to an origin."""
        count = ((origin - self.first).days + 1) // 7
        return [origin - 7 * back * DAY for back in range(count - 1, -1, -1)]

    def pool(self, origin: dt.date, pair: str, rule: Mapping[str, float]) -> list[str]:
        """All pairs of the rule."""
        weeks = self.weeks_to(origin)
        start = weeks[0] - 6 * DAY
        counting = sum(
            sum(end - back * DAY in self.covered for back in range(7)) >= rule["covered_days_needed"] for end in weeks
        )
        found = {pair}
        for name, rows in self.by_pair.items():
            events = sum(row[5] for row in rows if start <= row[0] <= origin)
            if events / counting >= rule["pool_events_a_week"]:
                found.add(name)
        return sorted(found)

    def figures(self, question: Mapping[str, Any]) -> dict[str, float]:
        """Scale, reference and spread of an outlook, from the rule's steps."""
        p, origin = question["rule"]["parameters"], dt.date.fromisoformat(question["origin"])
        weeks = self.weeks_to(origin)
        usual = {name: self.usual(name, weeks, p) for name in self.pool(origin, question["pair"], p)}
        held = {name: self.steadied(name, weeks, p, usual[name]) for name in usual}
        own = {
            name: max(statistics.median(abs(value) for value in values if value is not None), p["smallest_scale"])
            for name, values in held.items()
        }
        above = [value for value in own.values() if value > p["smallest_scale"]]
        pool = statistics.median(above)
        level: dict[str, list[float | None]] = {}
        scale = {}
        for name, values in held.items():
            w = min(sum(value is not None for value in values) / p["weeks_for_own_scale"], 1)
            scale[name] = own[name] ** w * pool ** (1 - w)
            level[name] = [None if value is None else math.asinh(value / scale[name]) for value in values]
        h = question["horizon_weeks"]
        variance, pooled = {}, []
        for name, values in level.items():
            changes = self.changes(values, h, p)
            if len(changes) > 1:
                variance[name] = (statistics.variance(changes), len(changes))
                active = sum(value is not None and value != 0 for value in values)
                if active >= p["busy_share"] * sum(value is not None for value in values):
                    pooled.append(variance[name][0])
        median = statistics.median(pooled)
        mine, count = variance[question["pair"]]
        k = count / h
        spread = max(math.sqrt((k * mine + p["pool_changes"] * median) / (k + p["pool_changes"])), p["smallest_spread"])
        reference = self.mean(level[question["pair"]][-int(p["reference_weeks"]) :], p["reference_weeks"])
        assert reference is not None
        found = {"scale": scale[question["pair"]], "reference": reference, "spread": spread}
        return found | {"usual_news": usual[question["pair"]]}

    def changes(self, level: list[float | None], h: int, p: Mapping[str, float]) -> list[float]:
        """Changes over the past that were complete by the origin."""
        found, span = [], int(p["reference_weeks"])
        for now in range(max(len(level) - int(p["spread_weeks"]), 0), len(level) - h):
            before = self.mean(level[max(now - span + 1, 0) : now + 1], span)
            after = self.mean(level[now + 1 : now + 1 + h], h)
            if before is not None and after is not None:
                found.append(after - before)
        return found

    @staticmethod
    def mean(values: list[float | None], span: float) -> float | None:
        """Mean of the weeks that count; None with fewer than half of them."""
        held = [value for value in values if value is not None]
        return sum(held) / len(held) if 2 * len(held) >= span else None

    def future(self, question: Mapping[str, Any], weeks: range) -> float | None:
        """Mean level of weeks after the origin, on the scale of the question."""
        origin = dt.date.fromisoformat(question["origin"])
        ends = [origin + 7 * (week + 1) * DAY for week in weeks]
        scale, usual = question["figures"]["scale"], question["figures"]["usual_news"]
        values = self.steadied(question["pair"], ends, question["rule"]["parameters"], usual)
        return self.mean([None if v is None else math.asinh(v / scale) for v in values], len(weeks))

    def outlook(self, question: Mapping[str, Any]) -> str | None:
        """The answer of outcome-v3."""
        future = self.future(question, range(question["horizon_weeks"]))
        if future is None:
            return None
        change = (future - question["figures"]["reference"]) / question["figures"]["spread"]
        bound = question["rule"]["parameters"]["threshold"]
        return "deteriorate" if change < -bound else "improve" if change > bound else "hold"

    def material(
        self, question: Mapping[str, Any], first: dt.date, last: dt.date
    ) -> dict[dt.date, tuple[float, float]]:
        """Material conflict and most hostile act of the covered days of a span."""
        step = question["rule"]["steps"][0]
        types = step[step.index("(PLOVER types ") + 14 : step.index(") towards")].split(", ")
        found = {}
        for back in range((last - first).days + 1):
            if (day := first + back * DAY) in self.covered:
                found[day] = (0.0, 0.0)
        for day, actor, recipient, directed, kind, _, milli, lowest in self.events:
            if day in found and directed and (actor, recipient) == (question["a"], question["b"]) and kind in types:
                conflict, low = found[day]
                found[day] = (conflict + max(-milli, 0) / 1000, min(low, (lowest or 0) / 1000))
        return found

    def threshold(self, question: Mapping[str, Any]) -> float | None:
        """The yardstick of provoked-v1."""
        p, origin = question["rule"]["parameters"], dt.date.fromisoformat(question["origin"])
        days = self.material(question, origin - (p["look_back_days"] - 1) * DAY, origin)
        if len(days) < p["days_needed"]:
            return None
        ordered = sorted(conflict for conflict, _ in days.values())
        place = p["percentile"] * (len(ordered) - 1)
        low = int(place)
        high = min(low + 1, len(ordered) - 1)
        return ordered[low] + (place - low) * (ordered[high] - ordered[low])

    def provoked(self, question: Mapping[str, Any]) -> str | None:
        """The answer of provoked-v1."""
        p, bar = question["rule"]["parameters"], question["figures"]["threshold"]
        first, last = dt.date.fromisoformat(question["origin"]) + DAY, dt.date.fromisoformat(question["closes"])
        if bar is None:
            return None
        days = self.material(question, first, last)
        if any(conflict > bar and low <= p["floor"] for conflict, low in days.values()):
            return "yes"
        return "no" if len(days) >= p["share_covered"] * ((last - first).days + 1) else None


@pytest.fixture(scope="module")
def today() -> Any:
    """The sample as known on its last day."""
    return sample_world()


@pytest.fixture(scope="module")
def stranger(today: Any) -> Stranger:
    """A stranger who holds the sample's events."""
    return Stranger(today.view.events(), today.view.coverage())


CASES = [
    ("USA", "RUS", dt.date(2018, 7, 20), 13),
    ("IND", "PAK", dt.date(2019, 2, 20), 4),
    ("KOR", "PRK", dt.date(2018, 5, 2), 8),  # a history of 17 weeks leans on the pool
    ("NOR", "SWE", dt.date(2018, 5, 2), 8),  # a pair that is itself too quiet for the pool
]


@functools.cache
def world_of(day: dt.date) -> World:
    """The sample as of a day, read once."""
    return sample_world(day)


def asked(case: tuple[str, str, dt.date, int], today: Any, kind: str) -> dict[str, Any]:
    """A question as JSON gives it, put to the sample of its day and resolved with the sample of today."""
    a, b, origin, weeks = case
    found = scorecard.ask(world_of(origin), today, Pair(a, b), Horizon(weeks), kind)
    plain: dict[str, Any] = json.loads(json.dumps(found.as_dict()))
    return plain


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}-{case[1]}-{case[3]}w")
def test_a_stranger_finds_the_figures_and_the_outcome(case: Any, today: Any, stranger: Stranger) -> None:
    """Scale, reference, spread and outcome, worked out from the printed rule with nothing but arithmetic."""
    plain = asked(case, today, "outlook")
    assert stranger.figures(plain["question"]) == pytest.approx(plain["question"]["figures"])
    assert plain["resolution"]["standing"] == "resolved"
    assert plain["resolution"]["answer"] == stranger.outlook(plain["question"])
    weeks = range(plain["question"]["horizon_weeks"])
    assert plain["resolution"]["future"] == pytest.approx(stranger.future(plain["question"], weeks))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}-{case[1]}-{case[3]}w")
@pytest.mark.parametrize("turned", [False, True])
def test_a_stranger_finds_who_provoked(case: Any, turned: bool, today: Any, stranger: Stranger) -> None:
    """Threshold and answer of provoked-v1, in both directions."""
    a, b, origin, weeks = case
    plain = asked((b, a, origin, weeks) if turned else (a, b, origin, weeks), today, "provocation")
    threshold = stranger.threshold(plain["question"])
    assert threshold is not None
    assert plain["question"]["figures"] == pytest.approx({"threshold": threshold})
    assert plain["resolution"]["answer"] == stranger.provoked(plain["question"])


def test_both_answers_about_provocation_come_out(today: Any) -> None:
    """Over all cases there are a yes and a no: the test above does not compare one constant with another."""
    found = {asked((b, a, o, w), today, "provocation")["resolution"]["answer"] for a, b, o, w in CASES}
    found |= {asked(case, today, "provocation")["resolution"]["answer"] for case in CASES}
    assert found == {"yes", "no"}


@pytest.mark.parametrize("case", CASES[:2], ids=lambda case: f"{case[0]}-{case[1]}")
def test_a_stranger_finds_the_level(case: Any, today: Any, stranger: Stranger) -> None:
    """Mean level over the horizon and level of its last week, on the scale of the origin."""
    weeks = case[3]
    mean = asked(case, today, "level")
    assert mean["resolution"]["answer"] == pytest.approx(stranger.future(mean["question"], range(weeks)))
    end = asked(case, today, "level-end")
    last = range(weeks - 1, weeks)
    assert end["resolution"]["answer"] == pytest.approx(stranger.future(end["question"], last))


def test_a_question_about_the_future_is_open(today: Any) -> None:
    """Asked as of the last day held, nothing is resolved, and the rule is printed all the same."""
    for kind in KINDS:
        found = scorecard.ask(today, today, Pair("USA", "RUS"), Horizon(13), kind)
        assert (found.standing, found.answer) == ("open", None)
        assert "closes on 2019-06-24" in str(found)


def test_what_cannot_be_judged_is_void(today: Any) -> None:
    """With fewer than 91 days before the origin there is no threshold, and a closed question is void."""
    found = scorecard.ask(sample_world(dt.date(2018, 3, 20)), today, Pair("USA", "RUS"), Horizon(4), "provocation")
    assert (found.standing, found.figures) == ("void", {"threshold": None})


def test_later_data_do_not_change_what_a_question_rests_on(today: Any) -> None:
    """Figures are those known at the origin, whatever is known when it is resolved."""
    then = world_of(dt.date(2018, 7, 20))
    early = scorecard.ask(then, then, Pair("USA", "RUS"), Horizon(4), "outlook")
    late = scorecard.ask(then, today, Pair("USA", "RUS"), Horizon(4), "outlook")
    assert early.figures == late.figures
    assert (early.standing, late.standing) == ("open", "resolved")


@pytest.mark.parametrize("name", sorted(RULES))
def test_rules_survive_yaml_and_json(name: str) -> None:
    """A rule written down and read back is the same rule; another version is refused."""
    plain = RULES[name].as_dict()
    assert Rule.from_dict(yaml.safe_load(yaml.safe_dump(plain))) == RULES[name]
    assert Rule.from_dict(json.loads(json.dumps(plain))) == RULES[name]
    with pytest.raises(QuestionError, match="rule-v1"):
        Rule.from_dict(plain | {"version": "rule-v0"})


@pytest.mark.parametrize("name", sorted(RULES))
def test_every_number_of_a_rule_is_in_its_words(name: str) -> None:
    """No parameter is left out of the steps, and no place is left open in them."""
    rule = RULES[name]
    words = " ".join((*rule.steps, *rule.void))
    assert [key for key in rule.parameters if "{" + key + "}" not in words] == []
    stated = Question(Pair("USA", "RUS"), dt.date(2018, 7, 20), Horizon(13), name).stated_rule
    assert "{" not in " ".join((stated.asks, *stated.steps, *stated.void))


def test_the_spelled_out_types_are_the_codebooks() -> None:
    """Material conflict in the rule is material conflict in the codebook."""
    from detente.codebook.events import quads

    assert sorted(MATERIAL_CONFLICT) == sorted(name for name, quad in quads().items() if quad == "material conflict")
    assert {quad_of(name) for name in MATERIAL_CONFLICT} == {"material conflict"}


def test_an_unknown_kind_is_refused(today: Any) -> None:
    """The message names the kinds that there are."""
    with pytest.raises(QuestionError, match="outlook, provocation"):
        scorecard.ask(today, today, Pair("USA", "RUS"), Horizon(4), "weather")
