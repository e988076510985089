"""What moved a relation, or any measure of it: contributions that add up to the change, each with events behind it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from detente import relations
from detente.answers.budget import round_number
from detente.answers.cursors import Cursor, Place, about_question, read_cursor
from detente.answers.draft import Draft, Rows, check_detail, data_version, source_of
from detente.answers.pairs import find_pair, name_pair
from detente.errors import ConfigError

if TYPE_CHECKING:
    from detente.answers.worlds import Worlds
    from detente.world import PairView

_COLUMNS = ("day", "actor", "recipient", "what", "n", "contribution")
#: Contributions are given to so many decimals, and the row that is left over is what makes them add up.
_DECIMALS = 4
PAGES = {"brief": 5, "normal": 20, "full": 400}
_STEPS = "explain-steps-v1"
#: A measure is explained from so many weeks before, where no day is named.
_USUAL_WEEKS = 13


@dataclass(frozen=True)
class _Change:
    """A change and the rows that add up to it."""

    about: dict[str, Any]
    before: float
    after: float
    change: float
    band: tuple[float | None, float | None]
    unit: str
    rows: pl.DataFrame
    rule: str


def explain_change(
    worlds: Worlds,
    *,
    a: str,
    b: str,
    measure: str | None = None,
    since: str | None = None,
    as_of: str | None = None,
    detail: str = "normal",
    cursor: str | None = None,
) -> dict[str, Any]:
    """What moved a pair's balance in the last four weeks, or a measure since a day.

    Args:
        worlds: Whose data.
        a: A state.
        b: The other.
        measure: Name of a registered measure; by default the balance against the year before.
        since: The earlier day, of a measure.
        as_of: The later day; all is read as known on it.
        detail: How many rows.
        cursor: Where the page begins.

    Raises:
        ConfigError: when an argument makes no sense.
        CutoffError: when nothing was known by then, or a window has no covered day.
    """
    size, mark = check_detail(detail), read_cursor(cursor) if cursor else None
    if since is not None and measure is None:
        raise ConfigError(
            f"since {since!r} was given without a measure.",
            "The balance is explained over the last four weeks, against the year before.",
            "Give measure=level, or leave since out and move as_of.",
        )
    world, view = find_pair(worlds, a, b, as_of or (str(mark.as_of) if mark else None))
    found = _balance(view) if measure is None else _measure(view, measure, since)
    order = pl.col("contribution").abs()
    rows = found.rows.sort(order, "day", "what", descending=[True, False, False], nulls_last=True)
    question = {"measure": measure, "since": since, "total": rows.height}
    about = about_question(tool="explain_change", pair=view.pair.id, as_of=world.as_of, **question)
    start = mark.check(about).skip if mark else 0
    head = (
        name_pair(view)
        | found.about
        | {
            "before": round_number(found.before),
            "after": round_number(found.after),
            "change": round(found.change, _DECIMALS),
            "change_low": round_number(found.band[0]),
            "change_high": round_number(found.band[1]),
            "unit": found.unit,
            "summary": _summarise(found, rows),
            "adds_up": f"All {rows.height} rows add up to the change, but for rounding; pair_events has the events.",
        }
    )

    def follow(shown: int) -> str:
        return str(Cursor(world.as_of, about, Place(None, start + shown))) if start + shown < rows.height else ""

    draft = Draft(
        "explain_change",
        size,
        world.as_of,
        head,
        {} if measure or size == "brief" else {"locators": _locators(view, rows)},
        Rows(_COLUMNS, _plain(rows, start), rows.height, "contributions", follow, PAGES[size], "largest first"),
        [source_of(world)],
        [found.rule],
        data_version(world),
        ["It says which reports moved the number, not why states acted."],
    )
    return draft.finish()


def _balance(view: PairView) -> _Change:
    found = view.explain()
    last = view.world.as_of
    about = {
        "explains": "balance of cooperation and conflict, the last four weeks against the year before",
        "from": str(found.recent_from),
        "to": str(last),
        "compared_from": str(found.usual_from),
    }
    band = (found.change_low, found.change_high)
    unit = "Goldstein points a day"
    return _Change(about, found.usual, found.recent, found.change, band, unit, found.reasons, relations.EXPLAIN)


def _measure(view: PairView, name: str, since: str | None) -> _Change:
    first = since or view.world.as_of - dt.timedelta(weeks=_USUAL_WEEKS)
    found = view.explain_measure(name, first=first)
    target = found.target
    number = target.measure.quantity(target.quantity)
    about = {
        "explains": f"{target.quantity} of {target.measure.name}",
        "meaning": number.meaning,
        "actor": target.actor,
        "from": str(found.first),
        "to": str(found.last),
    }
    return _Change(about, found.before, found.after, found.change, (None, None), number.unit, found.reasons, _STEPS)


def _plain(rows: pl.DataFrame, start: int) -> list[list[Any]]:
    """Rows for the table; where a row is no cell of events, its words stand in the place of the type."""
    label = pl.when(pl.col("day").is_null()).then(pl.col("what")).otherwise(pl.col("event_type").fill_null("STATEMENT"))
    shown = rows.slice(start).with_columns(what=label, contribution=pl.col("contribution").round(_DECIMALS))
    return [list(row) for row in shown.select(_COLUMNS).iter_rows()]


def _summarise(found: _Change, rows: pl.DataFrame) -> str:
    what = str(found.about["explains"]).capitalize()
    parts = [f"{what}: {found.before:+.2f} to {found.after:+.2f}, a change of {found.change:+.2f} {found.unit}."]
    days = rows.drop_nulls("day").group_by("day").agg(pl.col("contribution").sum()).sort("contribution", "day")
    if days.height and (worst := days.row(0))[1] < 0:
        parts.append(f"{worst[0]} weighed most against it ({worst[1]:+.2f}).")
    if days.height and (best := days.row(-1))[1] > 0:
        parts.append(f"{best[0]} weighed most for it ({best[1]:+.2f}).")
    return " ".join(parts)


def _locators(view: PairView, rows: pl.DataFrame) -> list[dict[str, Any]]:
    """Where an event of each of the weightiest cells can be read, where the provider says."""
    cells = rows.drop_nulls("day").head(5)
    found = []
    for cell in cells.iter_rows(named=True):
        events = view.events(since=cell["day"], until=cell["day"]).drop_nulls("locator")
        same = events.filter(pl.col("actor") == cell["actor"], pl.col("event_type").eq_missing(cell["event_type"]))
        if same.height:
            found.append({"day": str(cell["day"]), "actor": cell["actor"], "locator": same["locator"].sort()[0]})
    return found
