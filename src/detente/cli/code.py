"""The command that codes texts: lines of JSON in, lines of JSON out."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from detente.cli.shown import console, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

    from detente.coding.hosted import HostedCoder
    from detente.coding.texts import Problem, Task
    from detente.runners import Runner


def code(
    place: Annotated[str, typer.Argument(metavar="FILE|-", help="Lines of JSON with id and text; - is stdin.")],
    given_actors: Annotated[
        bool,
        typer.Option("--given-actors", help="Each line names actor_span and recipient_span: say what the one does."),
    ] = False,
    out: Annotated[
        str | None, typer.Option("--out", metavar="FILE", help="Append to a file; what it holds is not coded again.")
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", min=1, max=256, help="Processes of this machine to work on.")] = 1,
    runner: Annotated[
        str, typer.Option("--runner", metavar="RUNNER", help="Where to work: local, spark or sc://HOST:PORT.")
    ] = "local",
    date: Annotated[
        str | None, typer.Option("--date", metavar="DATE", help="Day of the texts whose line has no date.")
    ] = None,
    coder: Annotated[
        str | None, typer.Option("--coder", metavar="openai:MODEL", help="Ask a model at --endpoint instead.")
    ] = None,
    endpoint: Annotated[
        str | None, typer.Option("--endpoint", metavar="URL", help="OpenAI-compatible address; key: DETENTE_CODER_KEY.")
    ] = None,
    price: Annotated[
        str | None, typer.Option("--price", metavar="IN,OUT", help="What a million tokens of the model cost.")
    ] = None,
    max_cost: Annotated[
        float | None, typer.Option("--max-cost", min=0, help="Stop before the run costs more than that.")
    ] = None,
) -> None:
    """Who does what to whom in each text: events between states, in PLOVER, with sentence, places and probability."""
    from detente.coding.texts import Problem, Task
    from detente.domain.periods import parse_day
    from detente.runners import find_runner

    chosen = find_runner(runner, jobs=jobs)
    hosted = _hosted(coder, endpoint, price, max_cost, chosen)
    task = Task(given_actors, parse_day(date, what="date of the texts") if date else None)
    done = _finished(Path(out)) if out else set()
    problems: list[Problem] = []
    coded = kept = 0
    with _opened(place) as lines, _written(out) as stream:
        try:
            for one in _coded(_unfinished(lines, done, problems), task, chosen, hosted):
                if isinstance(one, Problem):
                    problems.append(one)
                    continue
                write(json.dumps(one, ensure_ascii=False, allow_nan=False) + "\n", to=stream)
                coded += 1
                kept += len(one.get("events", ()))
        finally:
            if hosted:
                said = f"{hosted.asked} questions to {hosted.model}, {hosted.purse.spent:.6f} spent at most"
                console(stderr=True).print(f"{said}; {coded} coded", highlight=False)
    found = "" if given_actors else f", {kept} event{'' if kept == 1 else 's'}"
    before = f"; {len(done)} were there before" if done else ""
    console(stderr=True).print(f"{coded} coded{found}{before}; {len(problems)} not coded", highlight=False)
    for problem in problems[:20]:
        console(stderr=True).print(f"line {problem.line}: {problem.why}", highlight=False, markup=False)
    if problems:
        raise typer.Exit(1)


def _coded(
    lines: Iterator[tuple[int, str]], task: Task, runner: Runner, hosted: HostedCoder | None
) -> Iterator[dict[str, Any] | Problem]:
    """The lines coded in order, here or where the runner works."""
    from functools import partial

    from detente.coding import batches
    from detente.coding.texts import code_lines
    from detente.runners import LocalPool

    if hosted or runner == LocalPool():
        yield from code_lines(lines, task, coder=hosted)
        return
    work = partial(batches.code_batch, task=task)
    for batch in runner.run(work, batches.line_batches(lines), batches.coded_schema()):
        yield from batches.read_coded(batch)


def _hosted(
    coder: str | None, endpoint: str | None, price: str | None, max_cost: float | None, runner: Runner
) -> HostedCoder | None:
    """The model that is to be asked, where one is named."""
    from detente.errors import ConfigError
    from detente.runners import LocalPool

    if coder is None:
        if endpoint or price or max_cost is not None:
            raise ConfigError("A model's endpoint or price was given.", "No --coder was.", "Add --coder openai:MODEL.")
        return None
    if runner != LocalPool():
        raise ConfigError(
            "--coder was given with --jobs or --runner.", "One process counts the costs.", "Leave them out."
        )
    from detente.cli.coder import open_coder

    return open_coder(coder, endpoint=endpoint, max_cost=max_cost, price=price)


def _finished(path: Path) -> set[Any]:
    """The ids that a file holds; a last line that was cut off when its writer died is taken away."""
    if not path.exists():
        return set()
    held = path.read_bytes()
    whole = held[: held.rfind(b"\n") + 1]
    if len(whole) < len(held):
        with path.open("r+b") as file:
            file.truncate(len(whole))
    try:
        return {json.loads(line)["id"] for line in whole.splitlines()}
    except (ValueError, TypeError, KeyError):
        from detente.errors import ConfigError

        raise ConfigError(
            f"--out {path.name} was given.", "It holds something else than coded lines.", "Choose another file."
        ) from None


def _unfinished(lines: Iterator[str], done: set[Any], problems: list[Any]) -> Iterator[tuple[int, str]]:
    """The lines whose ids are not done, with their numbers; an id that comes again is a problem."""
    from detente.coding.texts import Problem

    seen: set[Any] = set()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        name = _id_of(line)
        if name is not None and name in seen:
            problems.append(Problem(number, f"the id {name!r} stands in an earlier line too"))
        elif name is None or name not in done:
            yield number, line
        if name is not None:
            seen.add(name)


def _id_of(line: str) -> str | int | None:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    name = record.get("id") if isinstance(record, dict) else None
    return name if isinstance(name, str | int) else None


@contextmanager
def _opened(place: str) -> Iterator[Iterator[str]]:
    from detente.errors import ConfigError

    if place == "-":
        yield iter(sys.stdin)
        return
    try:
        file = Path(place).open(encoding="utf-8", errors="replace")  # noqa: SIM115 - closed below
    except OSError as error:
        raise ConfigError(
            f"{place} was to be coded.", f"It cannot be read: {error.strerror}.", "Give a file of JSON lines, or -."
        ) from None
    with file:
        yield iter(file)


@contextmanager
def _written(out: str | None) -> Iterator[TextIO]:
    from detente.errors import ConfigError

    if out is None:
        yield sys.stdout
        return
    try:
        file = Path(out).open("a", encoding="utf-8")  # noqa: SIM115 - closed below
    except OSError as error:
        raise ConfigError(
            f"--out {out} was given.", f"It cannot be written: {error.strerror}.", "Choose another file."
        ) from None
    with file:
        yield file
