"""The chain of records: what is said to be saved is saved, and nothing that was saved can change unseen."""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from detente.errors import StoreError
from detente.store import Chain
from detente.store.chain import FILE, HEAD, TORN

CLOCK = iter(dt.datetime.fromisoformat("2026-01-01") + dt.timedelta(seconds=second) for second in range(10**6))


def record(name: int) -> dict[str, Any]:
    """A made-up record."""
    return {"id": f"r{name}", "answer": {"hold": 0.1 * name}, "note": "Détente"}


@pytest.fixture
def chain(tmp_path: Path) -> Chain:
    """Six records, appended in two goes."""
    chain = Chain(tmp_path / "ledger")
    chain.append([record(1), record(2), record(3)], now=lambda: next(CLOCK))
    chain.append([record(4), record(5), record(6)], now=lambda: next(CLOCK))
    return chain


def lines(chain: Chain) -> list[bytes]:
    """The file's lines."""
    return (chain.path / FILE).read_bytes().splitlines(keepends=True)


def rewrite(chain: Chain, changed: list[bytes]) -> None:
    """Put other lines in the file's place, as a tamperer would."""
    (chain.path / FILE).write_bytes(b"".join(changed))


def test_what_was_appended_comes_back_in_order(chain: Chain) -> None:
    """Records keep their content and order, get numbers and times, and the file is sound."""
    records = chain.records()
    assert [found["id"] for found in records] == ["r1", "r2", "r3", "r4", "r5", "r6"]
    assert [found["number"] for found in records] == [1, 2, 3, 4, 5, 6]
    assert records[2]["answer"] == {"hold": 0.1 * 3}
    assert [found["issued_at"] for found in records] == sorted(found["issued_at"] for found in records)
    assert chain.check() == []
    assert chain.head().count == 6


def test_a_record_is_held_once(chain: Chain) -> None:
    """The same id again changes no byte, alone or among many."""
    before = (chain.path / FILE).read_bytes()
    assert chain.append([record(2)]).held == ("r2",)
    assert chain.append([record(name) for name in range(1, 7)] * 2).saved == ()
    assert (chain.path / FILE).read_bytes() == before
    done = chain.append([record(name) for name in range(1, 21)])
    assert (len(done.saved), len(done.held)) == (14, 6)


def test_a_stranger_can_check_it_with_a_few_lines(chain: Chain) -> None:
    """The digest is SHA-256 of the record's sorted, compact JSON without the digest; the form is documented so."""
    import hashlib

    previous = "0" * 64
    for line in lines(chain):
        found = json.loads(line)
        said = found.pop("digest")
        text = json.dumps(found, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert found["previous"] == previous
        assert hashlib.sha256(text.encode()).hexdigest() == said
        previous = said


def _edited(old: list[bytes]) -> list[bytes]:
    return [*old[:2], old[2].replace(b'"r3"', b'"r9"'), *old[3:]]


def _reworded(old: list[bytes]) -> list[bytes]:
    """An edit with its digest made anew: only the next record gives it away."""
    from detente.store.chain import canonical, digest_of

    found = json.loads(old[2]) | {"answer": {"hold": 1.0}}
    return [*old[:2], canonical(found | {"digest": digest_of(found)}) + b"\n", *old[3:]]


TAMPERED: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "edited": _edited,
    "edited with a new digest": _reworded,
    "space added": lambda old: [old[0].replace(b",", b", ", 1), *old[1:]],
    "first deleted": lambda old: old[1:],
    "middle deleted": lambda old: old[:2] + old[3:],
    "last deleted": lambda old: old[:-1],
    "all deleted": lambda old: old[:0],
    "swapped": lambda old: [old[1], old[0], *old[2:]],
    "last two swapped": lambda old: [*old[:4], old[5], old[4]],
    "repeated": lambda old: [*old, old[-1]],
    "garbled": lambda old: [*old[:3], b"{}\n", *old[4:]],
}


@pytest.mark.parametrize("how", sorted(TAMPERED))
def test_any_tampering_is_seen(chain: Chain, how: str) -> None:
    """Edits, deletions and reorderings, at either end and in the middle, are all reported."""
    rewrite(chain, TAMPERED[how](lines(chain)))
    assert chain.check(), how


def test_every_byte_counts(chain: Chain) -> None:
    """A change of any single byte is reported."""
    whole = (chain.path / FILE).read_bytes()
    for place in range(0, len(whole), 23):
        changed = bytearray(whole)
        changed[place] ^= 1
        (chain.path / FILE).write_bytes(bytes(changed))
        assert chain.check(), f"byte {place}"


def test_a_whole_chain_written_anew_is_seen_by_its_head(chain: Chain, tmp_path: Path) -> None:
    """Another valid chain of the same length put in its place does not fit the head."""
    other = Chain(tmp_path / "other")
    other.append([record(name) for name in range(11, 17)])
    rewrite(chain, lines(other))
    assert "written anew" in str(chain.check()[0]) or "missing" in str(chain.check()[0])
    with pytest.raises(StoreError, match="missing or altered"):
        chain.append([record(7)])


