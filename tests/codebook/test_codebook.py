"""The codebook: codes are translated when their family is named, and never guessed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente import codebook
from detente.codebook import crosswalk
from detente.codebook.linter import check_codebook
from detente.domain.tables import QUADS, ROLES
from detente.errors import CodebookError

#: FIPS codes that are another country's ISO-2 code: code, FIPS meaning, ISO-2 meaning (ISO 3166 alpha-3).
TRAP = """
AG DZA ATG|AQ ASM ATA|AS AUS ASM|AU AUT AUS|BA BHR BIH|BD BMU BGD|BF BHS BFA|BG BGD BGR|BH BLZ BHR|BL BOL BLM|BM MMR BMU
BN BEN BRN|BO BLR BOL|BY BDI BLR|CD TCD COD|CF COG CAF|CG COD COG|CH CHN CHE|CI CHL CIV|CK CCK COK|CN COM CHN|CW COK CUW
DO DMA DOM|ES SLV ESP|GA GMB GAB|GB GAB GBR|GG GEO GGY|GM DEU GMB|GQ GUM GNQ|IS ISR ISL|KN PRK KNA|KR KIR KOR|LI LBR LIE
LS LIE LSO|LT LSO LTU|MA MDG MAR|MC MAC MCO|MF MYT MAF|MG MNG MDG|MH MSR MHL|MN MCO MNG|MO MAR MAC|MP MUS MNP|MU OMN MUS
NE NIU NER|NG NER NGA|NI NGA NIC|NU NIC NIU|PA PRY PAN|PM PAN SPM|PS PLW PSE|RS RUS SRB|SB SPM SLB|SC KNA SYC|SE SYC SWE
SG SEN SGP|SN SGP SEN|ST LCA STP|SV SJM SLV|SX SGS SXM|SZ CHE SWZ|TD TTO TCD|TK TCA TKL|TL TKL TLS|TN TON TUN|TO TGO TON
TT TLS TTO|VI VGB VIR|ZA ZMB ZAF
"""
TRIPLES = [tuple(entry.split()) for line in TRAP.strip().splitlines() for entry in line.split("|")]


def test_the_codebook_has_no_findings() -> None:
    """The linter finds nothing wrong in the data files."""
    assert check_codebook() == []


def test_the_linter_can_find_something(monkeypatch: pytest.MonkeyPatch) -> None:
    """Doubled codes, unknown words, bad intensities, dangling successors, overlaps and gaps are all found."""
    real = crosswalk.read_data

    def spoiled(name: str) -> tuple[dict[str, str], ...]:
        rows = [dict(row) for row in real(name)]
        if name == "cameo":
            rows += [{"code": "010", "event_type": "GREET", "intensity_milli": "99000", "label": ""}]
            rows[1] |= {"intensity_milli": ""}
        if name == "roles":
            rows += [{"kind": "cameo", "key": "ZZZ", "role": "wizard"}, dict(rows[0])]
        if name == "themes":
            rows += [{"prefix": "04", "theme": "chess"}, {"prefix": "99", "theme": ""}]
        if name == "speakers":
            rows += [rows[0] | {"role": "wizard", "state": "QQQ", "since": "2010-01-01", "until": "2009-01-01"}]
        if name == "not_states":
            rows += [{"code": "FRA", "family": "cameo", "what": "a state"}]
        if name == "states":
            by_iso3 = {row["iso3"]: row for row in rows}
            by_iso3["ABW"] |= {"successor": "QQQ", "valid_to": "1990-01-01", "status": "lost"}
            by_iso3["DEU"] |= {"valid_from": "1990-10-02"}
            by_iso3["CHE"] |= {"aliases": "Holland", "capital": ""}
            rows += [dict(by_iso3["AFG"])]
        return tuple(rows)

    monkeypatch.setattr("detente.codebook.linter.read_data", spoiled)
    found = " ".join(check_codebook())
    for part in (
        "themes: 04 stands 2 times", "'chess'", "takes back a theme that nothing", "no CAMEO code begins with 99",
        "role 'wizard'", "state 'QQQ'", "an end before it",
        "010 stands 2 times", "GREET", "99000", "intensity ''", "no label", "wizard", "GOV stands 2 times", "QQQ",
        "with end", "status 'lost'", "CHE has no capital", "AFG stands 2 times", "cameo FRA is a state",
        "gw 260 means BRD and DEU at one time", "'holland' means CHE and NLD at one time",
    ):  # fmt: skip
        assert part in found


@pytest.mark.parametrize(("code", "fips", "iso2"), TRIPLES)
def test_the_fips_trap_is_not_sprung(code: str, fips: str, iso2: str) -> None:
    """Each of the 69 codes means one country in FIPS and another in ISO-2."""
    assert codebook.iso3_of(code, "fips") == fips
    assert codebook.iso3_of(code, "iso2") == iso2


def test_the_trap_has_all_its_codes() -> None:
    """The list above has 69 codes, and the crosswalk tells the two families apart on every one."""
    fips, iso2 = codebook.codes_to_iso3("fips"), codebook.codes_to_iso3("iso2")
    assert len(TRIPLES) == 69
    different = {code for code in fips if code in iso2 and fips[code] != iso2[code]}
    assert {code for code, _, _ in TRIPLES} <= different


@pytest.mark.parametrize(
    ("code", "family", "message"),
    [
        ("UP", "iso2", "FIPS UP is Ukraine"),
        ("RS", "iso3", "ISO2 RS is Serbia; FIPS RS is Russia"),
        ("QQ", "fips", "No family"),
    ],
)
def test_a_code_of_the_wrong_family_is_an_error_that_names_the_right_one(code: str, family: str, message: str) -> None:
    """Nothing is guessed; the message says where the code does exist."""
    with pytest.raises(CodebookError, match=message):
        codebook.iso3_of(code, family)


def test_an_unknown_family_is_refused() -> None:
    """The message lists the families there are."""
    with pytest.raises(CodebookError, match="iso2, cow"):
        codebook.iso3_of("RS", "nato")
    with pytest.raises(CodebookError, match="iso2, cow"):
        codebook.codes_to_iso3("nato")


@pytest.mark.parametrize(
    ("code", "family", "on", "iso3"),
    [
        (365, "cow", dt.date(1985, 1, 1), "SUN"),
        (365, "cow", dt.date(1995, 1, 1), "RUS"),
        (345, "cow", dt.date(1999, 1, 1), "YUG"),
        (345, "cow", dt.date(2010, 1, 1), "SRB"),
        (260, "gw", dt.date(1980, 1, 1), "BRD"),
        (260, "gw", dt.date(2000, 1, 1), "DEU"),
        (255, "cow", dt.date(2000, 1, 1), "DEU"),
        (679, "cow", dt.date(1995, 1, 1), "YEM"),
        (678, "cow", dt.date(1980, 1, 1), "YAR"),
        ("ROM", "cameo", None, "ROU"),
        ("TMP", "cameo", None, "TLS"),
        ("GZS", "cameo", None, "PSE"),
        ("PAL", "keds", None, "PSE"),
        ("GME", "keds", dt.date(1985, 1, 1), "DDR"),
        ("002", "cow", None, "USA"),
        (816, "gw", dt.date(1970, 1, 1), "VNM"),
        (817, "gw", dt.date(1970, 1, 1), "VDR"),
        ("Soviet Union", "name", dt.date(1970, 1, 1), "SUN"),
    ],
)
def test_codes_mean_what_they_meant_at_the_time(code: str | int, family: str, on: dt.date | None, iso3: str) -> None:
    """A code is read by the date at which it was used."""
    assert codebook.iso3_of(code, family, on=on) == iso3


def test_a_code_outside_its_time_is_an_error() -> None:
    """East Germany has no code in the year 2000."""
    with pytest.raises(CodebookError, match="on 2000-01-01"):
        codebook.iso3_of("DDR", "iso3", on=dt.date(2000, 1, 1))


@pytest.mark.parametrize(
    ("text", "iso3"),
    [
        ("US", "USA"), ("U.S.", "USA"), ("the United States", "USA"), ("america", "USA"), ("Côte d'Ivoire", "CIV"),
        ("cote d ivoire", "CIV"), ("Ivory Coast", "CIV"), ("TÜRKİYE", "TUR"), ("Burma", "MMR"), ("DPRK", "PRK"),
        ("Holland", "NLD"), ("Kosovo", "XKX"), ("Taiwan", "TWN"), ("Occupied Palestinian Territory", "PSE"),
        ("Congo, The Democratic Republic Of", "COD"), ("Congo, Republic Of", "COG"), ("Ceylon", "LKA"),
        ("USSR", "SUN"), ("Yugoslavia", "YUG"), ("rus", "RUS"), ("Bosnia & Herzegovina", "BIH"),
    ],
)  # fmt: skip
def test_states_are_found_by_any_usual_name(text: str, iso3: str) -> None:
    """Case, accents, punctuation and articles do not matter."""
    assert codebook.find_state(text) == iso3


def test_a_name_follows_its_date_where_two_states_bore_it() -> None:
    """A name is looked up at a date when one is given."""
    assert codebook.find_state("Russia", on=dt.date(2000, 1, 1)) == "RUS"
    assert codebook.find_state("USSR", on=dt.date(1980, 1, 1)) == "SUN"
    assert codebook.find_state("Soviet Union", on=dt.date(2000, 1, 1)) == "SUN"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("Germny", "mean Germany"),
        ("RS", "ISO2 RS is Serbia; FIPS RS is Russia. Write SRB or RUS"),
        ("Somaliland", "disputed territory"),
        ("Xyzzy", "English name"),
    ],
)
def test_an_unknown_name_gets_the_nearest_ones(text: str, hint: str) -> None:
    """The message offers what was probably meant."""
    with pytest.raises(CodebookError, match=hint):
        codebook.find_state(text)


@given(st.sampled_from(codebook.states()))
def test_every_state_is_found_by_its_own_name(iso3: str) -> None:
    """Name to code and back is the same state, and has an adjective."""
    assert codebook.find_state(codebook.state_name(iso3)) == iso3
    assert codebook.check_iso3(iso3) == iso3
    assert codebook.demonym(iso3)


@given(st.sampled_from(codebook.states()), st.sampled_from([str.upper, str.lower, str.title]), st.sampled_from(" .'"))
def test_names_are_found_whatever_their_dress(iso3: str, dress: Callable[[str], str], mark: str) -> None:
    """Case and stray punctuation change nothing."""
    assert codebook.find_state(f"{mark}{dress(codebook.state_name(iso3))}{mark}") == iso3


def test_regions_are_no_states() -> None:
    """CAMEO's regions are listed apart, and none of them is the code of a state."""
    assert "EUR" in codebook.cameo_not_states()
    assert not codebook.cameo_not_states() & set(codebook.codes_to_iso3("cameo"))


