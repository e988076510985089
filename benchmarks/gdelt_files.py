"""Made-up GDELT 2.0 event exports with the habits of real ones: what the ingest benchmark reads.

61 tab-separated columns without header or quoting, zipped. A few states make most of the news and have long tails
behind them; most rows name one state or none; mentions, sources and tones are skewed; most fields of an actor are
blank. Some rows come twice (the same id in the same file or the next), some are emitted again under a new id, some tell
of days long past, and a few are broken: a field too few, a byte that is no UTF-8, an impossible date, no event code.
The shares are set by general knowledge of GDELT, not fitted to its files.
"""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from detente import codebook

FIELDS = 61
FIRST = dt.datetime(2016, 1, 1)  # noqa: DTZ001 - the files' clock is UTC without a zone
SLOT = dt.timedelta(minutes=15)
#: Rows of a quarter of an hour; a day then has some 150,000.
ROWS_A_SLOT = 1_560
#: What a row may be besides right, with the share of rows that are so.
SAME_ID_SHARE, NEXT_ID_SHARE, EMITTED_AGAIN_SHARE = 0.004, 0.002, 0.02
OLD_SHARE = 0.07
SHORT_SHARE, BAD_BYTE_SHARE, BAD_DATE_SHARE, NO_CODE_SHARE = 0.0002, 0.0005, 0.0001, 0.0005
#: Shares of actors: none, one without a state, one that is a region, a state.
ACTOR_KINDS = (0.17, 0.30, 0.01, 0.52)
RECIPIENT_KINDS = (0.33, 0.28, 0.01, 0.38)
_ROLES = ("", "", "", "GOV", "MIL", "COP", "LEG", "OPP", "BUS", "MED", "CVL", "JUD", "REB", "UAF", "EDU")
_SELDOM = (("UNO", 0.02), ("kur", 0.01), ("MOS", 0.02))
PLACES = 4000
#: Who makes most of the news; the rest follows in an order of its own.
_BUSY = ("USA", "RUS", "CHN", "GBR", "ISR", "IRN", "TUR", "FRA", "SYR", "PAK", "IND", "DEU", "JPN", "UKR", "IRQ", "AFG",
         "KOR", "PRK", "SAU", "EGY", "AUS", "CAN", "PSE", "YEM", "ITA", "NGA", "VEN", "MEX", "LBN", "POL")  # fmt: skip


@dataclass(frozen=True)
class Made:
    """What was made.

    Args:
        files: The archives, in order of time.
        rows: Lines in them.
        bytes: Size of the archives.
        text_bytes: Size of their text.
    """

    files: tuple[Path, ...]
    rows: int
    bytes: int
    text_bytes: int


class _Vocabulary:
    """Everything that rows are made of, with how often each is taken."""

    def __init__(self, rng: np.random.Generator) -> None:
        codes = codebook.cameo_table()
        lengths = codes["code"].str.len_chars()
        codes = codes.filter(lengths.is_between(3, 4))
        self.codes, self.milli = codes["code"], codes["intensity_milli"].to_numpy()
        self.code_shares = _zipf(len(codes), 0.9, rng)
        others = set(codebook.codes_to_iso3("cameo")) - codebook.cameo_not_states() - set(_BUSY)
        self.states = pl.Series([*_BUSY, *sorted(others)])
        self.regions = pl.Series(sorted(codebook.cameo_not_states()))
        self.countries = pl.concat([self.states, self.regions, pl.Series([""])])
        self.state_shares = _zipf(len(self.states), 1.15, rng)
        self.towns = pl.Series([f"{a}{b}{c}" for a in _STARTS for b in _MIDDLES for c in _ENDS])
        self.words = pl.Series([f"{a}{b}" for a in _STARTS for b in _ENDS]).str.to_lowercase()
        self.roles, self.second_roles = pl.Series(_ROLES), pl.Series(["", "HLH"])
        roles = [*_ROLES, *[""] * (20 - len(_ROLES))]
        self.names = pl.concat([pl.Series(roles), self.towns.head(200).str.to_uppercase()])
        self.places = _places(self.towns, rng)


_STARTS = ("Al", "Bar", "Ko", "San ", "New ", "Ta", "Mo", "Ber", "Lu", "Kar", "Wes", "Ros", "Du", "Ya", "Pe", "Hal")
_MIDDLES = ("la", "ri", "mo", "na", "ve", "to", "shi", "ba", "gra", "len", "dor", "zu")
_ENDS = ("burg", "pur", "ton", "stan", "ville", "grad", "ka", "bad", "mouth", "field", "ia", "os", "ni", "hama")


