"""The bundled sample: small, sound, as its card says, and true to what is known of its time."""

from __future__ import annotations

import datetime as dt
import hashlib
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from detente.codebook import states
from detente.domain.actors import Dyad
from detente.errors import StoreError
from detente.sample import load_chronology, monthly_conflict, read_card, sample_store_path
from detente.store import Store, View, open_store

FOLDER = sample_store_path().parent


@pytest.fixture(scope="module")
def store() -> Store:
    """The sample's store."""
    return open_store(sample_store_path(), read_only=True)


@pytest.fixture(scope="module")
def view(store: Store) -> View:
    """All of it."""
    return store.view()


def _events(view: View, actor: str, recipient: str, first: str, last: str) -> int:
    rows = view.events(Dyad(actor, recipient), since=dt.date.fromisoformat(first), until=dt.date.fromisoformat(last))
    return int(rows["n"].sum())


def test_the_sample_is_small() -> None:
    """Everything together stays under three megabytes."""
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) < 3_000_000


def test_the_store_opens_for_reading_only_and_is_sound(store: Store) -> None:
    """Nothing can be appended, and a deep check finds nothing wrong."""
    assert store.providers() == ["icews"]
    assert store.check(deep=True) == []
    with pytest.raises(StoreError):
        store.append("icews", [], path="x", identity="x")


def test_files_are_the_ones_the_card_names() -> None:
    """The digest of every data file is on the card, and no data file is missing there."""
    digests = read_card()["figures"]["sha256"]
    files = {path.relative_to(FOLDER).as_posix(): path for path in FOLDER.rglob("*.parquet")}
    assert {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()} == digests


def test_totals_of_the_card_are_those_of_the_files(view: View) -> None:
    """States, dyads, events, figures, days and months on the card are what the files hold."""
    figures, events = read_card()["figures"], view.events()
    assert figures["states"] == sorted({*events["actor"], *events["recipient"]})
    assert figures["dyads"] == events.select("actor", "recipient").n_unique()
    assert (figures["figures"], figures["events"]) == (events.height, events["n"].sum())
    assert (figures["first_day"], figures["last_day"]) == (str(view.first_day), str(view.last_day))
    assert figures["monthly_figures"] == monthly_conflict().height


def test_the_account_adds_up() -> None:
    """Rows read are kept or ignored by a named rule."""
    figures = read_card()["figures"]
    ledger = figures["ledger"]
    assert ledger["read"] == ledger["kept"] + sum(ledger["ignored"].values())
    assert ledger["kept"] == figures["events"]


def test_the_card_names_its_source() -> None:
    """Citation, DOI and terms are given, and the terms are said to be known from others."""
    card = read_card()
    assert card["doi"] in card["citation"]
    assert "Boschee" in card["citation"]
    assert "as its terms are quoted by others" in card["terms"]


def test_the_reference_page_tells_the_account() -> None:
    """Every total of the account is on the page that describes the sample."""
    page = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "sample.md").read_text("utf-8")
    figures = read_card()["figures"]
    ledger = figures["ledger"]
    totals = [ledger["read"], ledger["kept"], ledger["notes"]["counted_for"], *ledger["ignored"].values()]
    totals += [figures["dyads"], figures["figures"], len(figures["states"])]
    assert [total for total in totals if f"{total:,}" not in page] == []
    assert f"{load_chronology().height} well-known dated events" in page


def test_the_sample_holds_figures_not_records(view: View) -> None:
    """No name, id or locator of the source is carried along."""
    events = view.events()
    for column in ("actor_name", "recipient_name", "event_key", "locator"):
        assert events[column].null_count() == events.height


def test_places_are_known_from_october_2018_as_the_card_says(view: View) -> None:
    """Hardly an event before 4 October 2018 has a place, nearly every one after it has, and the card says so."""
    events = view.events()
    located = events.filter(pl.col("place").is_not_null())
    is_later = pl.col("occurred") >= dt.date(2018, 10, 7)
    assert located["n"].sum() == read_card()["figures"]["places"]
    assert located.filter(is_later)["n"].sum() > 0.99 * events.filter(is_later)["n"].sum()
    assert located.filter(pl.col("occurred") < dt.date(2018, 9, 28))["n"].sum() < 20
    assert any("4 October 2018" in note for note in read_card()["notes"])


def test_heads_of_government_are_no_rebels(view: View) -> None:
    """The executive speaks most for India and Pakistan, and hardly any cooperation comes from their armed groups."""
    for dyad in (Dyad("IND", "PAK"), Dyad("PAK", "IND")):
        spoken = view.events(dyad).filter(pl.col("actor_role").is_not_null())
        by_role = dict(spoken.group_by("actor_role").agg(pl.col("n").sum()).iter_rows())
        assert max(by_role, key=lambda role: by_role[role]) == "executive"
        friendly = spoken.filter(pl.col("intensity_milli") > 0)
        assert friendly.filter(pl.col("actor_role") == "armed group")["n"].sum() < 0.1 * friendly["n"].sum()


