"""Write the outputs that pages of the docs show beneath their commands anew: run after a number has changed on purpose.

    python scripts/write_outputs.py docs/explanation/two-forecasts-later.md …

Each command of a page's ``console`` blocks is run in order, in one folder with a store and a ledger of its own. Where
the page shows an output it is replaced by the present one; a command shown without output stays so.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

_BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)


def rewrite(page: str, folder: Path) -> str:
    """The page with every shown output as it is now."""
    env = dict(os.environ) | {"DETENTE_STORE": str(folder / "store"), "DETENTE_LEDGER": str(folder / "ledger")}
    env |= {"NO_COLOR": "1", "COLUMNS": "110", "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}

    def block(found: re.Match[str]) -> str:
        parts = []
        for part in re.split(r"^\$ ", found.group(1), flags=re.MULTILINE)[1:]:
            command, _, shown = part.partition("\n")
            run = subprocess.run(  # noqa: S603 - commands of our own pages
                ["bash", "-c", command],  # noqa: S607
                cwd=folder, env=env, capture_output=True, text=True, check=True,
            )  # fmt: skip
            output = "\n".join(line.rstrip() for line in run.stdout.strip("\n").splitlines())
            parts.append(f"$ {command}\n" + (f"{output}\n" if shown.strip() else ""))
        return "```console\n" + "".join(parts) + "```"

    return _BLOCK.sub(block, page)


def main() -> None:
    """Rewrite the pages named."""
    for name in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(name)
            path.write_text(rewrite(path.read_text("utf-8"), Path(folder)), encoding="utf-8")
            print(f"wrote {name}")


if __name__ == "__main__":
    main()
