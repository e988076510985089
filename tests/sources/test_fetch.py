"""Downloads from a real server that misbehaves: each fault of the table is one test."""

from __future__ import annotations

import errno
import hashlib
import os
import random
import shutil
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from rude_server import (
    CERTIFICATES,
    HASTY,
    RudeServer,
    cut_after,
    downloads,
    drip,
    drip_headers,
    serving,
    silent,
    stall_after,
    status,
)

from detente.errors import ConfigError, StoreError
from detente.sources.downloads import Downloads, Fetched, Wanted, only_download
from detente.sources.exchange import wait_asked
from detente.sources.fetch import Door


def content(seed: int, count: int = 40_000) -> bytes:
    """Bytes without a pattern."""
    return random.Random(seed).randbytes(count)  # noqa: S311 - bytes, not secrets


BODY = content(1)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[RudeServer]:
    """A server with one file; no proxy stands between."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serving() as found:
        found.files["/a.zip"] = BODY
        yield found


def wanted(server: RudeServer, folder: Path, body: bytes = BODY, name: str = "a.zip") -> Wanted:
    """The file as a list would name it."""
    md5 = hashlib.md5(body, usedforsecurity=False).hexdigest()
    return Wanted(f"{server.base}/{name}", folder / "files" / name, len(body), md5)


def fetch(server: RudeServer, folder: Path) -> Fetched:
    """Fetch the file; when it is there, it is right and nothing else is."""
    outcome = downloads().fetch(wanted(server, folder))
    if outcome.status == "fetched":
        assert outcome.wanted.path.read_bytes() == BODY
        assert [path.name for path in outcome.wanted.path.parent.iterdir()] == ["a.zip"]
    else:
        assert not outcome.wanted.path.exists()
    return outcome


def test_a_file_arrives_and_is_not_fetched_again(server: RudeServer, tmp_path: Path) -> None:
    """A file that is there and right costs no request."""
    assert (fetch(server, tmp_path).status, fetch(server, tmp_path).requests) == ("fetched", 0)
    assert server.times("/a.zip") == 1


def test_404_is_an_absent_file_and_is_asked_for_once(server: RudeServer, tmp_path: Path) -> None:
    """A file that does not exist is an outcome, not a fault to try again."""
    server.tricks["/a.zip"] = [status(404)]
    assert fetch(server, tmp_path).status == "absent"
    assert server.times("/a.zip") == 1


def test_429_with_retry_after_is_waited_out(server: RudeServer, tmp_path: Path) -> None:
    """The next request comes no sooner than the server asks, from any of the connections."""
    server.tricks["/a.zip"] = [status(429, Retry_After="1")]
    server.files["/b.zip"] = BODY
    began = time.monotonic()
    outcomes = downloads(replace(HASTY, connections=1)).fetch_all(
        [wanted(server, tmp_path), wanted(server, tmp_path, name="b.zip")]
    )
    assert [outcome.status for outcome in outcomes] == ["fetched", "fetched"]
    assert time.monotonic() - began >= 1
    assert outcomes[0].requests == 2


def test_a_server_that_asks_for_too_long_a_wait_is_left(server: RudeServer, tmp_path: Path) -> None:
    """More than the longest wait is told instead of slept."""
    server.tricks["/a.zip"] = [status(503, Retry_After="86400")]
    outcome = fetch(server, tmp_path)
    assert (outcome.status, outcome.requests) == ("failed", 1)
    assert outcome.reason == "the server answers 503, and asks to wait 86,400 s"


def test_retry_after_may_be_a_date() -> None:
    """Both forms of the header are understood, and nonsense asks for nothing."""
    import datetime as dt

    now = dt.datetime(2015, 2, 18, 23, 0, tzinfo=dt.UTC)
    assert wait_asked({"retry-after": "Wed, 18 Feb 2015 23:00:30 GMT"}, lambda: now) == 30
    assert wait_asked({"retry-after": "7"}) == 7
    assert wait_asked({"retry-after": "soon"}) is None


def test_500_then_fine_is_fetched(server: RudeServer, tmp_path: Path) -> None:
    """Faults of the server pass; the waits between grow."""
    waits: list[float] = []
    server.tricks["/a.zip"] = [status(500), status(502), status(503)]
    fetcher = downloads()
    fetcher.sleep = lambda seconds: waits.append(seconds) is not None
    outcome = fetcher.fetch(wanted(server, tmp_path))
    assert (outcome.status, outcome.requests) == ("fetched", 4)
    assert [0.5 <= wait / (0.001 * 2**n) <= 1.5 for n, wait in enumerate(waits)] == [True] * 3


def test_500_without_end_is_given_up(server: RudeServer, tmp_path: Path) -> None:
    """After so many tries the outcome says what the server answered."""
    server.tricks["/a.zip"] = [status(500)] * 9
    outcome = fetch(server, tmp_path)
    assert (outcome.status, outcome.reason, outcome.requests) == ("failed", "the server answers 500", 4)


def test_after_one_failure_upon_another_the_rest_is_not_tried(server: RudeServer, tmp_path: Path) -> None:
    """A server that is down is not asked for every file of a list."""
    names = [f"{n}.zip" for n in range(20)]
    server.tricks |= {f"/{name}": [status(403)] for name in names}
    fetcher = downloads(replace(HASTY, connections=1))
    outcomes = fetcher.fetch_all([wanted(server, tmp_path, name=name) for name in names])
    assert {outcome.status for outcome in outcomes} == {"failed"}
    assert len(server.asked) < 10
    assert "not tried" in outcomes[-1].reason


@pytest.mark.parametrize("trick", [silent, stall_after(10_000)], ids=["before an answer", "within the body"])
def test_a_stall_is_cut_and_what_has_arrived_is_kept(trick: object, server: RudeServer, tmp_path: Path) -> None:
    """A line on which nothing comes is left; the next request asks only for the rest."""
    server.tricks["/a.zip"] = [trick]  # type: ignore[list-item]
    outcome = fetch(server, tmp_path)
    assert (outcome.status, outcome.requests) == ("fetched", 2)
    assert server.asked[1][1].get("Range") == (None if trick is silent else "bytes=10000-")


def test_a_truncated_body_is_resumed_and_never_taken_for_whole(server: RudeServer, tmp_path: Path) -> None:
    """Three cut connections: each request goes on where the last one broke off, and only with the same content."""
    server.tricks["/a.zip"] = [cut_after(10_000)] * 3
    outcome = fetch(server, tmp_path)
    assert (outcome.status, outcome.requests) == ("fetched", 4)
    ranges = [headers.get("Range") for _, headers in server.asked]
    assert ranges == [None, "bytes=10000-", "bytes=20000-", "bytes=30000-"]
    assert all("If-Range" in headers for _, headers in server.asked[1:])


def test_a_body_without_length_that_breaks_off_is_caught_by_its_size(server: RudeServer, tmp_path: Path) -> None:
    """Where no length is announced, the list's size and MD5 tell a part from the whole."""

    def part_without_length(asked: object) -> None:
        asked.head(200, {"Connection": "close"})  # type: ignore[attr-defined]
        asked.wfile.write(BODY[:500])  # type: ignore[attr-defined]
        asked.close_connection = True  # type: ignore[attr-defined]

    server.tricks["/a.zip"] = [part_without_length]
    assert fetch(server, tmp_path).status == "fetched"