def test_roles_of_the_account_are_those_of_the_files(view: View) -> None:
    """As many ends have a role as the account says, and every end of every event is in it."""
    ends, events = read_card()["figures"]["ends"], view.events()
    having = sum(events.filter(pl.col(f"{end}_role").is_not_null())["n"].sum() for end in ("actor", "recipient"))
    assert ends["with_role"] == having
    assert sum(ends.values()) == 2 * events["n"].sum()


def test_roles_and_places_leave_the_cells_as_they_were(view: View) -> None:
    """Refining who speaks and where splits rows and moves no event: cells and their sums are the first edition's."""
    cells = view.cells()
    sums = cells.select(pl.col("n", "cooperation_milli", "conflict_milli", "lowest_milli", "square_milli").sum())
    assert cells.height == 175957
    assert sums.row(0) == (249900, 576946500, 232208200, 222302100, 4185769610000.0)


def test_every_end_is_a_state_and_no_row_is_domestic(view: View) -> None:
    """Territories, organisations and relations of a state with itself are not in it."""
    events = view.events()
    assert {*events["actor"], *events["recipient"]} <= set(states())
    assert not events.filter(pl.col("actor") == pl.col("recipient")).height


def test_one_day_is_thin_and_none_is_missing(view: View) -> None:
    """The only day that is not covered is the one the card names."""
    coverage = view.coverage()
    assert coverage.height == (dt.date(2019, 3, 25) - dt.date(2018, 1, 1)).days + 1
    gaps = coverage.filter(pl.col("status") != "present")
    assert [str(day) for day in gaps["day"]] == read_card()["thin_days"] == ["2019-03-09"]


def test_us_russia_counts_are_those_of_the_whole_stream(view: View) -> None:
    """January to October 2018 has 3,252 and 2,600 rows in the stream; three are of United Nations officials."""
    assert _events(view, "USA", "RUS", "2018-01-01", "2018-10-31") == 3250
    assert _events(view, "RUS", "USA", "2018-01-01", "2018-10-31") == 2599
    # October to December 2018 and January to March 2019, where the original rows hold repeats.
    assert 476 < _events(view, "USA", "RUS", "2018-10-01", "2018-12-31") < 1247
    assert 475 < _events(view, "RUS", "USA", "2019-01-01", "2019-03-25") < 994


def test_the_president_of_france_acts_for_france(view: View) -> None:
    """Andorra, whose co-prince he is, has almost no events; the French–German relation has many."""
    events = view.events()
    assert events.filter((pl.col("actor") == "AND").or_(pl.col("recipient") == "AND"))["n"].sum() < 50
    assert _events(view, "FRA", "DEU", "2018-01-01", "2019-03-25") > 450


def test_the_police_of_punjab_is_no_american_agency(view: View) -> None:
    """Arrests by the Indian CIA, and the politics of an Indian AAP, do not appear as American behaviour."""
    towards_india = view.events(Dyad("USA", "IND"))
    arrests = towards_india.filter(pl.col("provider_code") == "173")
    assert int(arrests["n"].sum()) < 0.05 * int(towards_india["n"].sum())
    assert towards_india["n"].sum() < 900


def test_monthly_counts_peak_where_history_does() -> None:
    """Material conflict of 1991–2010 peaks with the wars in Iraq, Georgia and Lebanon."""
    months = monthly_conflict()
    assert months.schema == {
        "month": pl.Date,
        "actor": pl.String,
        "recipient": pl.String,
        "verbal_conflict": pl.Int64,
        "material_conflict": pl.Int64,
    }
    assert (str(months["month"].min()), str(months["month"].max())) == ("1991-01-01", "2010-12-01")
    assert not months.select("month", "actor", "recipient").is_duplicated().any()
    for actor, recipient, month in (("USA", "IRQ", "2003-03"), ("RUS", "GEO", "2008-08"), ("ISR", "LBN", "2006-07")):
        dyad = months.filter(pl.col("actor") == actor, pl.col("recipient") == recipient)
        assert str(dyad.sort("material_conflict")["month"][-1])[:7] == month


def test_monthly_us_russia_counts_of_2008_are_the_published_ones() -> None:
    """Verbal and material conflict of the United States towards Russia came to 1,120 in 2008."""
    year = monthly_conflict().filter(
        pl.col("actor") == "USA", pl.col("recipient") == "RUS", pl.col("month").dt.year() == 2008
    )
    assert year.select(pl.sum_horizontal("verbal_conflict", "material_conflict").sum()).item() == 1120


def test_importing_the_sample_loads_no_frame_library() -> None:
    """Frames and YAML are loaded when they are read, not before."""
    code = "import sys, detente.sample; print([m for m in ('polars', 'yaml', 'duckdb') if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