@pytest.mark.parametrize(("family", "file"), [("cow", "cow_states"), ("gw", "gw_states")])
def test_state_numbers_are_known_in_every_year_since_1946(reference_data: Path, family: str, file: str) -> None:
    """Every year of every spell in the state lists has its state, save Tibet, which ISO 3166 never held."""
    spells = pl.read_parquet(reference_data / "reference" / "codes" / f"{file}.parquet")
    if family == "cow":
        spells = spells.select("ccode", "styear", "endyear")
    else:
        spells = spells.select("gwcode", pl.col("startdate", "enddate").dt.year())
    unknown = set()
    for number, first, last in spells.iter_rows():
        for year in range(max(1946, int(first) + 1), int(last)):
            try:
                codebook.iso3_of(int(number), family, on=dt.date(year, 6, 30))
            except CodebookError:
                unknown.add(int(number))
    assert unknown <= {711}


def test_every_country_of_icews_is_known(reference_data: Path) -> None:
    """All spellings of ICEWS actors' countries are found, and mean what the entity list says."""
    entities = pl.read_csv(reference_data / "events" / "icews" / "icews_entity_country.csv", infer_schema=False)
    pairs = entities.select("country", "iso3").drop_nulls().unique()
    assert pairs.height > 200
    assert {name: codebook.find_state(name) for name, _ in pairs.iter_rows()} == dict(pairs.iter_rows())


