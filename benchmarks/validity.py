"""Do our yearly measures agree with what others judged of the same relations? Ours beside three simple rivals.

Event files are loaded through `detente load`, measured as the product measures them, and set against votes, disputes,
crises, sanctions, alliances and rivalries. The two numbers of `standing-v1` were chosen on one half of the pairs
(`--choose` prints that table); everything reported is of the other half. The page of the docs is rewritten between its
markers (`--write`). Needs the original data sets; set DETENTE_REFERENCE_DATA to their folder.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.stats import rankdata

import detente
from detente.domain.tables import WEEKS
from detente.relations import LEVEL, build_weeks, measure_levels, standing
from detente.sample import sample_store_path

Floats = npt.NDArray[np.float64]

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "explanation" / "validity.md"
REFERENCE = Path(os.environ.get("DETENTE_REFERENCE_DATA", ROOT.parent / "shared" / "data"))
ROUNDS = 200
#: Events a year from which a relation is much in the news.
BUSY = 200
OURS = ("standing", "peers", "−hostility", "affinity", LEVEL)
RIVALS = ("mean Goldstein", "net count", "−share of conflict")
#: The first is what "ours" means in the verdict: chosen before the reporting half was looked at.
LEAD = "standing"
_QUADS = {
    "verbCoop": "verbal cooperation",
    "matlCoop": "material cooperation",
    "verbConf": "verbal conflict",
    "matlConf": "material conflict",
}


@dataclass(frozen=True)
class Yardstick:
    """An outside judgement of a pair's year.

    Args:
        name: What it is.
        column: Where it stands in the table of truth.
        is_friendly: Whether more of it means a better relation.
        is_binary: AUC where it is, rank correlation where it is not.
    """

    name: str
    column: str
    is_friendly: bool
    is_binary: bool

    def agreement(self, truth: Floats, score: Floats) -> float:
        """How far a score that rises with warmth agrees; 0 (rank correlation) or 0.5 (AUC) is chance."""
        if self.is_binary:
            return auc(truth > 0, score if self.is_friendly else -score)
        return rank_correlation(truth if self.is_friendly else -truth, score)

    def agreements(self, truth: Floats, scores: Iterable[Floats]) -> list[float]:
        """The same for many scores; the truth is put into ranks once."""
        if self.is_binary:
            return [self.agreement(truth, score) for score in scores]
        ranked = rankdata(truth if self.is_friendly else -truth)
        return [float(np.corrcoef(ranked, rankdata(score))[0, 1]) for score in scores]


YARDSTICKS = (
    Yardstick("UN voting agreement", "un_agree3", is_friendly=True, is_binary=False),
    Yardstick("UN ideal-point distance", "un_ideal_dist", is_friendly=False, is_binary=False),
    Yardstick("militarized dispute", "mid", is_friendly=False, is_binary=True),
    Yardstick("international crisis", "icb_crisis", is_friendly=False, is_binary=True),
    Yardstick("sanctions", "sanctions", is_friendly=False, is_binary=True),
    Yardstick("strategic rivalry", "rivalry", is_friendly=False, is_binary=True),
    Yardstick("defence alliance", "atop_defense", is_friendly=True, is_binary=True),
)


def auc(is_positive: npt.NDArray[np.bool_], score: Floats) -> float:
    """Probability that a positive scores above a negative, ties counting half; NaN without both."""
    positives = int(is_positive.sum())
    negatives = len(score) - positives
    if not positives or not negatives:
        return float("nan")
    ranks = rankdata(score)
    return float((ranks[is_positive].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def rank_correlation(one: Floats, other: Floats) -> float:
    """Spearman's rank correlation."""
    return float(np.corrcoef(rankdata(one), rankdata(other))[0, 1])


