"""What-if: the move is added where it belongs, as large as such moves are, and nothing else changes."""

from __future__ import annotations

import datetime as dt
import json
from functools import partial

import polars as pl
import pytest

import detente
from commands import run_detente
from detente.codebook import read_move
from detente.domain.actors import Pair
from detente.domain.periods import Horizon
from detente.errors import QuestionError
from detente.forecast import Logit
from detente.forecast.whatif import compare_outlooks, size_of_move
from detente.world import World

_DAY = dt.date(2019, 1, 15)
_PAIR = Pair("USA", "RUS")


@pytest.fixture(scope="module")
def world() -> World:
    """The sample as known on 15 January 2019."""
    return detente.open(as_of=_DAY)


def _cells(rows: list[tuple[int, str, str, str, int, int]]) -> pl.DataFrame:
    from detente.domain.tables import CELLS

    full = [
        (_DAY - dt.timedelta(days=back), a, b, True, kind, n, max(milli, 0), max(-milli, 0), -1000, 1.0)
        for back, a, b, kind, n, milli in rows
    ]
    return pl.DataFrame(full, schema=CELLS.schema, orient="row")


def test_a_move_is_as_large_as_the_dyads_own_such_days() -> None:
    """Median and largest tenth of its days with the type; the other side's days do not count."""
    move = read_move("RUS expel diplomats", "USA", "RUS")
    own = [(day, "RUS", "USA", "COERCE", 1, -1000 * day) for day in range(1, 12)]
    other = [(day, "USA", "RUS", "COERCE", 9, -90_000) for day in range(1, 12)]
    cells = _cells([*own, *other])
    assert size_of_move(cells, move, share=0.5).points == -6.0
    assert size_of_move(cells, move).points == -10.0
    assert size_of_move(cells, move).days == 11


def test_a_rare_move_borrows_and_says_from_whom() -> None:
    """With too few days of the type, the dyad's quad; then all dyads; then the code's intensity."""
    move = read_move("RUS expel diplomats", "USA", "RUS")
    quad = [(day, "RUS", "USA", "ASSAULT", 1, -2000) for day in range(1, 8)]
    everybody = [(day, "FRA", "DEU", "COERCE", 1, -3000) for day in range(1, 8)]
    assert size_of_move(_cells([*quad, *everybody]), move).points == -2.0
    assert "material conflict" in size_of_move(_cells([*quad, *everybody]), move).basis
    assert size_of_move(_cells(everybody), move).points == -3.0
    assert "all dyads" in size_of_move(_cells(everybody), move).basis
    assert size_of_move(_cells([]), move).points == -5.0
    assert size_of_move(_cells([]), move).days == 0


def test_only_the_pairs_last_week_is_moved(world: World) -> None:
    """No points change no bit; hostile points change the pair's probabilities and leave the panel as it was."""
    panel = world.panel(_DAY)
    before = panel.balance.copy()
    same = compare_outlooks(Logit(), panel, _PAIR, _DAY, Horizon(4), points=0.0)
    assert same[0].equals(same[1])
    without, moved = compare_outlooks(Logit(), panel, _PAIR, _DAY, Horizon(4), points=-30.0)
    assert without.equals(same[0])
    assert not moved.equals(without)
    assert (panel.balance == before)[~pl.Series(before.ravel()).is_nan().to_numpy().reshape(before.shape)].all()


def test_the_outlook_without_the_move_is_the_outlook(world: World) -> None:
    """A what-if's first line is what `forecasts` says of the pair."""
    view = world.pair("USA", "RUS")
    found = view.whatif("RUS expel diplomats", horizon="4w")
    assert found.outlooks[0][0].equals(view.forecasts(horizons=(4,)))
    assert found.supposed.day == found.as_of == _DAY
    assert found.balances[1] < found.balances[0]
    assert found.kind == "conflict"


def test_a_path_leads_from_the_move_to_both_sides(world: World) -> None:
    """Day 0 is the move itself on the mover's side and nothing on the other; sums are those of the path."""
    found = world.pair("USA", "RUS").whatif("RUS expel diplomats")
    first = found.responses.filter(pl.col("day") == 0).sort("actor")
    assert first["actor"].to_list() == ["RUS", "USA"]
    assert first["points"].to_list() == pytest.approx([-found.size.points, 0.0], abs=1e-6)
    for total in found.totals:
        path = found.responses.filter(pl.col("actor") == total.actor, pl.col("day") > 0)
        assert path["points"].sum() == pytest.approx(total.points)
        assert total.low < total.points < total.high


def test_cooperation_has_its_own_path(world: World) -> None:
    """Lifting sanctions raises the balance and follows cooperation."""
    found = world.pair("USA", "RUS").whatif("US lifts sanctions")
    assert found.kind == "cooperation"
    assert found.balances[1] > found.balances[0]
    assert set(found.responses["kind"]) == {"cooperation"}


def test_without_history_there_is_an_outlook_but_no_path() -> None:
    """Early in the data reciprocity cannot be measured, and the what-if says why."""
    found = detente.open(as_of="2018-04-20").pair("USA", "RUS").whatif("RUS expel diplomats")
    assert found.responses.is_empty()
    assert "182 are needed" in found.missing
    assert found.outlooks[0][1].height == 1


def test_a_move_outside_the_last_week_is_refused(world: World) -> None:
    """The message names the days that can be chosen."""
    with pytest.raises(QuestionError, match="2019-01-09 to 2019-01-15"):
        world.pair("USA", "RUS").whatif("RUS expel diplomats", day="2019-01-08")


def test_the_future_changes_no_bit() -> None:
    """A what-if as of a day, from a store that goes on, reads nothing after it."""
    view = detente.open(as_of=_DAY).pair("USA", "RUS")
    later = detente.open().pair("USA", "RUS")
    assert view.reciprocity().table().equals(later.reciprocity(as_of=_DAY).table())


def test_the_command_echoes_the_move_and_says_what_it_is_not() -> None:
    """The move as coded, both outlooks, the path and the caveat; JSON has the same; errors offer moves."""
    run = partial(run_detente, "whatif", "USA", "RUS", code=0)
    shown = " ".join(run("--move", "RUS expel diplomats", "--date", "2018-07-20").stdout.split())
    for part in ("COERCE, CAMEO 174", "without", "with", "association, not a causal effect", "day 28"):
        assert part in shown
    content = json.loads(run("--move", "RUS expel diplomats", "--as-of", "2018-07-20", "--json").stdout)
    assert content["move"]["event_type"] == "COERCE"
    assert content["outlooks"][0]["change"].keys() == {"deteriorate", "hold", "improve"}
    assert sum(content["outlooks"][0]["change"].values()) == pytest.approx(0, abs=1e-9)
    assert "nearest known moves" in run("--move", "RUS dance", code=2).stderr
