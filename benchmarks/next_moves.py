"""Next moves as temporal-knowledge-graph forecasting: ranks of the true actor on ICEWS14 and ICEWS18.

Protocol of Gastinger et al. (2023, 2024): every fact of the part asks two questions, who was it done to and who did
it; other true answers of that day are filtered out; ties get the mean rank; all actors of the data set are ranked.
Single-step: all earlier days are known. Multi-step: nothing after the part's first day is known.

    python benchmarks/next_moves.py --data icews14 --setting single-step --part valid --work DIR
    python benchmarks/next_moves.py --data icews14 --setting single-step --part test --work DIR
    python benchmarks/next_moves.py --data icews14 --setting single-step --part test --teach train+valid --work DIR

The valid run learns on train, chooses how much trees and networks count, and writes it down; the test run uses what was
written and is made once. With ``--teach train+valid`` the same plan, chosen on valid as before, is taught again on as
many days, which end with valid instead of train; the mixture and the shares stay. What was built and said stays in DIR.
Data are read from where ``DETENTE_REFERENCE_DATA`` says. The two networks that read the graph need torch
(``pip install -e '.[graph]'``); ``--voices trees,network`` does without it.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import resource
import time
from collections.abc import Callable, Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from detente.forecast.next_moves.lists import Lists, build_lists, fit_mixture, walk
from detente.forecast.next_moves.mixture import Mixture
from detente.forecast.next_moves.ranker import (
    Draw,
    log_shares,
    network_scores,
    train_network,
    train_trees,
    tree_scores,
)
from detente.forecast.next_moves.shelf import Shelf, open_lists
from detente.scoring.filtered_ranks import Missed, RankSummary, filtered_ranks, summarise_ranks
from next_moves_data import Benchmark, read_benchmark
from next_moves_plans import MULTI_STEP_SPAN, PLANS, GraphLesson, Plan, Span

Floats = npt.NDArray[np.float32]
#: By voice, what each seed's model says.
Scores = dict[str, list[Floats]]
#: Candidates of a list that models learn from.
KEPT = 100
#: Of these shares, one a voice, those that sum to 1 are tried on valid.
SHARES = tuple(tenth / 10 for tenth in range(11))


def main() -> None:
    """Run one part and print its figures, the last line as JSON."""
    asked = _arguments()
    begun = time.monotonic()
    data, plan = read_benchmark(Path(os.environ["DETENTE_REFERENCE_DATA"]), asked.data), PLANS[asked.data]
    folder = Path(asked.work) / f"{asked.data}-{asked.setting}"
    folder.mkdir(parents=True, exist_ok=True)
    is_multi = asked.setting == "multi-step"
    mixture = _kept(folder / "mixture.pkl", lambda: _fit_mixture(data, plan, is_multi))
    taught = asked.teach.split("+")
    for part in (*taught, asked.part):
        _build(data, plan, mixture, folder, part, is_multi)
    models = folder if taught == ["train"] else folder / asked.teach
    teach = _lessons(data, plan, folder, taught, is_multi)
    lists, spans = open_lists(folder / asked.part), list(_spans(data, plan, asked.part, is_multi=is_multi))
    rank = {
        "trees": lambda model: tree_scores(model, lists),
        "network": lambda model: network_scores(model, lists),
        "graph": lambda model: _graph_scores(model, data, lists, spans),
        "joint": lambda model: _graph_scores(model, data, lists, spans),
    }
    voices, seeds = asked.voices or plan.voices, asked.seeds or plan.seeds
    scores: Scores = {voice: [] for voice in voices}
    for seed, voice in product(seeds, voices):
        name = f"{voice}-{seed}"
        model = _kept(models / f"{name}.pkl", lambda v=voice, s=seed: teach[v](s))
        said = _kept(models / f"{name}-{asked.part}.pkl", lambda v=voice, m=model: log_shares(rank[v](m)))
        scores[voice].append(said)
        print(f"{voice}, seed {seed}: {_line(lists, said)}", flush=True)
    shares = _choose(folder, lists, scores, asked.part)
    _report(lists, scores, shares, asked, time.monotonic() - begun)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", choices=sorted(PLANS), required=True)
    parser.add_argument("--setting", choices=("single-step", "multi-step"), default="single-step")
    parser.add_argument("--part", choices=("valid", "test"), default="valid")
    parser.add_argument(
        "--voices", type=lambda told: tuple(told.split(",")), help="Some of the plan's; all where not given."
    )
    parser.add_argument(
        "--seeds",
        type=lambda told: tuple(map(int, told.split(","))),
        help="Likewise; shares are those chosen with all.",
    )
    parser.add_argument(
        "--teach", choices=("train", "train+valid"), default="train", help="Parts that models learn from."
    )
    parser.add_argument("--work", required=True, help="Where what is built is kept.")
    asked = parser.parse_args()
    if asked.part in asked.teach.split("+"):
        parser.error("What is taught on valid is asked on test.")
    return asked


def _kept(path: Path, make: Callable[[], Any]) -> Any:  # noqa: ANN401 - a model, whichever
    """What an earlier run made and left there, or make it now. The files are this script's own."""
    if path.exists():
        return pickle.loads(path.read_bytes())  # noqa: S301 - written by this script
    made = make()
    path.write_bytes(pickle.dumps(made))
    return made


