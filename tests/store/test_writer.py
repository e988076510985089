"""Writing: whole or not at all, one at a time, with room and rights or without."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from hypothesis import strategies as st
from store_rows import ONE_A_DAY, append, event, part

from detente.domain.records import Part
from detente.errors import DataError, StoreError
from detente.store import open_store

ROW = st.tuples(st.integers(0, 30), st.integers(-10_000, 10_000), st.booleans())


def test_the_same_file_twice_changes_nothing(tmp_path: Path) -> None:
    """A second append of one identity is told so, and the manifest stays as it was, byte for byte."""
    store = open_store(tmp_path)
    append(store, part(event()))
    before = (tmp_path / "MANIFEST.json").read_bytes()
    receipt = append(store, part(event()))
    assert receipt.already_held
    assert receipt.ledger.kept == 1
    assert (tmp_path / "MANIFEST.json").read_bytes() == before


def test_a_directory_may_have_any_name(tmp_path: Path) -> None:
    """Quotes and spaces in the store's path are no danger to its queries."""
    store = open_store(tmp_path / 'it\'s "here" é')
    append(store, part(event(0)))
    append(store, part(event(0), event(1)), identity="b", repeats=ONE_A_DAY)
    assert store.view().events().height == 2


def test_a_writer_goes_on_after_a_file_that_failed(tmp_path: Path) -> None:
    """One held writer: the bad file leaves nothing behind, the next is saved, and the store is swept when it ends."""
    store = open_store(tmp_path)
    bad = part(event(0))
    bad.ledger.read += 1
    with store.writer() as writer:
        with pytest.raises(DataError, match="accounted for"):
            writer.append("test", [bad], path="bad", identity="bad")
        receipt = writer.append("test", [part(event(1))], path="good", identity="good")
        writer.commit()
        assert store.view().events().height == 1
    (file,) = store.batches()[0].files
    assert (file.path, file.ledger["kept"]) == ("good", receipt.ledger.kept) == ("good", 1)
    assert store.check(deep=True) == []


def test_a_part_that_breaks_its_schema_commits_nothing(tmp_path: Path) -> None:
    """A bad part, even after good ones, leaves the store as it was."""
    store = open_store(tmp_path)
    good, bad = part(event(0)), part(event(1))
    with pytest.raises(DataError, match="missing"):
        append(store, good, Part(bad.events.drop("n"), bad.days, bad.ledger))
    assert store.batches() == []
    assert not list(tmp_path.glob(".spool-*"))


def test_a_ledger_that_does_not_add_up_commits_nothing(tmp_path: Path) -> None:
    """Rows that are not accounted for stop the batch."""
    store = open_store(tmp_path)
    odd = part(event(0))
    odd.ledger.read += 1
    with pytest.raises(DataError, match="accounted for"):
        append(store, odd)
    assert store.batches() == []