def main() -> None:
    """Load, measure, compare, print; with ``--write`` also into the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--choose", action="store_true", help="how the two numbers of standing-v1 were chosen")
    parser.add_argument("--write", action="store_true", help="write the page of the docs")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="bootstrap rounds")
    parser.add_argument("--stores", type=Path, help="a folder in which the loaded stores are kept for the next time")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        folder = options.stores or Path(passing)
        years = scores_of(load_yearly(folder))
        chosen = half(years)
        if options.choose:
            print(choice(years.filter(~chosen), load_yearly(folder)))
            return
        held = years.filter(chosen)
        parts = [
            across_pairs("ICEWS yearly counts, 2002–2014, the half of the pairs not used for choosing", held, options),
            busy_pairs(held, options),
            across_pairs("GDELT daily net scores, 2018–2021 (nothing was chosen on it)", gdelt(folder), options),
            across_pairs("The bundled sample (ICEWS), 2018 (nothing was chosen on it)", sample(), options),
            within_pairs("ICEWS yearly counts, 2002–2014, the same half", held, options),
            within_pairs("KEDS, daily, Levant, Balkans and Gulf, 1979–2004", keds(folder), options),
        ]
    report = "\n\n".join(parts)
    print(report)
    if options.write:
        start, end = "<!-- written by benchmarks/validity.py -->", "<!-- end of what is written -->"
        before, _, rest = PAGE.read_text("utf-8").partition(start)
        PAGE.write_text(f"{before}{start}\n\n{report}\n\n{end}{rest.partition(end)[2]}", "utf-8")


# Loading and measuring, as a user would.


def load(store: Path, *arguments: str | Path) -> detente.World:
    """Run `detente load` into a store unless it is there, and open it."""
    if not store.exists():
        command = [sys.executable, "-m", "detente", "load", *map(str, arguments), "--store", str(store), "--json"]
        subprocess.run(command, check=True, capture_output=True)
    return detente.open(store)


def load_yearly(folder: Path) -> detente.World:
    """The yearly counts by quad: one row each, dated on the last day of the year, the only day that is covered."""
    table = folder / "icews_year.parquet"
    if not table.exists():
        wide = pl.read_parquet(REFERENCE / "events" / "icews" / "icews_dyad_year_2002_2014.parquet")
        long = wide.unpivot(on=list(_QUADS), index=["year", "source_iso3", "target_iso3"], value_name="count")
        long.filter(pl.col("count") > 0).select(
            date=pl.date("year", 12, 31),
            actor="source_iso3",
            recipient="target_iso3",
            quad=pl.col("variable").replace_strict(_QUADS),
            count="count",
        ).write_parquet(table)
    return load(folder / "year", "table", table, "--name", "icews-year", "--gaps", "empty")


def gdelt(folder: Path) -> pl.DataFrame:
    """Daily net scores of pairs, without direction."""
    file = REFERENCE / "events" / "gdelt" / "gdelt_dyad_day_score_2018_2021.parquet"
    names = ("--map", "actor=iso3_a", "--map", "recipient=iso3_b", "--map", "intensity=score")
    options = ("--name", "gdelt-day", "--gaps", "empty", "--undirected", *names)
    return scores_of(load(folder / "gdelt", "table", file, *options))


def sample() -> pl.DataFrame:
    """The year 2018 of the bundled sample."""
    return scores_of(detente.open(sample_store_path())).filter(pl.col("year") == 2018)


def keds(folder: Path) -> pl.DataFrame:
    """Three regions, each compared within itself."""
    files = REFERENCE / "events" / "keds" / "original"
    parts = [load(folder / name, "keds", files / f"{name}.dat.gz") for name in ("Levant", "Balkan", "Gulf99all")]
    names = [pl.lit(name).alias("region") for name in ("Levant", "Balkan", "Gulf99all")]
    scored = [scores_of(world).with_columns(name) for world, name in zip(parts, names, strict=True)]
    return pl.concat(scored).with_columns((pl.col("region") + pl.col("pair")).alias("cluster"))


def scores_of(world: detente.World) -> pl.DataFrame:
    """Pair-years with a standing: our measures, the rivals, and the truth beside them."""
    standings = world.standings().drop_nulls("standing").with_columns(pl.col("last_day").dt.year().alias("year"))
    ours = standings.select(
        "pair",
        "year",
        "n",
        "standing",
        pl.col("place_among_peers").alias("peers"),
        (-pl.col("hostility")).alias("−hostility"),
        "affinity",
    )
    table = ours.join(_rivals(world), on=["pair", "year"]).join(_levels(world), on=["pair", "year"], how="left")
    return table.join(truth(), on=["pair", "year"]).with_columns(pl.col("pair").alias("cluster"))


def _rivals(world: detente.World) -> pl.DataFrame:
    """Events counted one by one, or row by row where a row stands for many; those of no intensity count in n alone."""
    lower, upper = pl.min_horizontal("actor", "recipient"), pl.max_horizontal("actor", "recipient")
    n, points = pl.col("n"), pl.col("intensity_milli")
    hostile = n.filter(points < 0).sum()
    return (
        world.view.events()
        .group_by((lower + "-" + upper).alias("pair"), pl.col("occurred").dt.year().cast(pl.Int32).alias("year"))
        .agg(
            (points.sum() / n.sum()).alias(RIVALS[0]),
            (n.filter(points > 0).sum() - hostile).cast(pl.Float64).alias(RIVALS[1]),
            (-(hostile / n.sum())).alias(RIVALS[2]),
        )
    )


def _levels(world: detente.World) -> pl.DataFrame:
    """The level by year: the mean of its weeks; of yearly data, its formula on years in the place of weeks."""
    coverage, cells = world.view.coverage(), world.view.cells()
    is_yearly = coverage.filter(pl.col("status") == "present").height < 60
    weeks = _years_as_weeks(cells) if is_yearly else build_weeks(cells, coverage, as_of=world.as_of)
    by_year = measure_levels(weeks).group_by("pair", pl.col("week_end").dt.year().cast(pl.Int32).alias("year"))
    return by_year.agg(pl.col("level_raw").mean().alias(LEVEL))


def _years_as_weeks(cells: pl.DataFrame) -> pl.DataFrame:
    lower, upper = pl.min_horizontal("actor", "recipient"), pl.max_horizontal("actor", "recipient")
    days = 365.0 * 1000.0
    sums = cells.group_by((lower + "-" + upper).alias("pair"), pl.col("occurred").alias("week_end")).agg(
        pl.col("n").sum(),
        (pl.col("cooperation_milli").sum() / days).alias("cooperation"),
        (pl.col("conflict_milli").sum() / days).alias("conflict"),
        (pl.col("square_milli").sum().sqrt() / days).alias("balance_se"),
    )
    grid = sums.select("pair").unique().join(sums.select("week_end").unique(), how="cross")
    filled = grid.join(sums, on=["pair", "week_end"], how="left").with_columns(
        pl.col("n", "cooperation", "conflict", "balance_se").fill_null(0)
    )
    total = pl.col("cooperation") + pl.col("conflict")
    return filled.with_columns(
        actor=pl.lit(None, pl.String),
        recipient=pl.lit(None, pl.String),
        covered_days=pl.lit(365, pl.Int64),
        balance=pl.col("cooperation") - pl.col("conflict"),
        conflict_share=pl.when(total > 0).then(pl.col("conflict") / total),
        news=pl.lit(None, pl.Float64),
    ).select(WEEKS.names)


@cache
def truth() -> pl.DataFrame:
    """Outside judgements by pair and year; null outside each source's coverage."""
    panel = pl.read_parquet(REFERENCE / "reference" / "validation" / "dyad_year_truth_panel_1970_2023.parquet")
    rivals = pl.read_parquet(REFERENCE / "reference" / "conflict" / "td_strategic_rivalries.parquet")
    lower, upper = pl.min_horizontal("iso3_1", "iso3_2"), pl.max_horizontal("iso3_1", "iso3_2")
    pair = (lower + "-" + upper).alias("pair")
    spells = rivals.drop_nulls(["iso3_1", "iso3_2"]).select(pair, "styear", pl.col("endyear").fill_null(2010))
    years = spells.with_columns(
        year=pl.int_ranges(pl.col("styear").cast(pl.Int32), pl.col("endyear").cast(pl.Int32) + 1)
    )
    is_rival = years.explode("year").select("pair", pl.col("year").cast(pl.Int32), rivalry=pl.lit(1.0)).unique()
    table = panel.with_columns(pair, pl.col("year").cast(pl.Int32)).join(is_rival, on=["pair", "year"], how="left")
    last_rivalry = 2010
    return table.select(
        "pair",
        "year",
        pl.col("un_agree3", "un_ideal_dist", "icb_crisis", "atop_defense").cast(pl.Float64),
        mid=(pl.col("mid_hostlev") >= 2).cast(pl.Float64),
        sanctions=pl.max_horizontal("gsdb_1_on_2", "gsdb_2_on_1").cast(pl.Float64),
        rivalry=pl.when(pl.col("year") <= last_rivalry).then(pl.col("rivalry").fill_null(0.0)),
    )


