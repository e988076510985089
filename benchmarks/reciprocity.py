"""Reciprocity put to the test at length: planted rules, shifted partners, a classic case, and the pairs of the sample.

    python benchmarks/reciprocity.py [--pairs 300] [--shifts 20] [--data FOLDER]

1. Simulated pairs, sparse and busy, that answer each other, one-sidedly, or not: bias, cover of the 90 % bands of the
   strength and of each step of the curve, and how often p < 0.05.
2. The real pairs of the bundled sample with partners shifted in time: how often p < 0.05.
3. Israel and the Palestinians, KEDS Levant 1979–2003, where the original data are there.
4. The pairs of 2018–19, ranked; how many pass false-discovery control at 10 %; how long it took.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "relations"))

from tit_for_tat import ANSWER, NONE, controls_of, simulate_sides  # noqa: E402 - the tests' own simulation

from detente.domain.actors import Pair  # noqa: E402 - after the path
from detente.pipeline import load  # noqa: E402
from detente.relations.answers import half_lives, wald  # noqa: E402
from detente.relations.daily import KINDS, build_daily  # noqa: E402
from detente.relations.reciprocity import (  # noqa: E402
    answers_table,
    mean_strength,
    measure_reciprocities,
    measure_reciprocity,
    rank_pairs,
    shifted_answers,
)
from detente.relations.response import STRENGTH_STEPS, fit_answer  # noqa: E402
from detente.sample import sample_store_path  # noqa: E402
from detente.sources import SOURCES  # noqa: E402
from detente.sources.options import ReadOptions  # noqa: E402
from detente.store import open_store  # noqa: E402


def simulate(count: int) -> None:
    """Bias and cover in simulated pairs of 450 days."""
    print(f"1. {count} simulated pairs of 450 days a line; the first side's answers, within a week")
    print(f"{'rule':12}{'base':>6}{'zeros':>7}{'planted':>9}{'mean':>7}{'sd':>7}{'cover':>7}  steps{'':21}{'p<.05':>6}")
    rules = {"both": (ANSWER, ANSWER), "one side": (ANSWER, NONE), "nobody": (NONE, NONE)}
    for base in (0.02, 0.1, 0.3):
        for name, answers in rules.items():
            _simulate_one(name, answers, base, count)


def _simulate_one(name: str, answers: tuple[np.ndarray, np.ndarray], base: float, count: int) -> None:
    generator = np.random.default_rng(20180326)
    planted = float(answers[0][:STRENGTH_STEPS].sum())
    rows, steps, zeros = [], [], []
    for _ in range(count):
        first, second, common = simulate_sides(generator, answers=answers, base=base, shock=min(base, 0.1))
        fit = fit_answer(first, second, controls_of(common))
        if fit is None:
            continue
        low, high, p_value = wald(fit.strength, fit.error, fit.free_blocks)
        rows.append((fit.strength, low <= planted <= high, p_value < 0.05))
        errors = np.sqrt(np.diag(fit.covariance)[: ANSWER.size])
        ends = [wald(float(v), float(e), fit.free_blocks) for v, e in zip(fit.answer, errors, strict=True)]
        steps.append([low <= true <= high for (low, high, _), true in zip(ends, answers[0], strict=True)])
        zeros.append((first == 0).mean())
    mean, cover, found = np.mean(rows, axis=0)
    spread = np.std([row[0] for row in rows])
    shown = " ".join(f"{value:.3f}" for value in np.mean(steps, axis=0))
    about = f"{name:12}{base:6.2f}{np.mean(zeros):7.2f}{planted:9.2f}"
    print(f"{about}{mean:7.3f}{spread:7.3f}{cover:7.3f}  {shown:26}{found:6.3f}", flush=True)


def shift_sample(draws: int) -> None:
    """The null on the real pairs of the sample."""
    view = open_store(sample_store_path(), read_only=True).view(None, None)
    cells, coverage = view.cells(), view.coverage()
    start = time.perf_counter()
    measured = measure_reciprocities(cells, coverage, as_of=view.as_of)
    seconds = time.perf_counter() - start
    pairs = [item.pair for item in measured]
    daily = build_daily(cells, coverage, pairs, as_of=view.as_of)
    generator = np.random.default_rng(20180720)
    by_pair = [shifted_answers(daily, pair, generator) for _ in range(draws) for pair in pairs]
    drawn = [answer for answers in by_pair for answer in answers]
    together = np.array([mean_strength([answer.fit for answer in answers])[3] for answers in by_pair if answers])
    print(f"\n2. Partners shifted in time, {draws} draws of {len(pairs)} pairs of the sample")
    for kind in KINDS:
        p_values = np.array([answer.p_value for answer in drawn if answer.kind == kind])
        print(f"   {kind:12} {p_values.size:6} answers; p < 0.05 in {(p_values < 0.05).mean():.3f}, "
              f"p < 0.01 in {(p_values < 0.01).mean():.4f}")  # fmt: skip
    print(f"   {'whole pairs':12} {together.size:6} means;   p < 0.05 in {(together < 0.05).mean():.3f}")
    ranked = rank_pairs(measured)
    answers = answers_table(answer for item in measured for answer in item.answers)
    print(f"\n4. {ranked.height} pairs of the sample measured in {seconds:.1f} s; as of {view.as_of}")
    print(f"   pairs that pass false-discovery control at 10 %: {(ranked['q_value'] <= 0.1).sum()} of {ranked.height}")
    print(f"   single answers that pass: {(answers['q_value'] <= 0.1).sum()} of {answers.height}")
    print(f"   with p < 0.05: {(answers['p_value'] < 0.05).sum()}; chance alone: {0.05 * answers.height:.0f}")
    for row in ranked.head(12).iter_rows(named=True):
        print(f"   {row['pair']}  {row['strength']:.2f} ({row['strength_low']:.2f} to {row['strength_high']:.2f})"
              f"  p {row['p_value']:.4f}  q {row['q_value']:.3f}  {row['found']}")  # fmt: skip


def keds(data: Path) -> None:
    """Israel and the Palestinians, 1979–2003."""
    path = data / "events" / "keds" / "original" / "Levant.dat.gz"
    print("\n3. Israel and the Palestinians, KEDS Levant, 15 April 1979 to 31 December 2003")
    if not path.exists():
        print("   not run: the original data are not here; name them with --data")
        return
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "store")
        load(store, SOURCES["keds"], [path], ReadOptions())
        view = store.view(None, None)
        as_of = dt.date(2003, 12, 31)
        found = measure_reciprocity(view.cells(), view.coverage(), Pair("ISR", "PSE"), as_of=as_of)
    for answer in found.answers:
        half = f"half of it within {answer.half_life[0]:.1f} days" if answer.half_life else "no sure course"
        print(f"   {answer.dyad.actor} answers {answer.dyad.recipient}'s {answer.kind:12} {answer.strength:6.3f} "
              f"({answer.strength_low:.3f} to {answer.strength_high:.3f})  p {answer.p_value:.5f}  {half}; "
              f"starts {answer.lead.share:.2f} of {answer.lead.openings}")  # fmt: skip


def main() -> None:
    """Run all four and print their tables."""
    default = Path(os.environ.get("DETENTE_REFERENCE_DATA", ROOT.parent / "shared" / "data"))
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=300, help="simulated pairs a line")
    parser.add_argument("--shifts", type=int, default=20, help="draws of each real pair")
    parser.add_argument("--data", type=Path, default=default, help="folder of original data sets")
    chosen = parser.parse_args()
    print(f"planted rule: half of what comes in a fortnight within {half_lives(ANSWER[None])[0]:.1f} days\n")
    simulate(chosen.pairs)
    shift_sample(chosen.shifts)
    keds(chosen.data)


if __name__ == "__main__":
    main()