def test_a_second_writer_is_told_who_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one process writes, another waits a little and is then told the writer's process id."""
    monkeypatch.setattr("detente.store.writer._LOCK_WAIT_SECONDS", 0.1)
    store = open_store(tmp_path)
    append(store, part(event(0)))
    lock = str(tmp_path / ".lock")
    hold = f"import fcntl, time; f = open({lock!r}, 'a'); fcntl.flock(f, 2); print(1, flush=True); time.sleep(30)"
    with subprocess.Popen([sys.executable, "-c", hold], stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        holder.stdout.readline()
        with pytest.raises(StoreError, match="is writing to it"):
            append(store, part(event(1)), identity="b")
        assert store.view().events().height == 1
        holder.kill()


def test_a_reader_during_an_append_sees_the_old_state(tmp_path: Path) -> None:
    """Until the commit a reader sees nothing of the batch; after it, all of it."""
    store = open_store(tmp_path)
    append(store, part(event(0)))
    seen = []

    def parts() -> object:
        for day in range(3):
            yield part(event(day, actor_name="new"))
            seen.append(open_store(tmp_path).view().events().height)

    append(store, *[], identity="none")
    store.append("test", parts(), path="f", identity="b")  # type: ignore[arg-type]
    assert seen == [1, 1, 1]
    assert store.view().events().height == 4


def test_readers_in_other_processes_see_whole_batches_only(tmp_path: Path) -> None:
    """A reader that never stops reads nothing but states between commits, while batch after batch is saved."""
    append(open_store(tmp_path), part(event(0)), identity="0")
    code = (
        "import sys; from detente.store import open_store\n"
        "while True:\n"
        "    sys.stdout.write(f'{open_store(sys.argv[1]).view().events().height}\\n'); sys.stdout.flush()\n"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdout
        seen = [int(reader.stdout.readline())]
        for batch in range(1, 9):
            rows = [event(i, actor_name=f"{batch}") for i in range(100)]
            append(open_store(tmp_path), part(*rows), identity=f"{batch}")
        while seen[-1] < 801:
            seen.append(int(reader.stdout.readline()))
        reader.kill()
    assert seen == sorted(seen)
    assert {height % 100 for height in seen} == {1}
    assert len(set(seen)) > 2


def test_a_full_disk_harms_nothing_that_was_saved(tmp_path: Path) -> None:
    """When no byte more can be written the load fails with what to do, and the store is as it was."""
    store = open_store(tmp_path)
    append(store, part(event(0)))
    before = (tmp_path / "MANIFEST.json").read_bytes()
    code = (
        "import sys, signal, resource; from pathlib import Path; sys.path.insert(0, sys.argv[2])\n"
        "import store_rows as t; from detente.store import open_store; from detente.errors import StoreError\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "rows = [t.event(i % 300, actor_name=f'{i * 7919}', locator=f'{i * 104729}') for i in range(20000)]\n"
        "part = t.part(*rows)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "try:\n    t.append(open_store(sys.argv[1]), part, identity='big')\n"
        "except StoreError as error:\n    sys.stdout.write(error.next_step)\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path), str(Path(__file__).parent)]
    run = subprocess.run(command, capture_output=True, text=True, check=True, env=dict(os.environ))
    assert "free space" in run.stdout, run.stderr
    assert (tmp_path / "MANIFEST.json").read_bytes() == before
    assert store.view().events().height == 1


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of half a megabyte; skipped where one may not be mounted."""
    path = tmp_path / "disk"
    path.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(path)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a file system cannot be mounted here")
    yield path
    subprocess.run(["umount", str(path)], check=True)


def test_a_file_system_without_room_harms_nothing_that_was_saved(small_disk: Path) -> None:
    """The load that does not fit fails with what to do; what was saved is read, and a small file still fits after."""
    store = open_store(small_disk / "s")
    append(store, part(event(0)))
    before = (store.path / "MANIFEST.json").read_bytes()
    rows = [event(i % 300, locator=hashlib.sha256(bytes(str(i), "ascii")).hexdigest()) for i in range(30_000)]
    with pytest.raises(StoreError, match="free space"):
        append(store, part(*rows), identity="big")
    assert (store.path / "MANIFEST.json").read_bytes() == before
    assert store.check(deep=True) == []
    append(store, part(event(1)), identity="small")
    assert store.view().events().height == 2


def test_a_disk_that_fills_up_during_the_commit_commits_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even when the manifest is the first file that finds no room, the old one stays and the error says what to do."""
    store = open_store(tmp_path)
    append(store, part(event(0)))

    def full(store: Path, _: object) -> None:
        (store / ".MANIFEST.json.tmp").write_text("{")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr("detente.store.writer.write_manifest", full)
        with pytest.raises(StoreError, match="No space left"):
            append(store, part(event(1)), identity="b")
    assert store.view().events().height == 1
    assert "left over" in str(store.check()[0])
    append(store, part(event(1)), identity="b")
    assert store.view().events().height == 2
    assert store.check(deep=True) == []


def test_a_directory_without_rights_can_be_read_but_not_written(tmp_path: Path) -> None:
    """A store that lies where nobody may write is read without a lock; writing says to check the rights."""
    append(open_store(tmp_path), part(event(0)))
    code = (
        "import os, sys; sys.path.insert(0, sys.argv[2]); import store_rows as t\n"
        "from detente.store import open_store; from detente.errors import StoreError\n"
        "store = open_store(sys.argv[1]); os.chmod(sys.argv[1], 0o555)\n"
        "store.view().events()  # what it imports may lie where only root may read\n"
        "if os.getuid() == 0: os.setuid(65534)\n"
        "sys.stdout.write(f'{store.view().events().height} ')\n"
        "try:\n    t.append(store, t.part(t.event(1)), identity='b')\n"
        "except StoreError as error:\n    sys.stdout.write(error.next_step)\n"
    )
    (tmp_path / ".lock").unlink()
    for folder in (tmp_path, *tmp_path.parents):
        if folder.is_relative_to(tempfile.gettempdir()) and folder != Path(tempfile.gettempdir()):
            folder.chmod(0o755)
    command = [sys.executable, "-c", code, str(tmp_path), str(Path(__file__).parent)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    tmp_path.chmod(0o755)
    assert run.stdout.startswith("1 Check free space and access rights"), run.stderr


def test_a_file_that_fails_half_way_leaves_the_others_of_its_commit_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Parts too large for memory, good files before and after a bad one: what is held is the good files, in order."""
    monkeypatch.setattr("detente.store.spool._ROWS_IN_MEMORY", 1)
    store = open_store(tmp_path)
    bad = [part(event(10), event(11)), part(event(12), event(13))]
    bad[1].ledger.read += 1
    with store.writer() as writer:
        writer.append("test", [part(event(0)), part(event(1), event(2))], path="a", identity="a")
        with pytest.raises(DataError, match="accounted for"):
            writer.append("test", bad, path="bad", identity="bad")
        writer.append("test", [part(event(3))], path="b", identity="b")
    (batch,) = store.batches()
    assert [file.path for file in batch.files] == ["a", "b"]
    assert store.view().events()["actor_name"].to_list() == ["name 0", "name 1", "name 2", "name 3"]
    rows = pl.read_parquet(tmp_path / "events" / f"{batch.id}.parquet").sort("occurred")
    assert rows["file_index"].to_list() == [0, 0, 0, 1]
    assert store.check(deep=True) == []


def test_a_batch_ends_where_the_files_say_and_with_its_provider(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After so many rows, and where another provider begins: a load that is begun again makes the same batches."""
    monkeypatch.setattr("detente.store.writer._ROWS_A_COMMIT", 3)
    store = open_store(tmp_path)
    with store.writer() as writer:
        for name in ("a", "b", "c"):
            writer.append("test", [part(event(0), event(1))], path=name, identity=name)
        writer.append("other", [part(event(0))], path="d", identity="d")
    found = [(batch.provider, [file.path for file in batch.files]) for batch in store.batches()]
    assert found == [("test", ["a", "b"]), ("test", ["c"]), ("other", ["d"])]
