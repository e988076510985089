"""The same work, wherever it is done: in this process, in a pool, or on Spark, classic and by Spark Connect."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from detente import open as open_world
from detente.domain.actors import Pair
from detente.errors import ConfigError, StoreError
from detente.runners import LocalPool, SparkRunner, find_runner
from detente.sample import sample_store_path
from detente.world.batches import Measuring, measure_with

PAIRS = [Pair("USA", "RUS"), Pair("RUS", "UKR"), Pair("FRA", "DEU"), Pair("ISR", "IRN"), Pair("USA", "CHN")]
TEXTS = (
    "Poland condemned Russia on Monday.",
    "Peru threatened to cut aid to Chile, and Chile recalled its ambassador from Peru.",
    "Japan said that China had sent ships. France gave aid to Mali.",
    "It rained.",
)


def _lines() -> list[str]:
    lines = [json.dumps({"id": f"t{i}", "text": TEXTS[i % len(TEXTS)], "date": "2022-10-10"}) for i in range(20)]
    return [*lines[:10], "{no json", *lines[10:]]


@pytest.mark.xdist_group("spark")
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_texts_are_coded_on_spark_as_they_are_here(spark: str, tmp_path: Path) -> None:
    """One function of a batch goes to Spark and to the pool: lines, their order and what failed are the same."""
    pytest.importorskip("spacy", reason="the extra `reading` is not installed")
    pytest.importorskip("pycrfsuite", reason="the extra `reading` is not installed")
    from typer.testing import CliRunner

    from detente.cli import app

    assert spark
    source = tmp_path / "texts.jsonl"
    source.write_text("".join(line + "\n" for line in _lines()), "utf-8")
    outs = {}
    for where in ("local", "spark"):
        out = tmp_path / f"{where}.jsonl"
        done = CliRunner().invoke(app, ["code", str(source), "--out", str(out), "--runner", where])
        assert done.exit_code == 1, done.output
        assert "line 11: no JSON" in done.stderr
        outs[where] = out.read_bytes()
    assert outs["spark"] == outs["local"]
    assert outs["local"].count(b"ACCUSE") >= 5


@pytest.mark.xdist_group("spark")
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_pairs_are_measured_on_spark_as_they_are_here(spark: str) -> None:
    """Reciprocity of several pairs, bands and notes included, is the same to the last digit, in the same order."""
    world = open_world(sample_store_path(), as_of="2019-02-01")
    here = world.measures(PAIRS, only="reciprocity")
    assert here["value"].is_not_null().any()
    assert world.measures(PAIRS, only="reciprocity", runner=SparkRunner("spark")).equals(here)
    assert world.measures(PAIRS[:1], only="status", runner=SparkRunner(spark)).equals(
        world.measures(PAIRS[:1], only="status")
    )


@pytest.mark.xdist_group("spark")
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_work_that_fails_on_a_worker_is_told(spark: str) -> None:
    """A store that changed since the work began is refused where the work is done, and the message comes through."""
    asked = Measuring(sample_store_path(), "another version", "icews", open_world(sample_store_path()).as_of)
    with pytest.raises(StoreError, match="something else than when the work began"):
        measure_with(LocalPool(), PAIRS, asked)
    with pytest.raises(ConfigError, match="something else than when the work began"):
        measure_with(SparkRunner(spark), PAIRS, asked)


def test_batches_are_measured_as_all_pairs_at_once_are() -> None:
    """Batch by batch gives the rows of one call, in the order of the pairs; no pairs give no rows."""
    world = open_world(sample_store_path(), as_of="2019-02-01")
    here = world.measures(PAIRS, only="status")
    assert world.measures(PAIRS, only="status", runner=LocalPool()).equals(here)
    assert world.measures([], runner=LocalPool()).is_empty()


def test_a_runner_that_is_none_is_refused() -> None:
    """The message lists those there are."""
    assert find_runner(jobs=3) == LocalPool(3)
    assert find_runner("sc://host:15002") == SparkRunner("sc://host:15002")
    with pytest.raises(ConfigError, match="local, spark or sc://HOST:PORT"):
        find_runner("ray")