def half(table: pl.DataFrame) -> pl.Series:
    """The pairs that are reported (the others served to choose); a fixed hash of the pair's two codes.

    Raises:
        RuntimeError: when the hash is no longer the one by which the choice was made.
    """
    probe = pl.Series(["CANUSA", "RUSUSA", "INDPAK", "DEUFRA", "CHNJPN", "IRNUSA"]).hash(seed=7) % 2
    if probe.to_list() != _PROBE:
        message = "The hash of this polars differs: the halves would not be those on which the choice was made."
        raise RuntimeError(message)
    return (table["pair"].str.replace("-", "", literal=True).hash(seed=7) % 2).cast(pl.Boolean)


_PROBE = [1, 1, 1, 1, 1, 0]


# Comparing.


def choice(table: pl.DataFrame, world: detente.World) -> str:
    """Mean margin over the best rival on the choosing half, for a few values of the two numbers.

    Busy relations count as much as all, lest the number of reports alone win.
    """
    names = ("weight of affinity", "power of volume", "margin, all", "won", "margin, busy", "won", "both margins")
    lines = ["| " + " | ".join(names) + " |", "| --- " * len(names) + "|"]
    before = (standing.AFFINITY_WEIGHT, standing.VOLUME_POWER)
    for power in (0.0, 0.25, 0.5, 0.75, 1.0):
        for weight in (0.0, 0.25, 0.5, 1.0):
            standing.AFFINITY_WEIGHT, standing.VOLUME_POWER = weight, power
            again = world.standings().select("pair", pl.col("last_day").dt.year().alias("year"), again="standing")
            tried = table.join(again, on=["pair", "year"])
            sets = (tried, tried.filter(pl.col("n") >= BUSY))
            margins = np.array([[_margin(rows, yardstick, "again") for yardstick in YARDSTICKS] for rows in sets])
            mean, won = margins.mean(axis=1), (margins >= 0).sum(axis=1)
            found = f"{mean[0]:+.3f} | {won[0]} | {mean[1]:+.3f} | {won[1]} | {mean.mean():+.3f}"
            lines.append(f"| {weight} | {power} | {found} |")
    standing.AFFINITY_WEIGHT, standing.VOLUME_POWER = before
    return "\n".join(lines)


