"""Merging small batches as a sync ends."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from detente.errors import StoreError

if TYPE_CHECKING:
    from detente.store import Store


def merge_if_many(store: Store) -> str:
    """Merge small batches where many have gathered, as they do where a sync runs every day or quarter of an hour.

    Returns:
        What was done, in words; empty where nothing was.
    """
    plan = store.plan_merge(in_passing=True)
    if not plan.is_worth_it:
        return ""
    try:
        return str(store.merge(now=dt.datetime.now(dt.UTC).replace(tzinfo=None), in_passing=True))
    except StoreError as error:  # what was loaded is safe; `detente merge` tries again
        return f"batches were not merged. {error}"
