"""Who judged a relation how, with the sentence, and what became of it; beside the model and the base rates."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import polars as pl

from detente import assessors
from detente.answers.cursors import Cursor, Place, about_question, read_cursor
from detente.answers.draft import Draft, Rows, check_detail, data_version, source_of
from detente.domain.actors import Pair
from detente.domain.periods import parse_day
from detente.errors import ConfigError
from detente.world.pair import read_state

if TYPE_CHECKING:
    from detente.answers.worlds import Worlds
    from detente.assessors import Proposal
    from detente.replies import WarmWorld

_BRIEF = ("published", "pair", "speaker", "affiliation", "direction", "p_low", "p_high", "until", "became", "came")
_NORMAL = (
    *_BRIEF,
    "quote",
    "conditions",
    "review",
    "model_p",
    "base_p",
    "brier",
    "model_brier",
    "base_brier",
    "article",
)
_FULL = (*_NORMAL, "id", "speaker_kind", "via", "likelihood", "denied", "horizon", "outcome", "reason", "coder")
_COLUMNS = {"brief": _BRIEF, "normal": _NORMAL, "full": _FULL}
PAGES = {"brief": 20, "normal": 50, "full": 200}
_CLAIMS = (
    "These are claims by those who made them, read from articles by a coder and kept as proposals until somebody "
    "decides; they are no events and do not enter a forecast. p_low and p_high are the range of their words."
)
_TERMS = "Single sentences are quoted; the text is its publisher's."
_FOUND = ("came", "model_p", "base_p", "brier", "model_brier", "base_brier", "outcome", "reason")


def list_assessments(
    worlds: Worlds,
    *,
    a: str | None = None,
    b: str | None = None,
    as_of: str | None = None,
    detail: str = "normal",
    cursor: str | None = None,
) -> dict[str, Any]:
    """The assessments of a pair, or of all, that were published by a day, the newest first, and what became of them.

    Args:
        worlds: Whose data resolve them, and whose book holds them.
        a: A state; None for all pairs.
        b: The other.
        as_of: The day by whose end they were published, and as of which they are resolved.
        detail: How many columns and rows.
        cursor: Where the page begins.

    Raises:
        ConfigError: when only one state is named, or an argument makes no sense.
        CutoffError: when nothing was known by then.
    """
    size, mark = check_detail(detail), read_cursor(cursor) if cursor else None
    pair = read_pair(a, b)
    world = worlds.world(as_of or (str(mark.as_of) if mark else None))
    held = [
        one for one in assessors.read_proposals(worlds.book, kind="assessment") if pair in (None, one.record["pair"])
    ]
    dated = [(day, one) for one in held if (day := _published(one)) is not None and day <= world.as_of]
    dated.sort(key=lambda item: (-item[0].toordinal(), item[1].id))
    undated = sum(_published(one) is None for one in held)
    became = {row["id"]: row for row in worlds.assessed(world).iter_rows(named=True)}
    about = about_question(tool="assessments", pair=pair, as_of=world.as_of, total=len(dated))
    start = mark.check(about).skip if mark else 0
    rows = [_row(one, day, became.get(one.id, {}), _COLUMNS[size]) for day, one in dated[start:]]

    def follow(shown: int) -> str:
        return str(Cursor(world.as_of, about, Place(None, start + shown))) if start + shown < len(dated) else ""

    head = {
        "pair": pair,
        "summary": _summarise(dated, became, undated),
        "undated_left_out": undated,
        "assessors": _record(worlds, world, pair),
    }
    draft = Draft(
        "assessments",
        size,
        world.as_of,
        head,
        {},
        Rows(_COLUMNS[size], rows, len(dated), "assessments", follow, PAGES[size], "newest first"),
        [source_of(world), *_articles(dated[start:], PAGES[size])],
        [assessors.ASSESSORS_NAME],
        data_version(world),
        [_CLAIMS, "Decisions on proposals are today's, whatever the as-of day."],
    )
    return draft.finish()


def read_pair(a: str | None, b: str | None) -> str | None:
    """The id of a pair; None where no state is named.

    Raises:
        CodebookError: when a name is not known.
        ConfigError: when only one state is named, or both are one.
    """
    if a is None and b is None:
        return None
    if a is None or b is None or read_state(a) == read_state(b):
        raise ConfigError(f"{a or b!r} alone was named.", "A pair has two states.", "Name a and b, or neither.")
    return Pair(read_state(a), read_state(b)).id


def _published(one: Proposal) -> dt.date | None:
    day = one.record["source"]["published"]
    return parse_day(day, what="day of publication") if day else None


def _row(one: Proposal, day: dt.date, found: dict[str, Any], columns: tuple[str, ...]) -> list[Any]:
    record = one.record
    values = {
        **{key: record.get(key) for key in columns},
        **{key: found.get(key) for key in _FOUND},
        "published": day,
        "speaker": record.get("speaker") or record.get("speaker_text") or None,
        "review": one.standing,
        "became": found.get("standing"),
        "article": record["source"]["name"],
        "coder": record["coder"]["version"],
    }
    return [values[name] for name in columns]


def _articles(dated: list[tuple[dt.date, Proposal]], most: int) -> list[dict[str, Any]]:
    """The first few articles of the page; every row names its own."""
    sources: dict[str, dict[str, Any]] = {}
    for day, one in dated[:most]:
        source = one.record["source"]
        name = source["name"]
        about = {"provider": source.get("outlet"), "title": name, "citation": f"{name}, {day}"}
        sources.setdefault(source["digest"], about | {"terms": _TERMS, "locator": name})
    return list(sources.values())[:4]


def _record(worlds: Worlds, world: WarmWorld, pair: str | None) -> list[dict[str, Any]]:
    """How those who judged have scored, on this pair where one is named; less is better."""
    rows = worlds.assessed(world).filter(pl.col("origin") <= world.as_of)
    rows = rows if pair is None else rows.filter(pl.col("pair") == pair)
    scored = assessors.build_assessors(rows).filter(pl.col("resolved") > 0)
    names = ("assessor", "resolved", "brier", "brier_low", "brier_high", "model_brier", "base_brier")
    return scored.select(names).head(5).to_dicts()


def _summarise(dated: list[tuple[dt.date, Proposal]], became: dict[str, Any], undated: int) -> str:
    if not dated:
        more = f" ({undated} without a date are left out)" if undated else ""
        return f"No assessment is held{more}. `detente read FILE --save` reads an article; `detente review` decides."
    resolved = sum(became.get(one.id, {}).get("standing") == "resolved" for _, one in dated)
    accepted = sum(one.standing == "accepted" for _, one in dated)
    return f"{len(dated)} assessments, {accepted} of them accepted; {resolved} are resolved."