def _margin(table: pl.DataFrame, yardstick: Yardstick, name: str) -> float:
    """Agreement minus the best rival's; an AUC counts twice its distance from one half, as a correlation does."""
    known = table.drop_nulls(yardstick.column)
    values = known[yardstick.column].to_numpy()
    found = [yardstick.agreement(values, known[column].to_numpy()) for column in (name, *RIVALS)]
    return (2.0 if yardstick.is_binary else 1.0) * (found[0] - max(found[1:]))


def across_pairs(title: str, table: pl.DataFrame, options: argparse.Namespace) -> str:
    """Pair-years compared with each other."""
    return _table(f"### Across pairs: {title}", table, YARDSTICKS, lambda known: known, options)


def busy_pairs(table: pl.DataFrame, options: argparse.Namespace) -> str:
    """The same among relations that are much in the news, where volume explains less."""
    busy = table.filter(pl.col("n") >= BUSY)
    return across_pairs(f"the same, only relations with at least {BUSY} events in the year", busy, options)


def within_pairs(title: str, table: pl.DataFrame, options: argparse.Namespace) -> str:
    """Each pair's years against that pair's own mean; pairs whose judgement never changes are left out."""
    moving = (*YARDSTICKS[:5],)
    return _table(f"### Within pairs over time: {title}", table, moving, _demeaned, options)


