"""Load on the web server, over the loopback address: requests a second, waiting times, errors, and memory.

python benchmarks/web.py [SECONDS] [CONNECTIONS] [WORKERS]

Three loads on the sample, one after another: the same page asked for again (kept), briefs as JSON whose answers are not
kept (the parts of forty pairs are), and briefs of pairs that nobody has asked for. The client shares the cores with the
server, so the figures are what is left; say the load of the machine beside them.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import detente
from detente.sample import sample_store_path

PORT = 8799
PAIRS = 40
_HEAD = "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept-Encoding: gzip\r\n\r\n"


class Load:
    """Answers of one load: waiting times by status, and the server's memory on the way."""

    def __init__(self) -> None:
        self.waits: list[float] = []
        self.errors = 0
        self.memory: list[float] = []
        self.work = 0.0


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str) -> int:
    """One request over a connection that stays open; returns the status."""
    writer.write(_HEAD.format(path=path, port=PORT).encode())
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("latin-1").lower().split("\r\n")
    length = next(int(line.split(":")[1]) for line in lines if line.startswith("content-length:"))
    await reader.readexactly(length)
    return int(lines[0].split(" ")[1])


async def one_client(load: Load, paths: Iterator[str], ends: float) -> None:
    """Requests one after another until the time is over or there is nothing left to ask."""
    reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
    for path in paths:
        started = time.perf_counter()
        if started > ends:
            break
        status = await ask(reader, writer, path)
        load.waits.append(time.perf_counter() - started)
        load.errors += status != 200
    writer.close()


async def measure(paths: Iterator[str], seconds: float, connections: int, process: int) -> Load:
    """A load of some seconds from some clients at once."""
    load, ends = Load(), time.perf_counter() + seconds

    async def watch() -> None:
        while time.perf_counter() < ends:
            load.memory.append(memory_of(process))
            await asyncio.sleep(max(seconds / 6, 0.5))

    watching, before = asyncio.create_task(watch()), work_of(process)
    await asyncio.gather(*(one_client(load, paths, ends) for _ in range(connections)))
    watching.cancel()
    load.work = work_of(process) - before
    load.memory.append(memory_of(process))
    return load


def family_of(process: int) -> list[str]:
    """A process and its children."""
    return [str(process), *Path(f"/proc/{process}/task/{process}/children").read_text("ascii").split()]


def work_of(process: int) -> float:
    """Seconds of processor time that a process and its children have had."""
    fields = [Path(f"/proc/{one}/stat").read_text("utf-8").rpartition(")")[2].split() for one in family_of(process)]
    return sum(int(each[11]) + int(each[12]) for each in fields) / os.sysconf("SC_CLK_TCK")


def memory_of(process: int) -> float:
    """Resident memory of a process and its children, in megabytes."""
    total = 0
    for one in family_of(process):
        status = Path(f"/proc/{one}/status").read_text("ascii")
        total += next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
    return total / 1024


def report(name: str, load: Load, seconds: float) -> None:
    """One line of the table."""
    waits = sorted(load.waits)
    p99 = waits[int(0.99 * (len(waits) - 1))] * 1000
    print(
        f"{name:<32} {len(waits) / seconds:7.1f}/s  p50 {statistics.median(waits) * 1000:6.1f}  p99 {p99:6.1f} ms  "
        f"processor {1000 * load.work / len(waits):5.1f} ms each  errors {load.errors}  "
        f"memory {load.memory[0]:,.0f} to {load.memory[-1]:,.0f} MB"
    )


def start(workers: int, held: int) -> subprocess.Popen[bytes]:
    """The server, once it answers."""
    env = os.environ | {"DETENTE_SERVE_HELD": str(held), "DETENTE_LEDGER": "/nonexistent"}
    command = [sys.executable, "-m", "detente", "serve", "--port", str(PORT), "--workers", str(workers)]
    command += ["--store", str(sample_store_path())]
    server = subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL)
    asyncio.run(wait(workers))
    return server


async def wait(workers: int) -> None:
    """Until every process has answered: each has to read the data for itself."""
    for _ in range(240):
        try:
            await asyncio.gather(
                *(one_client(Load(), iter(["/read"]), time.perf_counter() + 60) for _ in range(workers))
            )
        except OSError:
            await asyncio.sleep(0.5)
        else:
            return
    sys.exit("the server did not start")


def main(seconds: str = "60", connections: str = "16", workers: str = "2") -> None:
    """Run the loads and print the table."""
    span, clients, processes = float(seconds), int(connections), int(workers)
    pairs = detente.open(sample_store_path()).pairs()["pair"].to_list()
    warm = [f"/pair/{pair}.json" for pair in pairs[:PAIRS]]
    load_average = os.getloadavg()[0]
    print(
        f"{processes} processes, {clients} connections, {span:g} s each; load of the machine before: {load_average:.1f}"
    )
    server = start(processes, 256)
    try:
        asyncio.run(measure(iter(["/pair/USA-RUS"] * 8 * processes), 60, 4 * processes, server.pid))
        kept = asyncio.run(measure(itertools.repeat("/pair/USA-RUS"), span, clients, server.pid))
        report("page of a pair, kept", kept, span)
    finally:
        server.terminate()
        server.wait()
    server = start(processes, 0)
    try:
        asyncio.run(measure(iter(warm * 3 * processes), 120, clients, server.pid))
        made = asyncio.run(measure(itertools.cycle(warm), span, clients, server.pid))
        report("brief as .json, made for each", made, span)
        fresh = [f"/pair/{pair}.json" for pair in pairs[PAIRS : PAIRS + 200]]
        started = time.perf_counter()
        first = asyncio.run(measure(iter(fresh), 300, clients, server.pid))
        report("brief never asked for before", first, time.perf_counter() - started)
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
