"""What was read, kept as proposals: attributions, assessments, events with their coder, source, place and one sentence.

In: a reading. Out: records in a chain beside the ledger of forecasts. The article itself is never kept: of its words
only the sentence of each assessment or event and, of an attribution, the speaker and the words that say so. Its digest
lets anybody who holds the article check that it is the same.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente import __version__
from detente.coding import actors, assessments, attribution, events, horizons, judgements, speakers
from detente.coding.events import event_record
from detente.coding.reading import assessments_table, attributions_table
from detente.scorecard import open_ledger
from detente.store import Chain
from detente.store.chain import canonical

if TYPE_CHECKING:
    from detente.coding.assessments import Reading
    from detente.store import Appended

#: Public, versioned name of the form of these records.
PROPOSALS_NAME = "proposals-v1"
FOLDER, FILE = "assessments", "assessments.jsonl"
#: A quoted sentence is cut after so many characters: whoever writes a text as one sentence does not get it all kept.
LONGEST_QUOTE = 500
_CODER = "detente"
_ID_LETTERS = 16
_RESTS_ON = {
    "attributions": (actors.VERSION, attribution.VERSION, speakers.VERSION),
    "assessments": (actors.VERSION, attribution.VERSION, speakers.VERSION, judgements.VERSION, horizons.VERSION),
    "events": (actors.VERSION, attribution.VERSION, speakers.VERSION),
}
_NOT_KEPT = frozenset(["article", "text", "content", "coder", "published"])


def open_book(path: str | Path | None = None) -> Chain:
    """The chain of what was read: in a folder of the ledger (see ``scorecard.open_ledger``)."""
    return Chain(open_ledger(path).path / FOLDER, file=FILE)


def save_reading(reading: Reading, book: Chain, *, name: str) -> Appended:
    """Keep what was read as proposals; what one version of the coder found in one text of one day is kept once.

    Args:
        reading: What was read.
        book: Where to.
        name: The article's file or address; of a file only the name is kept.

    Raises:
        StoreError: when it cannot be written.
    """
    return book.append(make_proposals(reading, name=name))


def make_proposals(reading: Reading, *, name: str) -> list[dict[str, Any]]:
    """The attributions, the assessments and the events of a reading, as records; an assessment names its attribution.

    Args:
        reading: What was read.
        name: The article's file or address.
    """
    source = _source(reading, name)
    attributions = [
        _record("attribution", attribution.VERSION, source, place, row)
        for place, row in enumerate(attributions_table(reading, name=name).iter_rows(named=True))
    ]
    ids = dict(zip(map(id, reading.attributions), (record["id"] for record in attributions), strict=True))
    found = []
    rows = assessments_table(reading, name=name).iter_rows(named=True)
    for place, (one, row) in enumerate(zip(reading.assessments, rows, strict=True)):
        record = _record("assessment", assessments.VERSION, source, place, row)
        span = [one.statement.start, one.statement.end]
        found.append(
            record | {"quote": _cut(row["text"]), "statement_span": span, "attribution": ids.get(id(one.attribution))}
        )
    return attributions + found + _events(reading, source)


def _events(reading: Reading, source: Mapping[str, Any]) -> list[dict[str, Any]]:
    records = []
    for place, event in enumerate(reading.events):
        row = event_record(reading.article.text, event)
        sentence = row.pop("sentence")
        pair = "-".join(sorted((row["actor"], row["recipient"])))
        record = _record("event", events.coder_name(), source, place, {"pair": pair, **row})
        records.append(record | {"quote": _cut(sentence["text"]), "start": sentence["start"], "end": sentence["end"]})
    return records


def _source(reading: Reading, name: str) -> dict[str, Any]:
    article = reading.article
    return {
        "name": "stdin" if name == "-" else name if "://" in name else Path(name).name,
        "outlet": article.outlet,
        "published": str(article.date) if article.date else None,
        "published_from": article.date_from or None,
        "digest": hashlib.sha256(article.text.encode("utf-8", "surrogatepass")).hexdigest(),
        "characters": len(article.text),
    }


def _record(kind: str, version: str, source: Mapping[str, Any], place: int, row: Mapping[str, Any]) -> dict[str, Any]:
    known_by = {
        "kind": kind,
        "coder": version,
        "digest": source["digest"],
        "published": source["published"],
        "place": place,
    }
    return {
        "id": hashlib.sha256(canonical(known_by)).hexdigest()[:_ID_LETTERS],
        "form": PROPOSALS_NAME,
        "kind": kind,
        "coder": {
            "name": _CODER,
            "version": version,
            "rests_on": list(_RESTS_ON[f"{kind}s"]),
            "software": __version__,
        },
        "source": dict(source),
        **{key: _plain(value) for key, value in row.items() if key not in _NOT_KEPT},
    }


def _plain(value: Any) -> Any:  # noqa: ANN401 - what a table's cell holds, and JSON's own types
    if isinstance(value, dt.date):
        return str(value)
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return _cut(value) if isinstance(value, str) else value


def _cut(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= LONGEST_QUOTE else f"{words[: LONGEST_QUOTE - 1]}…"