def test_a_list_without_digest_must_say_where_it_ends(server: RudeServer, tmp_path: Path) -> None:
    """Without a length and without a digest a part would pass for the whole: it is not taken."""

    def without_length(asked: object) -> None:
        asked.head(200, {"Connection": "close"})  # type: ignore[attr-defined]
        asked.wfile.write(BODY[:500])  # type: ignore[attr-defined]
        asked.close_connection = True  # type: ignore[attr-defined]

    server.tricks["/a.zip"] = [without_length] * 4
    outcome = downloads().fetch(Wanted(f"{server.base}/a.zip", tmp_path / "list"))
    assert (outcome.status, outcome.requests) == ("failed", 4)
    assert "where it ends" in outcome.reason


def test_a_wrong_md5_is_corrupt_and_leaves_nothing(server: RudeServer, tmp_path: Path) -> None:
    """Content other than the list says gets no name; it is fetched once more, in case the line was at fault."""
    server.files["/a.zip"] = bytes(len(BODY))
    outcome = fetch(server, tmp_path)
    assert (outcome.status, outcome.requests) == ("corrupt", 2)
    assert "its MD5 is" in outcome.reason
    assert list((tmp_path / "files").iterdir()) == []


def test_a_wrong_size_is_corrupt(server: RudeServer, tmp_path: Path) -> None:
    """The message says both sizes."""
    server.files["/a.zip"] = BODY[:-1]
    outcome = fetch(server, tmp_path)
    assert (outcome.status, outcome.reason) == ("corrupt", "it has 39,999 bytes; the list says 40,000")


