"""How soon the command answers: help, and the brief on the sample, beside a bare interpreter in the same run.

Modules are compiled before, as `pip install` leaves them; the first round of each command is not counted.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

ROUNDS = 7
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "import duckdb, polars": [sys.executable, "-c", "import duckdb, polars"],
    "detente --help": [sys.executable, "-m", "detente", "--help"],
    "detente outlook USA RUS": [sys.executable, "-m", "detente", "outlook", "USA", "RUS"],
    "detente outlook USA RUS --json": [sys.executable, "-m", "detente", "outlook", "USA", "RUS", "--json"],
    "detente watch": [sys.executable, "-m", "detente", "watch"],
}


def main() -> None:
    """Measure and print medians, in seconds and as multiples of the bare interpreter."""
    medians: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as empty:
        env = dict(os.environ) | {"DETENTE_STORE": f"{empty}/none", "PYTHONPYCACHEPREFIX": f"{empty}/compiled"}
        env.pop("PYTHONDONTWRITEBYTECODE", None)
        for name, command in COMMANDS.items():
            seconds = []
            for _ in range(1 + ROUNDS):
                start = time.perf_counter()
                subprocess.run(command, check=True, capture_output=True, env=env)
                seconds.append(time.perf_counter() - start)
            medians[name] = statistics.median(seconds[1:])
    bare = medians["python -c pass"]
    for name, median in medians.items():
        print(f"{name:34} {median:6.2f} s   {median / bare:6.1f} × a bare interpreter")
    print(json.dumps(medians))


if __name__ == "__main__":
    main()
