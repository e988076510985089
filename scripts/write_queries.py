"""Compile the store's reads for each engine into ``store/sql``; run by ``make docs``. A test compares the two."""

from __future__ import annotations

from pathlib import Path

from detente.store.expressions import DIALECTS, compile_read, expressions
from detente.store.reads import write_statements

FOLDER = Path(__file__).resolve().parents[1] / "src" / "detente" / "store" / "sql"


def statements_of(engine: str) -> str:
    """The file of one engine, as the expressions say it now."""
    return write_statements({name: compile_read(read, engine) for name, read in expressions().items()}, engine)


def main() -> None:
    """Write the files anew."""
    FOLDER.mkdir(exist_ok=True)
    for engine in DIALECTS:
        (FOLDER / f"{engine}.sql").write_text(statements_of(engine), "utf-8")


if __name__ == "__main__":
    main()
