"""Likely moves on the bundled sample: are the shown probabilities calibrated, in a later period.

    python benchmarks/likely_moves.py --period later

Origins every two weeks from October 2018 to March 2019 (``later``), or from June to September 2018, on which the method
was chosen (``choosing``); seven days ahead, fitted at each origin on what was known by then. Of
the forty pairs busiest in the quarter before, both directions: all rows, the ten shown of each direction, and the
chance of no event. Printed: reliability by tenths, expected error, Brier score and skill against the base rate.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json

import numpy as np
import polars as pl

from detente.forecast.moves import forecast_moves, resolve_moves
from detente.outlook import chosen_moves
from detente.scoring import draw_blocks, reliability
from detente.world import open_world

PERIODS = {"choosing": (dt.date(2018, 6, 4), 8), "later": (dt.date(2018, 10, 1), 12)}
EVERY, DAYS, PAIRS, SHOWN = 14, 7, 40, 10


def main() -> None:
    """Run and print the tables, the figures as JSON last."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--period", choices=sorted(PERIODS), default="later")
    first, origins = PERIODS[parser.parse_args().period]
    world = open_world()
    cells, coverage = world.view.cells_by_place(), world.view.coverage()
    cases = []
    for number in range(origins):
        origin = first + dt.timedelta(days=EVERY * number)
        answers = forecast_moves(cells, coverage, origin, dyads=_busy(cells, origin), days=DAYS)
        cases.append(resolve_moves(_with_shown(answers), cells, coverage))
        print(origin, cases[-1].height, flush=True)
    whole = pl.concat(cases).drop_nulls("happened")
    named = whole.filter(pl.col("kind").is_not_null())
    parts = {"all": named, "shown": named.filter("shown"), "no event": whole.filter(pl.col("kind").is_null())}
    print(json.dumps({name: _figures(rows, name) for name, rows in parts.items()}))


def _busy(cells: pl.DataFrame, origin: dt.date) -> list[tuple[str, str]]:
    recent = cells.filter("directed", pl.col("occurred").is_between(origin - dt.timedelta(days=90), origin))
    pair = pl.concat_list(pl.col("actor", "recipient")).list.sort().list.join("-").alias("pair")
    top = recent.group_by(pair).agg(pl.col("n").sum()).sort("n", "pair", descending=[True, False])["pair"].head(PAIRS)
    both = [tuple(each.split("-")) for each in top]
    return [(a, b) for a, b in both] + [(b, a) for a, b in both]


def _with_shown(answers: pl.DataFrame) -> pl.DataFrame:
    shown = chosen_moves(answers, top=SHOWN).select("actor", "recipient", "kind", shown=pl.lit(True))
    return answers.join(shown, on=["actor", "recipient", "kind"], how="left").with_columns(
        pl.col("shown").fill_null(False)
    )


def _figures(rows: pl.DataFrame, name: str) -> dict[str, object]:
    p, y, base = (rows[column].to_numpy().astype(np.float64) for column in ("p", "happened", "base_rate"))
    table = reliability(p, y)
    print(f"\n{name}: {rows.height} probabilities, said {p.mean():.3f}, came {y.mean():.3f}")
    edges = np.linspace(0, 1, 11)
    place = np.minimum((p * 10).astype(int), 9)
    for number in range(10):
        inside = place == number
        if inside.any():
            span = f"{edges[number]:.1f}–{edges[number + 1]:.1f}"
            print(f"{span}  {inside.sum():6d}  said {p[inside].mean():.3f}  came {y[inside].mean():.3f}")
    group = (rows["actor"] + rows["recipient"]).to_numpy()
    skill = draw_blocks(rows["origin"].to_numpy(), group, block=4, seed=1).skill((p - y) ** 2, (base - y) ** 2)
    return {
        "cases": rows.height,
        "said": round(float(p.mean()), 4),
        "came": round(float(y.mean()), 4),
        "expected_error": round(table.expected_error, 4),
        "brier": round(float(((p - y) ** 2).mean()), 5),
        "skill": [round(value, 4) for value in (skill.value, skill.low, skill.high)],
    }


if __name__ == "__main__":
    main()
