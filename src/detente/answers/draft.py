"""An answer in the making: what must be said, parts by importance, one table with pages, and where it is from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from detente import __version__
from detente.answers.budget import BUDGETS, DETAILS, clip, count_tokens, tidy
from detente.errors import ConfigError

if TYPE_CHECKING:
    from detente.world import World

#: Version of the form of answers; a key that changes its meaning is a new version.
ANSWERS_VERSION = "answers-v1"
#: Kept free for what says how the answer was cut, and for one row with shortened texts.
_RESERVE = 600
_VERSION_LETTERS = 12
#: A row that would not fit even by itself has its texts shortened to this, so that pages always get on.
_SHORTEST_TEXT = 40
#: Longest text and list, step by step, of an answer whose first and last parts alone are too long.
_SHORTENED = ((160, 6), (80, 3), (40, 2), (20, 1))
Row = list[Any]


@dataclass
class Rows:
    """A table of which one page is shown.

    Args:
        columns: Their names.
        rows: The rows from the page's first on; as many as could be shown.
        total: How many there are in all, of whatever ``unit`` says; None where that is not known.
        unit: What is counted.
        follow: The cursor after so many of ``rows``; empty where nothing follows.
        most: Rows of a page at most.
        order: How the rows are ordered, in a few words.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    total: int | None
    unit: str
    follow: Callable[[int], str]
    most: int
    order: str


@dataclass
class Draft:
    """An answer before it is cut to size.

    Args:
        tool: What was asked.
        detail: How much of it.
        as_of: The day at whose end everything was read; None where no data were.
        head: What is always said.
        parts: Further parts, the most important first.
        table: The table, if there is one.
        sources: Where the answer is from.
        rules: Public names of everything that made a number.
        data: Version of the data; None where none were read.
        caveats: What it cannot tell.
        cut: What was left out before, each with how to get it.
    """

    tool: str
    detail: str
    as_of: dt.date | None
    head: dict[str, Any]
    parts: dict[str, Any] = field(default_factory=dict)
    table: Rows | None = None
    sources: list[dict[str, Any]] = field(default_factory=list)
    rules: Sequence[str] = ()
    data: str | None = None
    caveats: Sequence[str] = ()
    cut: list[str] = field(default_factory=list)

    def finish(self, *, budget: int | None = None) -> dict[str, Any]:
        """The answer, cut to its budget: whole parts, then rows, as they fit.

        Args:
            budget: Tokens at most; by default those of its detail.
        """
        limit = budget or BUDGETS[self.detail]
        about = {"tool": self.tool, "as_of": tidy(self.as_of), "detail": self.detail}
        head, foot = self._bounded(about, limit - _RESERVE)
        left = limit - _RESERVE - count_tokens(about | head) - count_tokens(foot)
        shown: dict[str, Any] = {}
        cut = list(self.cut)
        for name, part in self.parts.items():
            value, note = _fit(name, tidy(part), left, is_full=self.detail == DETAILS[-1])
            if value is not None:
                shown[name] = value
                left -= count_tokens({name: value})
            if note:
                cut.append(note)
        paged = self._page(left, cut) if self.table else {}
        return {**about, **head, **shown, **paged, "cut": _few(cut), **foot}

    def _bounded(self, about: dict[str, Any], limit: int) -> tuple[dict[str, Any], dict[str, Any]]:
        """First and last part of the answer; where they are too long for the rest to matter, shortened, the last first.

        Args:
            about: What stands before them.
            limit: Tokens of all three together.
        """
        head, foot = tidy(self.head), self._foot()
        for longest, most in _SHORTENED:
            if count_tokens(about | head) + count_tokens(foot) <= limit:
                break
            foot = _shorten(foot, longest, most)
            if count_tokens(about | head) + count_tokens(foot) > limit:
                head = _shorten(head, longest, most)
        return head, foot

    def _foot(self) -> dict[str, Any]:
        versions = {"answers": ANSWERS_VERSION, "software": __version__, "data": self.data, "rules": list(self.rules)}
        caveats = {"caveats": list(self.caveats)} if self.caveats else {}
        foot: dict[str, Any] = tidy({**caveats, "sources": self.sources, "versions": versions})
        return foot

    def _page(self, left: int, cut: list[str]) -> dict[str, Any]:
        """The rows that fit, and where the next page begins; at least one row is shown where there is one."""
        table = self.table
        if table is None:
            return {}
        left -= count_tokens({"columns": list(table.columns), "order": table.order, "unit": table.unit})
        shown: list[Row] = []
        for row in table.rows[: table.most]:
            plain = tidy(row)
            cost = count_tokens(plain) + 1
            if cost > left and shown:
                break
            if cost > left:
                plain = [clip(one, _SHORTEST_TEXT) if isinstance(one, str) else one for one in plain]
                cut.append("long texts of the row are shortened")
                cost = count_tokens(plain)
            shown.append(plain)
            left -= cost
        follow = table.follow(len(shown))
        page = {"shown": len(shown), "total": table.total, "unit": table.unit, "order": table.order}
        if follow:
            cut.append("further rows: repeat the call with cursor = page.next")
        return {"columns": list(table.columns), "rows": shown, "page": {**page, "next": follow or None}}


def check_detail(detail: str) -> str:
    """The detail, where it is one.

    Raises:
        ConfigError: when it is none.
    """
    if detail not in DETAILS:
        raise ConfigError(
            f"detail {clip(str(detail), 60)!r} was given.", "There is no such detail.", f"Use {', '.join(DETAILS)}."
        )
    return detail


def source_of(world: World) -> dict[str, Any]:
    """Where a world's events are from: provider, citation, terms, and the days covered."""
    card = world.card
    gaps = world.view.coverage()["status"].to_list()
    return {
        "provider": world.provider,
        **{key: card.get(key) for key in ("title", "citation", "terms")},
        "first_day": world.view.first_day,
        "last_day": world.as_of,
        "days_not_covered": sum(status != "present" for status in gaps),
        "is_bundled_sample": world.is_sample,
        "locator": None,
    }


def data_version(world: World) -> str:
    """What the store holds of the provider, as a short digest."""
    return world.store.data_version(world.provider)[:_VERSION_LETTERS]


def _fit(name: str, value: Any, left: int, *, is_full: bool) -> tuple[Any, str]:  # noqa: ANN401 - a part is any JSON
    """A part as far as it fits: all of it, the first of a list, or nothing; and what to say of the rest."""
    if count_tokens({name: value}) <= left:
        return value, ""
    more = "no room for more" if is_full else "ask with detail=full"
    if isinstance(value, list):
        room, kept = left - count_tokens({name: []}), []
        for one in value:
            room -= count_tokens([one]) + 1  # in a list: a text alone would not be counted as JSON escapes it
            if room < 0:
                break
            kept.append(one)
        if kept:
            return kept, f"{name}: {len(kept)} of {len(value)} shown; {more}"
    return None, f"{name}: left out for its size; {more}"


def _few(cut: list[str]) -> list[str]:
    """What was cut, in not too many words: the reserve is for these and the cursor."""
    kept = list(dict.fromkeys(clip(one, 110) for one in cut))
    return kept if len(kept) <= 4 else [*kept[:3], f"and {len(kept) - 3} further parts"]


def _shorten(value: Any, longest: int, most: int) -> Any:  # noqa: ANN401 - any JSON
    """Long texts shortened, long lists to their first entries."""
    if isinstance(value, Mapping):
        return {key: _shorten(one, longest, most) for key, one in value.items()}
    if isinstance(value, list):
        return [_shorten(one, longest, most) for one in value[:most]]
    return clip(value, longest) if isinstance(value, str) else value