def test_a_certificate_of_another_name_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Signed by an authority that is trusted, but made out to somebody else: not one byte is taken, no second try."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    for certificate, expected in (("right", "fetched"), ("wrong", "failed")):
        trusted = ssl.create_default_context(cafile=str(CERTIFICATES / f"{certificate}.pem"))
        with serving(certificate) as server:
            server.files["/a.zip"] = BODY
            outcome = downloads(tls=trusted).fetch(wanted(server, tmp_path / certificate))
            assert outcome.status == expected, outcome.reason
            if expected == "failed":
                assert "its certificate does not hold: IP address mismatch" in outcome.reason
                assert (outcome.requests, server.asked) == (1, [])


def test_a_certificate_of_nobody_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The right name without a trusted authority is no better."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serving("right") as server:
        server.files["/a.zip"] = BODY
        assert "certificate" in downloads().fetch(wanted(server, tmp_path)).reason
        assert server.asked == []


def test_verification_cannot_be_switched_off() -> None:
    """A context that takes any certificate is refused at once."""
    lax = ssl.create_default_context()
    lax.check_hostname = False
    with pytest.raises(ConfigError, match="without verified certificates"):
        Door(tls=lax)


def test_a_redirect_to_another_host_is_not_followed(server: RudeServer, tmp_path: Path) -> None:
    """The other host is never asked, unless it was named beforehand."""
    with serving() as other:
        other.files["/a.zip"] = BODY
        server.tricks["/a.zip"] = [status(302, Location=f"{other.base}/a.zip")] * 2
        outcome = fetch(server, tmp_path)
        assert (outcome.status, outcome.requests) == ("failed", 1)
        assert "redirects to another host" in outcome.reason
        assert other.asked == []
        named = downloads(other_hosts=(f"127.0.0.1:{other.server_port}",))
        assert named.fetch(wanted(server, tmp_path)).status == "fetched"


def test_a_redirect_on_the_same_host_is_followed_but_not_for_ever(server: RudeServer, tmp_path: Path) -> None:
    """A moved file is found; a circle ends."""
    server.files["/moved.zip"] = BODY
    server.tricks["/a.zip"] = [status(301, Location="/moved.zip")]
    assert fetch(server, tmp_path).status == "fetched"
    server.tricks["/b.zip"] = [status(302, Location="/b.zip")] * 9
    assert "without end" in downloads().fetch(wanted(server, tmp_path, name="b.zip")).reason
    server.tricks["/c.zip"] = [status(302, Location="file:///etc/hostname")]
    assert "not as safe" in downloads().fetch(wanted(server, tmp_path, name="c.zip")).reason


@pytest.mark.parametrize(("trick", "said"), [(drip, "it drips"), (drip_headers, "it stalls")])
def test_a_slow_drip_is_cut(trick: object, said: str, server: RudeServer, tmp_path: Path) -> None:
    """A byte in time for every time-out is still no transfer, in the body or in the headers."""
    server.tricks["/a.zip"] = [trick] * 2  # type: ignore[list-item]
    outcome = downloads(replace(HASTY, tries=2)).fetch(wanted(server, tmp_path))
    assert outcome.status == "failed"
    assert outcome.reason.startswith(said)
    assert fetch(server, tmp_path).status == "fetched"


def test_content_that_changed_between_two_attempts_is_fetched_anew(server: RudeServer, tmp_path: Path) -> None:
    """The rest of a new file is never glued to the beginning of the old one."""
    old = content(2)
    server.files["/a.zip"] = old
    changed = threading.Event()

    def cut_and_change(asked: object) -> None:
        cut_after(25_000)(asked)  # type: ignore[arg-type]
        server.files["/a.zip"] = BODY
        changed.set()

    server.tricks["/a.zip"] = [cut_and_change]
    outcome = fetch(server, tmp_path)
    assert changed.is_set()
    assert (outcome.status, outcome.requests) == ("fetched", 2)
    assert server.asked[1][1]["Range"] == "bytes=25000-"


def test_a_part_of_another_version_of_the_list_is_not_gone_on_with(server: RudeServer, tmp_path: Path) -> None:
    """When the list has another MD5 than the part was begun for, nothing of the part is used."""
    server.files["/a.zip"] = old = content(2)
    server.tricks["/a.zip"] = [cut_after(20_000), *[status(403)] * 2]
    assert downloads().fetch(wanted(server, tmp_path, old)).status == "failed"
    server.files["/a.zip"] = BODY
    server.tricks.clear()
    assert fetch(server, tmp_path).status == "fetched"
    assert "Range" not in server.asked[-1][1]