def test_nothing_is_appended_to_a_shortened_or_altered_end(chain: Chain) -> None:
    """Where acknowledged records are gone or altered, the ledger is left as it is."""
    rewrite(chain, lines(chain)[:-1])
    with pytest.raises(StoreError, match="missing or altered"):
        chain.append([record(7)])
    assert len(lines(chain)) == 5


def test_without_a_head_a_damaged_middle_is_not_taken_for_a_torn_end(chain: Chain) -> None:
    """Records after a damaged one are never cut off."""
    (chain.path / HEAD).unlink()
    rewrite(chain, _edited(lines(chain)))
    with pytest.raises(StoreError, match="record 3 is damaged"):
        chain.append([record(7)])
    assert len(lines(chain)) == 6


def test_a_lost_head_is_made_anew(chain: Chain) -> None:
    """A sound file without a head is said to be without one, and gets one with the next record."""
    (chain.path / HEAD).unlink()
    assert "head is missing" in str(chain.check()[0])
    chain.append([record(7)])
    assert chain.check() == []
    assert chain.head().count == 7


@pytest.mark.parametrize("kept", [1, 20, 200])
def test_a_torn_line_is_set_aside(chain: Chain, kept: int) -> None:
    """What an interrupted write left is seen, costs no record, and is kept beside the file by the next write."""
    whole = (chain.path / FILE).read_bytes()
    torn = lines(chain)[-1][:kept]
    (chain.path / FILE).write_bytes(whole + torn)
    assert [str(finding).startswith("A torn line") for finding in chain.check()] == [True]
    assert len(chain.records()) == 6
    assert chain.append([record(7)]).set_aside == kept
    assert (chain.path / TORN).read_bytes() == torn
    assert (chain.path / FILE).read_bytes().startswith(whole)
    assert chain.check() == []


def test_a_record_saved_but_not_yet_acknowledged_is_kept(chain: Chain) -> None:
    """Killed between the record and the head, the ledger keeps the record."""
    before = (chain.path / HEAD).read_bytes()
    chain.append([record(7)])
    (chain.path / HEAD).write_bytes(before)
    assert chain.check() == []
    chain.append([record(8)])
    assert [found["id"] for found in chain.records()][-2:] == ["r7", "r8"]
    assert chain.check() == []


def test_the_clock_never_runs_back(chain: Chain) -> None:
    """A record cannot be stamped earlier than the one before it, and one that claims so is reported."""
    last = chain.records()[-1]["issued_at"]
    chain.append([record(7)], now=lambda: dt.datetime.fromisoformat("1999-01-01"))
    assert chain.records()[-1]["issued_at"] == last
    assert chain.check() == []


def test_a_ledger_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    """A file in the directory's place is refused with what to do."""
    (tmp_path / "ledger").write_text("")
    with pytest.raises(StoreError, match="--no-record"):
        Chain(tmp_path / "ledger").append([record(1)])


WRITER = """
import sys
from pathlib import Path
from detente.store import Chain
chain = Chain(Path(sys.argv[1]))
print("start", flush=True)
for number in range(int(sys.argv[3])):
    name = f"{sys.argv[2]}-{number}"
    chain.append([{"id": name, "padding": "x" * 3000}])
    print(name, flush=True)
"""


def writing(path: Path, name: str, records: int) -> subprocess.Popen[str]:
    """A process that appends records and says each that is saved."""
    command = [sys.executable, "-c", WRITER, str(path), name, str(records)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_two_writers_do_not_harm_one_another(tmp_path: Path) -> None:
    """Two processes append at once: every record of both is there, in one sound chain."""
    both = [writing(tmp_path, name, 30) for name in "ab"]
    for process in both:
        with process:
            process.communicate()
    assert sorted(found["id"] for found in Chain(tmp_path).records()) == sorted(
        f"{name}-{number}" for name in "ab" for number in range(30)
    )
    assert Chain(tmp_path).check() == []


def test_killed_at_any_moment_nothing_said_to_be_saved_is_lost(tmp_path: Path) -> None:
    """After each of several ``kill -9`` the chain holds what had been said to be saved, and goes on."""
    chain, said = Chain(tmp_path), set[str]()
    rng = random.Random(20180820)  # noqa: S311 - moments, not secrets
    for round_ in range(int(os.environ.get("DETENTE_KILLS", "6"))):
        with writing(tmp_path, str(round_), 10_000) as process:
            assert process.stdout
            process.stdout.readline()
            time.sleep(rng.random() * 0.15)
            process.send_signal(signal.SIGKILL)
            said |= set(process.communicate()[0].split())
        assert said <= {found["id"] for found in chain.records()}
        assert [finding for finding in chain.check() if "torn" not in str(finding) and "head" not in str(finding)] == []
    chain.append([record(1)])
    assert chain.check() == []
    assert said