def _demeaned(known: pl.DataFrame, column: str) -> pl.DataFrame:
    """Own means taken off; UN figures also lose each year's mean, since the agenda of a session moves all pairs."""
    several = known.filter((pl.col(column).n_unique().over("cluster") > 1) & (pl.len().over("cluster") >= 4))
    names = [name for name in (*OURS, *RIVALS) if name in several.columns]
    if column in ("un_agree3", "un_ideal_dist"):
        by_year = pl.col(column) - pl.col(column).mean().over("year")
        several = several.with_columns(by_year.alias(column))
        several = several.with_columns(pl.col(column) - pl.col(column).mean().over("cluster"))
    return several.with_columns(pl.col(name) - pl.col(name).mean().over("cluster") for name in names)


def _table(
    heading: str,
    table: pl.DataFrame,
    yardsticks: tuple[Yardstick, ...],
    arranged: Callable[..., pl.DataFrame],
    options: argparse.Namespace,
) -> str:
    columns = [name for name in (*OURS, *RIVALS) if table[name].count()]
    lines = [heading, "", "| yardstick | pair-years | " + " | ".join(columns) + " | ours − best rival |"]
    lines.append("| --- " * (len(columns) + 3) + "|")
    won = tried = 0
    for yardstick in yardsticks:
        known = table.drop_nulls([yardstick.column])
        known = arranged(known) if arranged is not _demeaned else _demeaned(known, yardstick.column)
        values = known[yardstick.column].to_numpy()
        if not len(values) or (yardstick.is_binary and not 0 < (values > 0).sum() < len(values)):
            continue
        found, margin, ends = _compare(known, yardstick, columns, options.rounds)
        positives = f" ({int((values > 0).sum())} with)" if yardstick.is_binary else ""
        best = max(found[name][0] for name in RIVALS)
        tried, won = tried + 1, won + (found[LEAD][0] >= best)
        cells = [_cell(found[name], bold=found[name][0] == max(f[0] for f in found.values())) for name in columns]
        kind = "AUC" if yardstick.is_binary else "ρ"
        shown = f"{margin:+.2f} ({ends[0]:+.2f} to {ends[1]:+.2f})"
        lines.append(f"| {yardstick.name}, {kind} | {len(values):,}{positives} | " + " | ".join([*cells, shown]) + " |")
    pairs = table["cluster"].n_unique()
    lines += ["", f"`{LEAD}` is at least as good as the best rival on {won} of {tried}; {pairs:,} pairs."]
    return "\n".join(lines)


def _cell(found: tuple[float, float, float], *, bold: bool) -> str:
    mark = "**" if bold else ""
    return f"{mark}{found[0]:.2f}{mark} ({found[1]:.2f}–{found[2]:.2f})"


def _compare(
    known: pl.DataFrame, yardstick: Yardstick, columns: list[str], rounds: int
) -> tuple[dict[str, tuple[float, float, float]], float, tuple[float, float]]:
    """Agreement of each column with its 90 % interval, and ours minus the best rival's, by resampling pairs."""
    known = known.sort("cluster")
    values = known[yardstick.column].to_numpy()
    scores = {name: known[name].fill_null(strategy="mean").fill_nan(0.0).to_numpy() for name in columns}
    lengths = known["cluster"].rle().struct.field("len").to_numpy().astype(np.int64)
    starts = np.cumsum(lengths) - lengths
    found = {name: yardstick.agreement(values, score) for name, score in scores.items()}
    best = max(RIVALS, key=lambda name: found[name])
    rng = np.random.default_rng(1)
    drawn: dict[str, list[float]] = {name: [] for name in columns}
    for _ in range(rounds):
        picked = rng.integers(0, len(lengths), len(lengths))
        rows = np.concatenate([np.arange(starts[at], starts[at] + lengths[at]) for at in picked])
        agreed = yardstick.agreements(values[rows], [score[rows] for score in scores.values()])
        for name, value in zip(scores, agreed, strict=True):
            drawn[name].append(value)
    ends = {name: np.nanquantile(np.array(of), [0.05, 0.95]) for name, of in drawn.items()}
    margins = np.array(drawn[LEAD]) - np.array(drawn[best])
    low, high = np.nanquantile(margins, [0.05, 0.95])
    banded = {name: (found[name], float(ends[name][0]), float(ends[name][1])) for name in columns}
    return banded, found[LEAD] - found[best], (float(low), float(high))


if __name__ == "__main__":
    main()
