"""What is held: which days are covered, which are gaps, what every file came to, and under what terms."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from detente.checkup import examine
from detente.replies.atlas import freshness_reply
from detente.sources import SOURCES

if TYPE_CHECKING:
    from detente.replies.desk import Desk
    from detente.store import Batch

#: Newest files listed; the ledger of every file is in the store.
FILES_LISTED = 50


def holdings_reply(desk: Desk) -> dict[str, Any]:
    """Coverage, gaps, ledgers and licences of everything in the store.

    Args:
        desk: Whose store and ledger.
    """
    world = desk.world()
    today = dt.datetime.now(dt.UTC).date()
    report = examine(world.store, is_sample=world.is_sample, today=today, ledger=desk.ledger, proposals=desk.book)
    shown = {key: value for key, value in report.as_dict().items() if key != "store"}
    return {
        **shown,
        "freshness": freshness_reply(world),
        "calendar": calendar_of(world.view.coverage()),
        "source": {key: world.card.get(key) for key in ("title", "publisher", "citation", "terms", "caveats")},
        "ledgers": _ledgers(world.store.batches()),
        "providers": [_provider(name) for name in sorted(SOURCES)],
    }


def calendar_of(coverage: pl.DataFrame) -> list[dict[str, Any]]:
    """One row a month: how many of its days are present, thin and absent, and the rows of the provider."""
    months = coverage.group_by(pl.col("day").dt.truncate("1mo").alias("month")).agg(
        *((pl.col("status") == name).sum().alias(name) for name in ("present", "thin", "absent")),
        pl.col("rows").sum(),
    )
    return [row | {"month": f"{row['month']:%Y-%m}"} for row in months.sort("month").iter_rows(named=True)]


def _ledgers(batches: list[Batch]) -> dict[str, Any]:
    """What all files of the store came to, and the newest of them one by one."""
    files = [(batch.provider, file) for batch in batches for file in batch.files]
    total: Counter[str] = Counter()
    for _, file in files:
        kept = file.ledger
        total.update({"read": kept["read"], "kept": kept["kept"]})
        total.update({"ignored": sum(kept["ignored"].values()), "failed": sum(kept["failed"].values())})
    listed = [
        {"provider": name, "file": Path(file.path).name, **file.ledger}
        for name, file in reversed(files[-FILES_LISTED:])
    ]
    return {"files": len(files), "total": dict(total), "newest": listed}


def _provider(name: str) -> dict[str, Any]:
    card = SOURCES[name].card
    return {
        "name": name,
        "title": card.title,
        "publisher": card.publisher,
        "licence": card.licence,
        "citation": card.citation,
        "caveats": list(card.caveats),
    }
