"""The checkup holds what is there against what the provider's card expects."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from detente.checkup import examine
from detente.store import open_store
from store.store_rows import event, part


def test_days_with_fewer_rows_than_the_card_expects_are_named(tmp_path: Path) -> None:
    """Ten rows a day are far below what ICEWS publishes; a user's own table has no such card."""
    store = open_store(tmp_path)
    for provider in ("icews", "own"):
        store.append(provider, [part(event(0), event(2))], path="x.tab", identity=provider)
    report = examine(store, is_sample=False, today=dt.date(2020, 2, 1))
    unusual = {held.provider: held.unusual for held in report.held}
    assert unusual == {"icews": ("3 of 3 days have fewer rows than the 300 its card expects",), "own": ()}
    assert "unusual    3 of 3 days" in str(report)
    assert report.is_healthy


def test_files_with_more_rows_than_the_card_expects_are_named(tmp_path: Path) -> None:
    """KEDS files are judged by the rows read from each."""
    store = open_store(tmp_path)
    big = part(event(0))
    big.ledger.ignore("domestic", 500_000)
    big.ledger.read += 500_000
    store.append("keds", [big], path="x.dat", identity="x")
    (held,) = examine(store, is_sample=False, today=dt.date(2020, 2, 1)).held
    assert held.unusual == ("1 of 1 files have more rows than the 400,000 its card expects",)