def _spans(data: Benchmark, plan: Plan, part: str, *, is_multi: bool) -> Iterator[Span]:
    """Days asked about, with the first day that is not known in the multi-step setting."""
    first_valid = data.parts["valid"][0]
    if part == "train":
        days = [
            day
            for day in range(first_valid - plan.train_days, first_valid)
            if not (first_valid - day) % plan.train_every
        ]
    else:
        first, last = data.parts[part]
        every = plan.valid_every if part == "valid" else 1
        days = [day for day in range(first, last + 1) if not (day - first) % every]
    if not is_multi:
        yield Span(days, None)
    elif part != "train":
        yield Span(days, data.parts[part][0])
    else:
        for begin in range(first_valid - 4 * MULTI_STEP_SPAN, first_valid, MULTI_STEP_SPAN):
            yield Span(list(range(begin, begin + MULTI_STEP_SPAN, plan.ahead_every)), begin)


def _fit_mixture(data: Benchmark, plan: Plan, is_multi: bool) -> Mixture:
    first = data.parts["valid"][0]
    if is_multi:
        begin = first - MULTI_STEP_SPAN
        return fit_mixture(data.facts, range(begin, first, plan.mixture_every), known_until=begin)
    return fit_mixture(data.facts, range(first - 40, first, plan.mixture_every))


def _build(data: Benchmark, plan: Plan, mixture: Mixture, folder: Path, part: str, is_multi: bool) -> None:
    """Build the lists of a part where they are not there yet."""
    if (folder / part / "columns.json").exists():
        return
    begun, questions = time.monotonic(), 0
    with Shelf(folder / part, keep=KEPT if part == "train" else None) as shelf:
        for span in _spans(data, plan, part, is_multi=is_multi):
            for day, asked in walk(data.facts, span.days, known_until=span.known_until):
                for lists in build_lists(day, asked, mixture):
                    shelf.add(lists)
                questions += len(asked)
    took = time.monotonic() - begun
    print(f"{part}: {questions} questions in {took:.0f} s, {1000 * took / questions:.1f} ms each", flush=True)


def _lessons(
    data: Benchmark, plan: Plan, folder: Path, taught: list[str], is_multi: bool
) -> dict[str, Callable[[int], object]]:
    """By voice, what teaches a model of a seed, on as many days of the parts taught as the plan says."""
    end = data.parts[taught[-1]][1] + 1
    lists = open_lists(folder / "train")
    if taught != ["train"]:
        lists = _joined(folder, taught, end - plan.train_days)
    spans = [span for part in taught for span in _spans(data, plan, part, is_multi=is_multi)]
    return {
        "trees": lambda seed: _trees(lists, plan, seed),
        "network": lambda seed: _network(data, lists, plan, seed),
        "graph": lambda seed: _graph(data, lists, plan.graph, spans, end, seed),
        "joint": lambda seed: _graph(data, lists, plan.joint, spans, end, seed),
    }


def _joined(folder: Path, parts: list[str], first: int) -> Lists:
    """The lists of several parts from a day on, as one."""
    together = folder / "+".join(parts) / "lists"
    if not (together / "columns.json").exists():
        with Shelf(together, keep=KEPT) as shelf:
            for part in parts:
                lists = open_lists(folder / part)
                for begin in range(int(np.searchsorted(lists.day, first)), lists.day.size, 1000):
                    shelf.add(lists.part(begin, begin + 1000))
    return open_lists(together)