def test_states_come_and_go() -> None:
    """The list of states is that of a date."""
    assert "SUN" in codebook.states(on=dt.date(1980, 1, 1))
    assert "SUN" not in codebook.states(on=dt.date(2000, 1, 1))
    assert "SSD" not in codebook.states(on=dt.date(2000, 1, 1))
    assert "SSD" in codebook.states()


def test_a_name_of_no_state_has_no_name() -> None:
    """Asking for the name of a code that is none is an error; a code in small letters is a code."""
    assert codebook.state_name("rus") == "Russia"
    with pytest.raises(CodebookError):
        codebook.state_name("QQQ")


def test_names_can_be_translated_in_bulk() -> None:
    """Names are a family too; where two states bore one, the present one has it."""
    names = codebook.codes_to_iso3("name")
    assert (names["Russian Federation"], names["Soviet Union"], names["Germany"]) == ("RUS", "SUN", "DEU")


def test_every_type_has_a_quad_and_a_phrase() -> None:
    """Sixteen PLOVER types in four quads."""
    assert len(codebook.quads()) == 16
    assert set(codebook.quads().values()) == set(QUADS)
    assert set(codebook.phrases()) == set(codebook.quads())
    with pytest.raises(CodebookError, match="AGREE"):
        codebook.quad_of("GREET")


