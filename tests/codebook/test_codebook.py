"""The codebook: codes are translated when their family is named, and never guessed."""

from __future__ import annotations

import datetime as dt
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
    """A doubled code, an unknown type, an overlong intensity, a bad role and a dangling successor are all found."""
    real = crosswalk.read_data

    def spoiled(name: str) -> tuple[dict[str, str], ...]:
        rows = [dict(row) for row in real(name)]
        if name == "cameo":
            rows += [{"code": "010", "event_type": "GREET", "intensity_milli": "99000", "label": ""}]
        if name == "roles":
            rows += [{"kind": "cameo", "key": "ZZZ", "role": "wizard"}]
        if name == "states":
            rows[0] |= {"successor": "QQQ", "valid_to": "1990-01-01"}
            rows += [dict(rows[1])]
        return tuple(rows)

    monkeypatch.setattr("detente.codebook.linter.read_data", spoiled)
    found = " ".join(check_codebook())
    for part in ("010 stands 2 times", "GREET", "99000", "no label", "wizard", "QQQ", "with end", "present states"):
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


@pytest.mark.parametrize(
    ("text", "hint"), [("Germny", "Germany"), ("RS", "ISO2 RS is Serbia"), ("Xyzzy", "English name")]
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


def test_states_come_and_go() -> None:
    """The list of states is that of a date."""
    assert "SUN" in codebook.states(on=dt.date(1980, 1, 1))
    assert "SUN" not in codebook.states(on=dt.date(2000, 1, 1))
    assert "SSD" not in codebook.states(on=dt.date(2000, 1, 1))
    assert "SSD" in codebook.states()


def test_a_name_of_no_state_has_no_name() -> None:
    """Asking for the name of a code that is none is an error."""
    with pytest.raises(CodebookError):
        codebook.state_name("QQQ")


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


def test_weis_weights_follow_the_published_series(reference_data: Path) -> None:
    """Weekly sums of Israeli acts towards Palestinians track the published Goldstein series of the same reports."""
    weights = dict(codebook.weis_table().select("code", "intensity_milli").iter_rows())
    levant = pl.read_parquet(reference_data / "events" / "keds" / "keds_levant.parquet")
    week = ((pl.col("date").dt.ordinal_day() - 1) // 7).clip(0, 51) + 1
    ours = (
        levant.filter(pl.col("source").str.starts_with("ISR"), pl.col("target").str.starts_with("PAL"))
        .with_columns(pl.col("weis_code").replace_strict(weights, default=None).alias("milli"))
        .group_by(pl.col("date").dt.year().alias("year").cast(pl.Int64), week.alias("week_of_52").cast(pl.Int64))
        .agg(pl.col("milli").sum())
    )
    published = pl.read_csv(reference_data / "events" / "keds" / "isr_pal_weekly_goldstein_1979_2003.csv")
    both = published.join(ours, on=["year", "week_of_52"], how="left").with_columns(pl.col("milli").fill_null(0))
    assert both.select(pl.corr("isr_to_pal", "milli")).item() > 0.9


@pytest.mark.parametrize(
    ("sectors", "role"),
    [
        ("Government,Executive,(National) Major Party,Parties,Elite", "executive"),
        ("Military,Government", "military"),
        ("Government,Legislative / Parliamentary", "legislature"),
        ("General Population / Civilian / Social,Social", "civil society"),
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