def test_a_download_that_ended_before_its_naming_is_named(server: RudeServer, tmp_path: Path) -> None:
    """Killed between the last byte and the rename: the next run needs no request."""
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "a.zip.part").write_bytes(BODY)
    assert (fetch(server, tmp_path).status, len(server.asked)) == ("fetched", 0)


def test_a_body_that_never_ends_is_cut(server: RudeServer, tmp_path: Path) -> None:
    """No file may be larger than what any provider publishes."""

    def endless(asked: object) -> None:
        asked.head(200, {"Connection": "close"})  # type: ignore[attr-defined]
        while not server.over.is_set():
            asked.wfile.write(bytes(65536))  # type: ignore[attr-defined]

    server.tricks["/a.zip"] = [endless]
    assert "longer than 3,000,000 bytes" in fetch(server, tmp_path).reason


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 128 kB; skipped where one may not be mounted."""
    path = tmp_path / "disk"
    path.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", str(path)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a file system cannot be mounted here")
    yield path
    subprocess.run(["umount", str(path)], check=True)


def test_a_disk_that_is_full_says_so_and_goes_on_later(small_disk: Path, server: RudeServer) -> None:
    """What has arrived is kept; when there is room again only the rest is asked for."""
    big = content(3, 90_000)
    server.files["/b.zip"] = big
    (small_disk / "other").write_bytes(bytes(60_000))
    with pytest.raises(StoreError, match="free space"):
        downloads().fetch_all([wanted(server, small_disk, big, "b.zip")])
    (small_disk / "other").unlink()
    assert downloads().fetch(wanted(server, small_disk, big, "b.zip")).status == "fetched"
    assert "Range" in server.asked[-1][1]


def test_a_disk_that_refuses_stops_all_downloads(
    server: RudeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same, where no file system can be mounted: the system's answer is passed on with what to do."""

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr("detente.sources.downloads.os.fsync", full)
        with pytest.raises(StoreError, match="No space left") as told:
            downloads().fetch_all([wanted(server, tmp_path)])
    assert "free space" in told.value.next_step
    assert not (tmp_path / "files" / "a.zip").exists()
    assert fetch(server, tmp_path).status == "fetched"


def test_no_host_is_asked_by_more_than_the_cap(server: RudeServer, tmp_path: Path) -> None:
    """However many files, three requests at a time; and connections are kept for the next file."""
    now, most, ports = [0], [0], set()

    def count(asked: object) -> None:
        with server.lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
            ports.add(asked.client_address[1])  # type: ignore[attr-defined]
        time.sleep(0.02)
        asked.answer()  # type: ignore[attr-defined]
        with server.lock:
            now[0] -= 1

    names = [f"{n}.zip" for n in range(12)]
    for name in names:
        server.files[f"/{name}"], server.tricks[f"/{name}"] = BODY, [count]
    outcomes = downloads().fetch_all([wanted(server, tmp_path, name=name) for name in names])
    assert {outcome.status for outcome in outcomes} == {"fetched"}
    assert [outcome.wanted.path.name for outcome in outcomes] == names
    assert 1 < most[0] <= 3
    assert len(ports) <= 3


def test_a_growing_list_costs_only_what_is_new(server: RudeServer, tmp_path: Path) -> None:
    """The tail is asked for with some overlap; a list that was rewritten is fetched as a whole."""
    path = tmp_path / "list.txt"
    for content, is_whole in ((BODY, True), (BODY + b"more\n", False), (BODY[::-1], True)):
        server.files["/list.txt"] = content
        assert downloads().fetch_growing(f"{server.base}/list.txt", path).status == "fetched"
        assert path.read_bytes() == content
        assert ("Range" in server.asked[-1][1]) != is_whole


def test_two_processes_do_not_fetch_into_one_folder(tmp_path: Path) -> None:
    """The second is told so."""
    with only_download(tmp_path), pytest.raises(StoreError, match="Another process"), only_download(tmp_path):
        pass


@pytest.mark.parametrize(
    "url", ["ftp://127.0.0.1/a", "file:///etc/hostname", "127.0.0.1/a", "http://127.0.0.1/a\r\nX: y"]
)
def test_an_address_that_is_none_is_refused(url: str, tmp_path: Path) -> None:
    """Only http and https, and nothing that could end a header."""
    with pytest.raises(ConfigError, match="is no http or https address"):
        Downloads(Door(HASTY)).fetch(Wanted(url, tmp_path / "a"))