@pytest.mark.parametrize("table", [codebook.cameo_table, codebook.weis_table])
def test_code_tables_are_whole(table: object) -> None:
    """Every code has an intensity on the scale and a label; its quad is its type's."""
    frame: pl.DataFrame = table()  # type: ignore[operator]
    assert frame["code"].is_unique().all()
    assert frame["intensity_milli"].is_between(-10_000, 10_000).all()
    typed = frame.drop_nulls("event_type")
    assert [codebook.quad_of(name) for name in typed["event_type"]] == typed["quad"].to_list()


@pytest.mark.parametrize(
    ("code", "event_type", "milli"),
    [("010", None, 0), ("190", "ASSAULT", -10000), ("174", "COERCE", -5000), ("1213", "REJECT", -4000)],
)
def test_known_cameo_codes(code: str, event_type: str | None, milli: int) -> None:
    """Codes keep their leading zeros, types and intensities."""
    row = codebook.cameo_table().filter(code=code).row(0, named=True)
    assert (row["event_type"], row["intensity_milli"]) == (event_type, milli)


def test_material_conflict_is_hostile_and_aid_is_not() -> None:
    """The typical intensity of a type has the sign of its kind."""
    assert codebook.intensity_milli_of_type("ASSAULT") < -7000
    assert codebook.intensity_milli_of_type("AID") > 5000


