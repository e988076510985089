"""Write the reference pages that are made from the code: tables, commands, sources, estimative words.

Run by `make docs`. A test compares what this would write with what is committed.
"""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from detente.cli import app
from detente.codebook.estimates import SCALE
from detente.domain.tables import TABLES
from detente.outlook import guide_lines
from detente.relations import REGISTRY
from detente.sources import SOURCES

COMMANDS = tuple(command.callback.__name__ for command in app.registered_commands if command.callback)
REFERENCE = Path(__file__).resolve().parents[1] / "docs" / "reference"


def _table(*heads: str) -> list[str]:
    return ["| " + " | ".join(heads) + " |", "|" + " --- |" * len(heads)]


def tables_page() -> str:
    """Every table that crosses a room: column, type, unit, meaning."""
    lines = ["# Tables", "", "Every table that crosses a room. Null always means *not known*, never zero.", ""]
    for table in TABLES:
        lines += [f"## `{table.name}`", "", table.meaning, "", *_table("Column", "Type", "Unit", "Null", "Meaning")]
        for column in table.columns:
            allowed = f" One of: {', '.join(column.allowed)}." if column.allowed else ""
            null = "yes" if column.nullable else ""
            lines.append(f"| `{column.name}` | {column.dtype} | {column.unit} | {null} | {column.meaning}{allowed} |")
        lines.append("")
    return "\n".join(lines)


def commands_page() -> str:
    """The help of every command, as printed at 100 columns without colour."""
    runner = CliRunner(env={"COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"})
    lines = ["# Commands", "", "`-` is stdin or stdout; `--json` and `--as-of` are everywhere they make sense.", ""]
    for command in COMMANDS:
        text = runner.invoke(app, [command, "--help"], prog_name="detente").stdout
        shown = (line.rstrip() for line in text.strip().splitlines())
        lines += [f"## `detente {command}`", "", "```text", *shown, "```", ""]
    return "\n".join(lines)


def sources_page() -> str:
    """The card of every source."""
    lines = ["# Sources", "", "One card for each provider. The terms are theirs; none of their files is shipped.", ""]
    for name, source in SOURCES.items():
        lines += [f"## `{name}`", "", *_table("", "")]
        for key, value in source.card.as_dict().items():
            text = "; ".join(str(item) for item in value) if isinstance(value, list | tuple) else str(value)
            lines.append(f"| {key.replace('_', ' ')} | {text.replace('|', '/').strip()} |")
        lines.append("")
    return "\n".join(lines)


def words_page() -> str:
    """The estimative words and the probabilities that they stand for."""
    lines = ["# Estimative words", "", "A word is always printed with its number.", "", *_table("Word", "From", "To")]
    lines += [f"| {word} | {low:.0%} | {high:.0%} |" for word, low, high in SCALE]
    publisher = "Office of the Director of National Intelligence"
    lines += ["", f"Source: {publisher}, *Intelligence Community Directive 203: Analytic Standards* (2015).", ""]
    return "\n".join(lines)


def measures_page() -> str:
    """Every measure of the registry: its guide, its numbers, what it claims, its references."""
    intro = "What a relation is made of. Each is shown by `detente measures`, and its claims are attacked by tests."
    lines = ["# Measures", "", intro, ""]
    for measure in REGISTRY.values():
        lines += [f"## {measure.title} (`{measure.name}`)", ""]
        lines += [f"- **{heading}**: {text}" for heading, text in guide_lines(measure) if heading != "See"]
        ways = "each direction apart" if measure.is_directed else "both directions together"
        lines += [f"- **Needs**: {measure.weeks_needed} covered weeks; measures {ways}.", ""]
        lines += _table("Number", "Unit", "Meaning", "Repeats move it by", "Doubled news moves it by")
        for one in measure.quantities:
            steady = [f"at most {claim:g}" if claim is not None else "no claim" for claim in (one.repeats, one.volume)]
            name = f"**`{one.name}`**" if one.is_headline else f"`{one.name}`"
            lines.append(f"| {name} | {one.unit} | {one.meaning.replace('|', '/')} | {' | '.join(steady)} |")
        lines += ["", *(f"See {text}." for heading, text in guide_lines(measure) if heading == "See"), ""]
    return "\n".join(lines)


PAGES = {
    "tables.md": tables_page,
    "commands.md": commands_page,
    "sources.md": sources_page,
    "words.md": words_page,
    "measures.md": measures_page,
}


def main() -> None:
    """Write all pages."""
    for name, page in PAGES.items():
        (REFERENCE / name).write_text(page(), encoding="utf-8")
        print(f"wrote docs/reference/{name}")


if __name__ == "__main__":
    main()