def write_files(folder: Path, rows: int, *, rows_a_file: int, seed: int = 7, level: int = 6) -> Made:
    """Write archives whose lines follow one another in time.

    Args:
        folder: Where to; it is made.
        rows: Lines in all.
        rows_a_file: Lines of a file: 1,560 is a quarter of an hour, 150,000 a day.
        seed: Which of all such archives.
        level: How hard to compress; the publisher's own files are about as small as level 6 makes them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files, size, text_size, written = [], 0, 0, 0
    for start, lines, data in make_texts(rows, rows_a_file=rows_a_file, seed=seed):
        name = f"{start:%Y%m%d%H%M%S}.export.CSV"
        path = folder / f"{name}.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED, level)
        files.append(path)
        size, text_size, written = size + path.stat().st_size, text_size + len(data), written + lines
    return Made(tuple(files), written, size, text_size)


def make_texts(rows: int, *, rows_a_file: int, seed: int = 7) -> Iterator[tuple[dt.datetime, int, bytes]]:
    """The start, number of lines and text of each file, one after another."""
    rng = np.random.default_rng(seed)
    words = _Vocabulary(rng)
    before: pl.DataFrame | None = None
    made, key = 0, 500_000_000
    while made < rows:
        count = min(rows_a_file, rows - made)
        slots = made // ROWS_A_SLOT
        start = FIRST + slots * SLOT
        frame = _rows(words, rng, count, start, key)
        key += count + int(rng.integers(50))
        frame = _with_repeats(frame, before, rng)
        before = frame.head(2000)
        made += count
        yield start, count, _spoilt(_text(frame), rng)


def _places(towns: pl.Series, rng: np.random.Generator) -> pl.DataFrame:
    """Type, full name, country, two divisions, latitude, longitude and feature; the first is no place."""
    fips = pl.Series(sorted(code for code in codebook.codes_to_iso3("fips") if len(code) == 2))
    spot, at = rng.choice(len(fips), PLACES, p=_zipf(len(fips), 1.1, rng)), np.arange(PLACES)
    town, number = towns.gather(at % len(towns)), pl.Series(at % 37).cast(pl.String).str.zfill(2)
    known = pl.DataFrame(
        {
            "type": np.where(at % 5 == 0, 1, 4).astype(str),
            "name": town + ", " + towns.gather(at % 97) + ", " + towns.gather(spot),
            "country": fips.gather(spot),
            "first": fips.gather(spot) + number,
            "second": (at * 13 % 90_000).astype(str),
            "latitude": np.round(np.sin(at) * 70, 4).astype(str),
            "longitude": np.round(np.cos(at) * 170, 4).astype(str),
            "feature": (-(at * 7919 % 3_000_000)).astype(str),
        }
    )
    none = pl.DataFrame([("0", *[""] * 7)], schema=known.schema, orient="row")
    return pl.concat([none, known])


def _zipf(count: int, power: float, rng: np.random.Generator) -> np.ndarray:
    shares = 1 / np.arange(1, count + 1) ** power
    rng.shuffle(shares[30:])
    return np.asarray(shares / shares.sum())


def _rows(words: _Vocabulary, rng: np.random.Generator, count: int, start: dt.datetime, first_key: int) -> pl.DataFrame:
    slot = np.arange(count) // ROWS_A_SLOT
    added = np.datetime64(start, "ms") + slot * np.timedelta64(900_000, "ms")
    age = np.where(rng.random(count) < OLD_SHARE, np.ceil(rng.pareto(0.5, count).clip(0, 3650)), 0)
    day = pl.Series("day", added).cast(pl.Date) - pl.Series(age.astype("int64") * 86_400_000).cast(pl.Duration("ms"))
    code = rng.choice(len(words.codes), count, p=words.code_shares)
    codes = words.codes.gather(code)
    stamp = day.dt.strftime("%Y%m%d")
    mentions = np.ceil(rng.pareto(1.3, count).clip(0, 5000) * 4 + 0.5).astype(int)
    sources = np.maximum(1, (mentions * rng.beta(0.4, 4, count)).astype(int))
    tone = pl.Series(np.round(rng.normal(-2.0, 3.8, count), 12)).cast(pl.String)
    first, second = _actor(words, rng, count, ACTOR_KINDS), _actor(words, rng, count, RECIPIENT_KINDS)
    place, elsewhere = _place(rng, count), _place(rng, count)
    action = np.where(rng.random(count) < 0.68, place, elsewhere)
    milli = words.milli[code]
    columns = [
        pl.Series(first_key + np.arange(count)),
        stamp, stamp.str.slice(0, 6), stamp.str.slice(0, 4),
        (day.dt.year() + (day.dt.month() - 1) / 12 + day.dt.day() / 365).round(4),
        *first, *second,
        pl.Series((rng.random(count) < 0.62).astype(int)),
        codes, codes.str.slice(0, 3), codes.str.slice(0, 2),
        (codes.str.slice(0, 2).cast(pl.Int32) // 5 + 1).clip(1, 4),
        pl.Series(np.round(milli / 1000, 1)),
        pl.Series(mentions), pl.Series(sources), pl.Series(np.maximum(1, mentions - sources)), tone,
        *(words.places[:, field].gather(at) for at in (place, elsewhere, action) for field in range(8)),
        pl.Series(added).dt.strftime("%Y%m%d%H%M%S"),
        _addresses(words, rng, count),
    ]  # fmt: skip
    return pl.DataFrame([column.rename(f"c{at:02}") for at, column in enumerate(columns)])


def _actor(words: _Vocabulary, rng: np.random.Generator, count: int, kinds: tuple[float, ...]) -> list[pl.Series]:
    """Code, name, country, group, ethnic, two religions and three types; most of them blank."""
    kind = rng.choice(4, count, p=np.array(kinds) / sum(kinds))
    state = rng.choice(len(words.states), count, p=words.state_shares)
    region = len(words.states) + rng.integers(len(words.regions), size=count)
    country = words.countries.gather(np.where(kind == 3, state, np.where(kind == 2, region, -1) % len(words.countries)))
    role = rng.integers(len(words.roles), size=count)
    role = np.where(kind == 0, 0, np.where((kind == 1) & (role < 3), len(words.roles) - 1, role))
    roles = words.roles.gather(role)
    group, ethnic, religion = (_seldom(rng, count, text, share) for text, share in _SELDOM)
    blank = pl.repeat("", count, eager=True)
    second = words.second_roles.gather(((role > 0) & (rng.random(count) < 0.03)).astype(int))
    name = words.names.gather(np.where(kind == 0, 0, np.where(kind == 1, role, rng.integers(20, 220, count))))
    text = pl.DataFrame([country, group, ethnic, religion, roles]).select(pl.concat_str(pl.all())).to_series()
    return [text, name, country, group, ethnic, religion, blank, roles, second, blank]


def _seldom(rng: np.random.Generator, count: int, text: str, share: float) -> pl.Series:
    return pl.Series(text, ["", text]).gather((rng.random(count) < share).astype(int))


def _place(rng: np.random.Generator, count: int) -> np.ndarray:
    """Numbers of places; an eighth of the rows has none."""
    return np.where(rng.random(count) > 0.12, 1 + rng.integers(PLACES, size=count), 0)


def _addresses(words: _Vocabulary, rng: np.random.Generator, count: int) -> pl.Series:
    """About three rows tell of one article."""
    article = np.sort(rng.integers(max(count // 3, 1), size=count))
    pick = [words.words.gather((article * prime + int(rng.integers(1000))) % len(words.words))
            for prime in (7919, 104729, 611953, 15485863, 2750159)]  # fmt: skip
    number = pl.Series(article * 2654435761 % 10_000_000).cast(pl.String)
    return "https://www." + pick[0] + pick[1] + ".com/news/" + pick[2] + "-" + pick[3] + "-" + pick[4] + "-" + number


def _with_repeats(frame: pl.DataFrame, before: pl.DataFrame | None, rng: np.random.Generator) -> pl.DataFrame:
    """Some rows take the id of another row, or tell of the same under their own id."""
    count = frame.height
    draw = rng.random(count)
    source = np.arange(count)
    again = draw < SAME_ID_SHARE
    source[again] = rng.integers(count, size=int(again.sum()))
    emitted = (draw > 0.5) & (draw < 0.5 + EMITTED_AGAIN_SHARE)
    near = np.maximum(np.arange(count) - rng.integers(1, ROWS_A_SLOT, count), 0)
    source[emitted] = near[emitted]
    key, added, address = (frame[name].to_numpy() for name in ("c00", "c59", "c60"))
    frame = frame[source]
    own = ~again
    frame = frame.with_columns(
        pl.Series("c00", np.where(own, key, frame["c00"].to_numpy())),
        pl.Series("c59", added),
        pl.Series("c60", address),
    )
    if before is not None:
        borrowed = int(count * NEXT_ID_SHARE)
        frame = pl.concat([before.sample(borrowed, seed=int(rng.integers(2**31)), with_replacement=True),
                           frame.slice(borrowed)])  # fmt: skip
    return frame


def _text(frame: pl.DataFrame) -> bytes:
    written = frame.write_csv(include_header=False, separator="\t", quote_style="never")
    return written.encode()


def _spoilt(text: bytes, rng: np.random.Generator) -> bytes:
    """A few lines broken, each in a way that real files know."""
    lines = text.split(b"\n")
    count = len(lines) - 1
    for share, spoil in (
        (SHORT_SHARE, lambda line: line.rpartition(b"\t")[0]),
        (BAD_BYTE_SHARE, lambda line: line[:-4] + b"\xe9" + line[-4:]),
        (BAD_DATE_SHARE, lambda line: _replaced(line, 1, b"20161399")),
        (NO_CODE_SHARE, lambda line: _replaced(line, 26, b"---")),
    ):
        for at in rng.integers(count, size=rng.poisson(share * count)):
            lines[at] = spoil(lines[at])
    return b"\n".join(lines)


def _replaced(line: bytes, at: int, value: bytes) -> bytes:
    fields = line.split(b"\t")
    fields[at] = value
    return b"\t".join(fields)
