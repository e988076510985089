"""The events behind reasons as lines of text: what was done, and below it where it can be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from detente.outlook.words import format_change

#: Mentions of one event that are shown.
_MENTIONS_SHOWN = 3
_WEIGHTLESS = "rests on no event between the two"
#: What stands above the list.
GROUNDS_NOTE = "what the rows rest on, the weightiest events of each first"
MENTIONS_NOTE = "sentence 1 is the lead, places are characters from the start of the article, times are UTC"


def ground_lines(reasons: Iterable[tuple[dict[str, Any], dict[str, Any]]]) -> Iterator[str]:
    """Lines for reasons and what they rest on.

    Args:
        reasons: Each a row of ``reasons`` or ``measure_reasons``, with ``n_events`` and ``events`` as JSON has them.
    """
    for reason, ground in reasons:
        yield ""
        yield " ".join(filter(None, (str(reason["day"] or ""), reason["what"])))
        if not ground["events"]:
            yield f"  {_WEIGHTLESS}"
            continue
        if reason["day"] is None and reason["n"] is None:
            yield f"  takes away the usual day of the year before, made of {_count(ground['n_events'], 'event')}:"
        for event in ground["events"]:
            yield from _event_lines(event)
        further = ground["n_events"] - sum(event["n"] for event in ground["events"])
        if further:
            yield f"  and {_count(further, 'further event')} (--events for more)"


def _event_lines(event: dict[str, Any]) -> Iterator[str]:
    kind = event["event_type"] or "statement"
    coded = f"{kind} ({event['provider_code']})" if event["provider_code"] else kind
    who = " → ".join(
        f"{event[side]} ({event[f'{side}_name']})" if event[f"{side}_name"] else event[side]
        for side in ("actor", "recipient")
    )
    parts = [
        event["day"],
        f"event {event['event_key']}" if event["event_key"] else "",
        coded,
        f"{format_change(event['intensity'])} points",
        who,
        f"in {event['place']}" if event["place"] else "",
        f"{event['n']} alike" if event["n"] > 1 else "",
        f"known {event['known_at']}",
    ]
    yield "  " + " · ".join(filter(None, parts))
    if not event["mentions"] and event["locator"]:
        yield f"      {event['locator']}"
    for mention in event["mentions"][:_MENTIONS_SHOWN]:
        yield f"      {mention['locator']}"
        yield f"        {_place_words(mention)}"
    further = len(event["mentions"]) - _MENTIONS_SHOWN
    if further > 0:
        yield f"      and {_count(further, 'further mention')} (--json for all)"


def _place_words(mention: dict[str, Any]) -> str:
    """Where in an article: ``sentence 3: actor at 120, recipient at 150, action at 133; found 2018-03-26 04:45``."""
    places = [
        f"{what} at {mention[f'{what}_offset']}"
        for what in ("actor", "recipient", "action")
        if mention[f"{what}_offset"] is not None
    ]
    where = f"sentence {mention['sentence']}" if mention["sentence"] is not None else "sentence not told"
    told = f"{where}: {', '.join(places)}" if places else f"{where}, places in it not told"
    sure = f"; confidence {mention['confidence']:.2f}" if mention["confidence"] is not None else ""
    return f"{told}; found {mention['known_at']}{sure}"


def _count(count: int, what: str) -> str:
    return f"{count:,} {what}" + ("" if count == 1 else "s")
