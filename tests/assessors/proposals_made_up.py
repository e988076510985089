"""Proposals made up for the tests: records as `read --save` writes them, about pairs and days of the sample."""

from __future__ import annotations

from functools import cache
from typing import Any

from detente.assessors import CONDITIONS, decide
from detente.store import Chain
from detente.world import World, open_world

PUBLISHED = "2018-06-01"
MET, NOT_MET = CONDITIONS


@cache
def sample_world(as_of: str | None = None) -> World:
    """The bundled sample, whatever store the environment names."""
    from detente.sample import sample_store_path

    return open_world(sample_store_path(), as_of=as_of)


def proposal(name: str, **changes: Any) -> dict[str, Any]:
    """An assessment: Russia and the United States are said to be unlikely to fall out in the near future."""
    published = changes.pop("published", PUBLISHED)
    record = {
        "id": f"{name}-0000",
        "kind": "assessment",
        "coder": {"name": "detente", "version": "assessments-v1"},
        "source": {"name": "a.txt", "published": published, "digest": "0" * 64},
        "speaker": "Ada Sand",
        "speaker_text": "Sand",
        "affiliation": None,
        "pair": "RUS-USA",
        "direction": "deteriorate",
        "denied": False,
        "p_low": 0.20,
        "p_high": 0.45,
        "horizon": "in the near future",
        "horizon_kind": "near",
        "until": "2018-08-31",
        "conditions": [],
        "quote": "They are not likely to fall out in the near future, Sand said.",
        "attribution": None,
    }
    return record | changes


def fill(book: Chain, *records: dict[str, Any], accept: bool = True) -> Chain:
    """Put proposals into a book and accept them all."""
    book.append(records)
    if accept:
        decide(book, [record["id"] for record in records], "accepted", by="Kim")
    return book
