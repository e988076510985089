"""Bringing an archive home: observe the lists, plan, fetch, load. What is held already is never fetched again.

Everything can be stopped at any moment: what has arrived is resumed, what is loaded is in the store's manifest, and the
next run plans from these two.
"""

from __future__ import annotations

from detente.sync.dataset import DatasetRequest, plan_dataset, run_dataset
from detente.sync.observe import plan_sync
from detente.sync.outside import plan_outside, run_outside
from detente.sync.plan import SyncPlan, SyncRequest, downloads_folder
from detente.sync.report import SyncReport
from detente.sync.run import run_sync

__all__ = [
    "DatasetRequest",
    "SyncPlan",
    "SyncReport",
    "SyncRequest",
    "downloads_folder",
    "plan_dataset",
    "plan_outside",
    "plan_sync",
    "run_dataset",
    "run_outside",
    "run_sync",
]