def _trees(train: Lists, plan: Plan, seed: int) -> object:
    return train_trees(train, Draw.of(train, seed=seed, share=plan.tree_share), rounds=plan.rounds, seed=seed)


def _network(data: Benchmark, train: Lists, plan: Plan, seed: int) -> object:
    vocabulary = data.facts.vocabulary
    sizes = {"actors": vocabulary.actors, "relations": 2 * vocabulary.relations}
    return train_network(train, **sizes, seed=seed, lesson=plan.lesson)


def _graph(data: Benchmark, train: Lists, lesson: GraphLesson | None, spans: list[Span], end: int, seed: int) -> object:
    from next_moves_graph import train_graph

    if lesson is None:
        raise SystemExit("The plan of this data set teaches no such model.")
    late = [Span([day for day in span.days if day >= end - lesson.days], span.known_until) for span in spans]
    return train_graph(data.facts, train, late, seed=seed, lesson=lesson)


def _graph_scores(model: Any, data: Benchmark, lists: Lists, spans: list[Span]) -> Floats:  # noqa: ANN401 - torch
    from next_moves_graph import graph_scores

    return graph_scores(model, data.facts, lists, spans)


def _choose(folder: Path, lists: Lists, scores: Scores, part: str) -> dict[str, float]:
    """What share each voice has in the blend: chosen on valid, read on test."""
    path = folder / f"blend-{'-'.join(scores)}.json"
    if part == "test":
        return dict(json.loads(path.read_text(encoding="utf-8"))["shares"])
    means = {voice: [np.mean(of_seeds, axis=0)] for voice, of_seeds in scores.items()}
    tried = [
        dict(zip(scores, shares, strict=True))
        for shares in product(SHARES, repeat=len(scores))
        if abs(sum(shares) - 1) < 1e-6
    ]
    found = [_summary(lists, _blend(means, shares)).mrr for shares in tried]
    best = tried[int(np.argmax(found))]
    path.write_text(json.dumps({"shares": best, "tried": list(zip(tried, found, strict=True))}), encoding="utf-8")
    return best


def _blend(scores: Mapping[str, list[Floats]], shares: Mapping[str, float]) -> Floats:
    blended: Floats = sum(share * np.mean(scores[voice], axis=0) for voice, share in shares.items())
    return blended


def _summary(lists: Lists, scores: Floats) -> RankSummary:
    missed = Missed(lists.missed_question, lists.missed_above, lists.missed_equal)
    return summarise_ranks(filtered_ranks(scores, lists.is_answer, missed=missed)[0])


def _line(lists: Lists, scores: Floats) -> str:
    found = _summary(lists, scores)
    return " / ".join(f"{100 * value:.2f}" for value in (found.mrr, *found.hits.values()))


def _report(lists: Lists, scores: Scores, shares: dict[str, float], asked: argparse.Namespace, seconds: float) -> None:
    seeds = range(len(next(iter(scores.values()))))
    single = [
        _summary(lists, _blend({voice: [of[seed]] for voice, of in scores.items()}, shares)).mrr for seed in seeds
    ]
    whole = _summary(lists, _blend(scores, shares))
    listed = lists.is_answer.sum() / (lists.is_answer.sum() + lists.missed_question.size)
    print(f"mixture alone: {_line(lists, lists.mixed)}; the answer is in the list for {100 * listed:.1f} %")
    for voice, of_seeds in scores.items():
        print(f"{voice}, all seeds: {_line(lists, np.mean(of_seeds, axis=0))}; share in the blend {shares[voice]}")
    print(f"one seed's blend: {100 * np.mean(single):.2f}, from {100 * min(single):.2f} to {100 * max(single):.2f}")
    print(f"blend of all seeds: {_line(lists, _blend(scores, shares))} (MRR / hits at 1 / 3 / 10)")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    figures = {
        "data": asked.data, "setting": asked.setting, "part": asked.part, "teach": asked.teach,
        "queries": whole.queries, "shares": shares,
        "mrr": round(whole.mrr, 4), "hits": {str(k): round(v, 4) for k, v in whole.hits.items()},
        "seeds": [round(value, 4) for value in single], "seconds": round(seconds), "memory_gb": round(memory, 1),
    }  # fmt: skip
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
