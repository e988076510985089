"""Proposals until reviewed: decisions are records, need a reason to reject, and the latest counts."""

from __future__ import annotations

import datetime as dt

import pytest
from proposals_made_up import MET, fill, proposal, sample_world

from detente.assessors import decide, read_proposals, write_proposals
from detente.assessors.proposals import FILE
from detente.checkup import examine
from detente.errors import ConfigError, StoreError
from detente.store import Chain


def test_the_latest_decision_counts_and_all_are_kept(book: Chain) -> None:
    """A proposal waits, is accepted, then rejected; both decisions stay, with who and why."""
    fill(book, proposal("one1"), accept=False)
    assert read_proposals(book)[0].standing == "proposed"
    decide(book, ["one1"], "accepted", by="Kim")
    decide(book, ["one1"], "rejected", by="Lee", why="the speaker is another")
    one = read_proposals(book)[0]
    assert one.standing == "rejected"
    assert [(said["verdict"], said["by"]) for said in one.decisions] == [("accepted", "Kim"), ("rejected", "Lee")]
    assert "rejected by Lee: the speaker is another" in write_proposals([one])
    assert not book.check()


def test_the_same_decision_said_again_is_one_record(book: Chain) -> None:
    """Saying it twice adds nothing; going back on it does, however often."""
    fill(book, proposal("one1"))
    count = book.head().count
    decide(book, ["one1"], "accepted", by="Kim")
    assert book.head().count == count
    for verdict in ("rejected", "accepted", "rejected"):
        decide(book, ["one1"], verdict, by="Kim", why="on second thoughts")
    assert book.head().count == count + 3


def test_an_accepted_assessment_takes_its_attribution_along(book: Chain) -> None:
    """Who said it is accepted with what was said; a rejection leaves it as it is."""
    told = {"id": "told-0000", "kind": "attribution", "speaker": "Ada Sand", "source": {}, "cue": "said"}
    fill(book, told, proposal("one1", attribution="told-0000"), accept=False)
    decide(book, ["one1"], "rejected", why="a wish")
    assert read_proposals(book, kind="attribution")[0].standing == "proposed"
    decide(book, ["one1"], "accepted")
    assert read_proposals(book, kind="attribution")[0].standing == "accepted"


@pytest.mark.parametrize(
    ("ids", "verdict", "options", "message"),
    [
        (["one1"], "rejected", {}, "--why"),
        (["one1"], "rejected", {"why": "  "}, "--why"),
        (["nine"], "accepted", {}, "No proposals"),
        (["o"], "accepted", {}, "4 letters"),
        (["same"], "accepted", {}, "2 proposals"),
        (["one1"], "accepted", {"condition": MET}, "It has none"),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused(
    book: Chain, ids: list[str], verdict: str, options: dict[str, str], message: str
) -> None:
    """No reason, no such id, an id that fits two, a condition where there is none: nothing is written."""
    fill(book, proposal("one1"), proposal("same1"), proposal("same2"), accept=False)
    count = book.head().count
    with pytest.raises(ConfigError, match=message):
        decide(book, ids, verdict, **options)  # type: ignore[arg-type]
    assert book.head().count == count


def test_an_edited_proposal_is_noticed(book: Chain) -> None:
    """The chain of the ledger watches over proposals and decisions alike."""
    fill(book, proposal("one1"))
    path = book.path / FILE
    path.write_text(path.read_text("utf-8").replace('"p_high":0.45', '"p_high":0.55'), "utf-8")
    assert book.check()


def test_a_record_of_another_form_is_no_traceback(book: Chain) -> None:
    """A later version's records are refused in plain words."""
    book.append([{"id": "strange"}])
    with pytest.raises(StoreError, match="another form"):
        read_proposals(book)


def test_doctor_watches_over_the_proposals(book: Chain) -> None:
    """A damaged file of proposals is a finding of the checkup; a whole one is none."""
    fill(book, proposal("one1"))
    store = sample_world().store
    today = dt.date(2019, 4, 1)
    assert examine(store, is_sample=True, today=today, proposals=book).is_healthy
    (book.path / FILE).write_text((book.path / FILE).read_text("utf-8").replace("Ada Sand", "Bo Reed"), "utf-8")
    findings = examine(store, is_sample=True, today=today, proposals=book).findings
    assert findings
    assert all(finding.startswith("Proposals: ") for finding in findings)
