"""What all tests share: where the original data sets may lie, and a store of a test's own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]

# A busy machine is no failure: nothing in the suite is timed.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session", autouse=True)
def ledger_apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Tests, and the commands they start, never write to the user's own ledger of forecasts."""
    folder = tmp_path_factory.mktemp("ledger")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DETENTE_LEDGER", str(folder))
        yield folder


@pytest.fixture(scope="session")
def reference_data() -> Path:
    """The folder of original data sets; a test that asks for it is skipped where there is none."""
    folder = Path(os.environ.get("DETENTE_REFERENCE_DATA", ROOT.parent / "shared" / "data"))
    if not (folder / "events").is_dir():
        pytest.skip(f"the original data sets are not here; set DETENTE_REFERENCE_DATA (looked in {folder.name}/)")
    return folder
