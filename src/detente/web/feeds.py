"""Feeds: what is new of a pair, and which pairs moved, as RSS 2.0."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from detente.outlook.words import format_change, format_day, format_number, format_probability
from detente.web.names import pair_address

if TYPE_CHECKING:
    from detente.outlook import Brief

#: Weeks of a pair's feed before its newest version.
WEEKS_LISTED = 12


def pair_feed(brief: Brief, base: str) -> str:
    """The newest version of a brief, and the weeks before it, each leading to the brief as of that day.

    Args:
        brief: The brief of the last day held.
        base: The site's own address.
    """
    pair = str(brief.pair)
    items = [_item(base, pair_address(pair, brief.as_of), brief.headline, brief.standfirst, brief.as_of)]
    for row in brief.levels.sort("week_end", descending=True).slice(1, WEEKS_LISTED).iter_rows(named=True):
        if row["balance"] is None:
            continue
        title = f"Week to {format_day(row['week_end'])}: {row['n']} events"
        said = (
            f"Cooperation {format_number(row['cooperation'])}, conflict {format_number(row['conflict'])} Goldstein "
            f"points a day; balance {format_change(row['balance'])}, {row['covered_days']} days covered."
        )
        items.append(_item(base, pair_address(pair, row["week_end"]), title, said, row["week_end"]))
    names = " – ".join(brief.names)
    return _feed(base, pair_address(pair), f"{names} · Détente", f"The outlook of {names}, version by version.", items)


def watch_feed(reply: dict[str, Any], base: str) -> str:
    """Pairs that moved most, as of the last day held.

    Args:
        reply: The lists of movers.
        base: The site's own address.
    """
    day = dt.date.fromisoformat(reply["as_of"])
    items = []
    for row in reply["lists"]["moved"]:
        moved = "not known" if row["z"] is None else f"{format_change(row['z'])} standard deviations"
        low = format_probability(row["p_deteriorate"])
        said = (
            f"The last four weeks: {moved} from the pair's own year, {row['n_recent']} events. Over 13 weeks: "
            f"deteriorate {low}, hold {format_probability(row['p_hold'])}, "
            f"improve {format_probability(row['p_improve'])}."
        )
        items.append(_item(base, pair_address(row["pair"], day), f"{row['name']}: {moved}", said, day))
    return _feed(base, "/", "Movers · Détente", f"Which pairs moved most, as of {format_day(day)}.", items)


def _item(base: str, address: str, title: str, said: str, day: dt.date) -> str:
    stamp = f"{day:%a, %d %b %Y} 00:00:00 GMT"
    return (
        f"<item><title>{escape(title)}</title><link>{escape(base + address)}</link>"
        f'<guid isPermaLink="true">{escape(base + address)}</guid><pubDate>{stamp}</pubDate>'
        f"<description>{escape(said)}</description></item>"
    )


def _feed(base: str, address: str, title: str, about: str, items: list[str]) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel>'
        f"<title>{escape(title)}</title><link>{escape(base + address)}</link>"
        f"<description>{escape(about)}</description><language>en</language>{''.join(items)}</channel></rss>\n"
    )