def _weekly(reports: pl.DataFrame, actor: str, recipient: str) -> pl.DataFrame:
    """Sums of our weights in the 52 "weeks" of a year that the published series has."""
    weights = dict(codebook.weis_table().select("code", "intensity_milli").iter_rows())
    week = ((pl.col("date").dt.ordinal_day() - 1) // 7).clip(0, 51) + 1
    return (
        reports.filter(pl.col("source").str.starts_with(actor), pl.col("target").str.starts_with(recipient))
        .with_columns(pl.col("weis_code").replace_strict(weights, default=None).alias("milli"))
        .group_by(pl.col("date").dt.year().alias("year").cast(pl.Int64), week.alias("week_of_52").cast(pl.Int64))
        .agg(pl.col("milli").sum() / 1000)
    )


@pytest.mark.parametrize(("actor", "recipient", "column"), [("ISR", "PAL", "isr_to_pal"), ("PAL", "ISR", "pal_to_isr")])
def test_weis_weights_follow_the_published_series(
    reference_data: Path, actor: str, recipient: str, column: str
) -> None:
    """Weekly sums track the published Goldstein series of the same reports, in level as in movement."""
    reports = pl.read_parquet(reference_data / "events" / "keds" / "keds_levant.parquet")
    published = pl.read_csv(reference_data / "events" / "keds" / "isr_pal_weekly_goldstein_1979_2003.csv")
    # the file of reports holds the first half of 2002 twice, the published series holds it once
    is_doubled = (pl.col("year") == 2002) & (pl.col("week_of_52") <= 26)
    both = (
        published.filter(~is_doubled)
        .join(_weekly(reports, actor, recipient), on=["year", "week_of_52"], how="left")
        .with_columns(pl.col("milli").fill_null(0))
    )
    assert both.select(pl.corr(column, "milli")).item() > 0.99
    assert both["milli"].sum() == pytest.approx(both[column].sum(), rel=0.05)


@pytest.mark.parametrize(
    ("sectors", "role"),
    [
        ("Government,Executive,(National) Major Party,Parties,Elite", "executive"),
        ("Military,Government", "military"),
        ("Government,Legislative / Parliamentary", "legislature"),
        ("General Population / Civilian / Social,Social", "civil society"),
        ("Nongovernmental Organizations / Activists,Medical / Health NGOs", "civil society"),
        ("Unidentified Forces", "armed group"),
        ("Center Right,Ideological", None),
    ],
)
def test_sectors_give_roles_in_any_order(sectors: str, role: str | None) -> None:
    """The most telling sector counts, wherever it stands in the list."""
    parts = sectors.split(",")
    assert codebook.role_of_sectors(sectors) == codebook.role_of_sectors(",".join(reversed(parts))) == role


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Police (India)", "executive"),
        ("Lawmaker (United States)", "legislature"),
        ("Senate Intelligence Committee", "legislature"),
        ("Lawyer/Attorney (Russia)", "civil society"),
        ("Envoy (Canada)", "executive"),
        ("Military (Syria)", "military"),
        ("Citizen (Iran)", "civil society"),
        ("X", None),
    ],
)
def test_names_give_roles_away(name: str, role: str | None) -> None:
    """A generic actor's name says for whom it acts."""
    assert codebook.role_of_name(name) == role


def test_role_codes() -> None:
    """Three-letter role codes are roles of ours, in any case."""
    assert codebook.role_of_cameo("leg") == "legislature"
    assert codebook.role_of_cameo("XYZ") is None
    assert set(codebook.cameo_roles().values()) <= set(ROLES)


@pytest.mark.parametrize(
    ("name", "day", "role"),
    [
        ("Narendra Modi", "2019-02-26", "executive"),
        ("Kasymzhomart Tokayev", "2019-03-19", "legislature"),
        ("Kasymzhomart Tokayev", "2019-03-20", "executive"),
        ("Barack Obama", "2018-06-01", None),
        ("Nobody", "2018-06-01", None),
    ],
)
def test_offices_are_held_for_their_time(name: str, day: str, role: str | None) -> None:
    """A role begins with the first day of an office and ends with its last."""
    assert codebook.role_of_speaker(name, dt.date.fromisoformat(day)) == role
    listed = codebook.speakers_table().filter(name=name)
    on = dt.date.fromisoformat(day)
    held = listed.filter(pl.col("since") <= on, pl.coalesce("until", pl.lit(on)) >= on)
    assert held["role"].to_list() == ([role] if role else [])


@pytest.mark.parametrize(
    ("code", "theme"),
    [
        ("163", "trade and aid"),
        ("1622", "security"),
        ("1621", "trade and aid"),
        ("051", None),
        ("057", "talks and ties"),
        ("112", None),
        ("1122", "rights and rule"),
        ("190", "security"),
        ("", None),
        ("9", None),
    ],
)
def test_a_code_has_the_theme_of_its_longest_known_beginning(code: str, theme: str | None) -> None:
    """What a code is about; a code that names no matter has no theme."""
    assert codebook.theme_of_cameo(code) == theme
