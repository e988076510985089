"""GDELT's public event table (``gdelt-bq.gdeltv2.events`` and its like), read where it lies by the rules of ``gdelt``.

Ibis expressions: in comes a relation with the public table's columns, out comes one with columns of ``events``. Only
needed with the extra ``engines``. What an export file tells and this table does not: the day in the file's name (for a
blank day of adding), and whether a row is of a backfile; roles are left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.types as ir
from ibis import _

from detente import codebook
from detente.sources.gdelt import FIRST_DAILY, FIRST_DAY, WRONG_YEAR_ADDED, Gdelt
from detente.sources.vocabulary import cameo_codes

#: The columns that are read; the public table has them under these names and types.
COLUMNS = {
    "GLOBALEVENTID": "int64",
    "SQLDATE": "int64",
    "DATEADDED": "int64",
    "Actor1Code": "string",
    "Actor1CountryCode": "string",
    "Actor2Code": "string",
    "Actor2CountryCode": "string",
    "EventCode": "string",
    "ActionGeo_CountryCode": "string",
    "ActionGeo_ADM1Code": "string",
}
#: How many re-emissions apart in time the rule follows exactly for one day, pair of actors, code and place; rows after
#: that many are measured against the row before them.
STANDING_MOMENTS = 16
_END = {"actor": "Actor1", "recipient": "Actor2"}
_KEY = tuple(Gdelt.repeats.columns)


def code_tables() -> dict[str, tuple[Sequence[str], list[tuple[object, ...]]]]:
    """What codes mean, by the name of a relation: its columns and rows, from the codebook."""
    codes = cameo_codes().select("provider_code", "event_type", "typical_milli")
    return {
        "cameo_states": (("code", "iso3"), sorted(codebook.codes_to_iso3("cameo").items())),
        "fips_states": (("code", "iso3"), sorted(codebook.codes_to_iso3("fips").items())),
        "cameo_codes": (codes.columns, sorted(codes.rows(), key=str)),
    }


def judged_rows(table: ir.Table) -> ir.Table:
    """All rows with columns of ours, and ``verdict``: the reason or rule that leaves a row out, null for one kept."""
    rows = _dated(
        table.select(
            event_key=_.GLOBALEVENTID.cast("string"),
            day=_.SQLDATE.cast("string"),
            added=_.DATEADDED.cast("string"),
            provider_code=_stripped(_.EventCode),
            place_code=_stripped(_.ActionGeo_CountryCode),
            alike=_stripped(_.ActionGeo_ADM1Code),
            **{f"{end}_name": _stripped(_[f"{column}Code"]) for end, column in _END.items()},
            **{f"{end}_given": _stripped(_[f"{column}CountryCode"]) for end, column in _END.items()},
        )
    )
    rows = _looked_up(rows, "actor_given", "cameo_states", {"iso3": "actor"})
    rows = _looked_up(rows, "recipient_given", "cameo_states", {"iso3": "recipient"})
    rows = _looked_up(rows, "place_code", "fips_states", {"iso3": "place"})
    meaning = {"event_type": "event_type", "typical_milli": "typical_milli"}
    return rows_judged(_looked_up(rows, "provider_code", "cameo_codes", meaning))


def rows_judged(rows: ir.Table) -> ir.Table:
    """The same statements in the same order as for files; the first that holds counts."""
    has_code = (~rows.provider_code.isin(sorted(codebook.NO_EVENT_CODES))).fill_null(False)
    regions = sorted(codebook.cameo_not_states())
    no_state = {end: rows[f"{end}_given"].isin(regions).fill_null(False) for end in _END}
    unknown = [rows[f"{end}_given"].notnull() & rows[end].isnull() & ~no_state[end] for end in _END]
    is_future = rows.occurred > rows.stamp.date() + ibis.interval(days=1)
    verdict = ibis.cases(
        (rows.event_key.isnull(), "bad_id"),
        (rows.occurred.isnull() | (rows.added.notnull() & rows.stamp.isnull()), "bad_date"),
        ((rows.occurred < ibis.date(str(FIRST_DAY))) | is_future.fill_null(False), "date_out_of_range"),
        (has_code & rows.typical_milli.isnull(), "unknown_event_code"),
        (ibis.or_(*unknown), "unknown_country"),
        (~has_code, "no_event_code"),
        (ibis.or_(*(rows[f"{end}_given"].isnull() for end in _END)), "no_country"),
        (ibis.or_(*no_state.values()), "not_a_state"),
        (rows.actor == rows.recipient, "domestic"),
    )
    return rows.mutate(verdict=verdict)


def table_events(table: ir.Table) -> ir.Table:
    """Columns of the table ``events`` of all rows that are kept, each event once."""
    kept = judged_rows(table).filter(_.verdict.isnull())
    same_id = ibis.window(group_by="event_key", order_by=["known_at", "occurred", "provider_code", *_names()])
    once = kept.mutate(nth=ibis.row_number().over(same_id)).filter(_.nth == 0)
    columns = ("occurred", "known_at", "actor", "recipient", "event_type", "provider_code", "place", "event_key")
    return _once_each(once.select(*columns, *_names(), "typical_milli", "alike")).select(
        *columns,
        *_names(),
        directed=ibis.literal(True),
        n=ibis.literal(1, "int64"),
        intensity_milli=_.typical_milli,
        lowest_milli=_.typical_milli,
    )


def _names() -> list[str]:
    return [f"{end}_name" for end in _END]


def _stripped(text: ir.Value) -> ir.Value:
    """Without padding; null where nothing is left."""
    return text.strip().nullif("")


def _dated(rows: ir.Table) -> ir.Table:
    """Both clocks, as for files: the year 1920 repaired, and nothing known before it occurred."""
    rows = rows.mutate(occurred=_day(rows.day), stamp=_moment(rows.added))
    added = rows.stamp.date()
    is_wrong_year = (rows.occurred < ibis.date(str(FIRST_DAY))) & added.between(
        *(ibis.date(str(day)) for day in WRONG_YEAR_ADDED)
    )
    repaired = (rows.occurred + ibis.interval(years=100)).cast("date")
    rows = rows.mutate(occurred=ibis.ifelse(is_wrong_year.fill_null(False), repaired, rows.occurred))
    midnight = rows.occurred.cast("timestamp")
    is_evidence = (rows.stamp >= ibis.literal(str(FIRST_DAILY)).cast("timestamp")).fill_null(False)
    return rows.mutate(known_at=ibis.ifelse(is_evidence & (rows.stamp > midnight), rows.stamp, midnight))


def _day(digits: ir.Value) -> ir.Value:
    """Eight digits as a day; null where they are none."""
    text = digits.substr(0, 4) + "-" + digits.substr(4, 2) + "-" + digits.substr(6, 2)
    return ibis.ifelse(digits.length() == len("YYYYMMDD"), text, ibis.null("string")).try_cast("date")


def _moment(digits: ir.Value) -> ir.Value:
    """Eight or fourteen digits as a moment; null where they are none."""
    whole = ibis.ifelse(digits.length() == len("YYYYMMDD"), digits + "000000", digits)
    day = whole.substr(0, 4) + "-" + whole.substr(4, 2) + "-" + whole.substr(6, 2)
    text = day + " " + whole.substr(8, 2) + ":" + whole.substr(10, 2) + ":" + whole.substr(12, 2)
    return ibis.ifelse(whole.length() == len("YYYYMMDDhhmmss"), text, ibis.null("string")).try_cast("timestamp")


def _looked_up(rows: ir.Table, column: str, table: str, names: Mapping[str, str]) -> ir.Table:
    """Columns of a table of codes beside the rows; null where a code is not in it."""
    columns, _rows = code_tables()[table]
    types = {name: "int64" if name.endswith("_milli") else "string" for name in columns}
    codes = ibis.table(types, name=table).view()
    found = rows.left_join(codes, rows[column] == codes[columns[0]])
    return found.select(rows, **{ours: codes[theirs] for theirs, ours in names.items()})


def _once_each(rows: ir.Table) -> ir.Table:
    """One row of those that the rule of repeats takes for one event: a row is measured against rows that stay."""
    window = (Gdelt.repeats.within_minutes or 0) * 60
    at = rows.known_at
    seconds = at.date().epoch_days().cast("int64") * 86_400 + at.hour() * 3600 + at.minute() * 60 + at.second()
    alike = ibis.window(group_by=_KEY)
    found = rows.mutate(at=seconds)
    found = found.mutate(standing_0=_.at.min().over(alike))
    for nth in range(1, STANDING_MOMENTS):
        later = ibis.ifelse(_.at > _[f"standing_{nth - 1}"] + window, _.at, ibis.null("int64"))
        found = found.mutate(**{f"standing_{nth}": later.min().over(alike)})
    in_time = ibis.window(group_by=_KEY, order_by=["at", "event_key"])
    found = found.mutate(
        before=_.at.lag().over(in_time),
        nth=ibis.row_number().over(ibis.window(group_by=(*_KEY, "at"), order_by="event_key")),
    )
    stands = [(_.at == _[f"standing_{nth}"]).fill_null(False) for nth in range(STANDING_MOMENTS)]
    is_beyond = (_.at > _[f"standing_{STANDING_MOMENTS - 1}"] + window) & (_.at > _.before + window)
    return found.filter(_.nth == 0, ibis.or_(*stands, is_beyond.fill_null(False)))
