"""What was read in an article, as tables and as one record for ``--json``.

In: a ``Reading``. Out: rows of the tables ``attributions`` and ``assessments``, and a record that holds every part with
its place in the article's text.
"""

from __future__ import annotations

import json
from typing import Any

import polars as pl

from detente.coding import actors, assessments, attribution, events
from detente.coding.articles import Article
from detente.coding.assessments import Assessment, Reading
from detente.coding.attribution import Attribution
from detente.coding.events import event_record
from detente.coding.judgements import Part
from detente.coding.sentences import Span
from detente.coding.speakers import Speaker
from detente.domain.tables import ASSESSMENTS, ATTRIBUTIONS, check_table


def attributions_table(reading: Reading, *, name: str) -> pl.DataFrame:
    """The attributions of an article: rows of the table ``attributions``.

    Args:
        reading: What was read.
        name: The article's file or address.
    """
    article = reading.article
    rows = [
        {
            **_place(article, one.sentence, name),
            **_speaker_row(speaker),
            "cue": _words(article, one.cue),
            "content": " … ".join(span.of(article.text) for span in one.content),
            "spans": json.dumps(_spans(one)),
            "coder": attribution.VERSION,
        }
        for one, speaker in zip(reading.attributions, reading.speakers, strict=True)
    ]
    return check_table(pl.DataFrame(rows, schema=ATTRIBUTIONS.schema), ATTRIBUTIONS)


def assessments_table(reading: Reading, *, name: str) -> pl.DataFrame:
    """The assessments of an article: rows of the table ``assessments``.

    Args:
        reading: What was read.
        name: The article's file or address.
    """
    rows = [_assessment_row(reading.article, one, name) for one in reading.assessments]
    return check_table(pl.DataFrame(rows, schema=ASSESSMENTS.schema), ASSESSMENTS)


def as_record(reading: Reading, *, name: str) -> dict[str, Any]:
    """Everything that was read, with places in ``article.text``; null always means that the text does not say."""
    article = reading.article
    return {
        "article": {
            "name": name,
            "title": article.title,
            "author": article.author,
            "outlet": article.outlet,
            "date": str(article.date) if article.date else None,
            "date_from": article.date_from or None,
            "issues": list(article.issues),
            "text": article.text,
        },
        "retold_by": {"outlet": article.outlet, "author": article.author},
        "pair": "-".join(reading.pair) if reading.pair else None,
        "actors": [vars(mention) for mention in reading.actors.mentions],
        "left_out": [vars(left) for left in reading.actors.left_out],
        "attributions": [
            {
                "sentence": _sentence(article, one.sentence),
                "speaker": _speaker_record(speaker),
                "cue": _words(article, one.cue),
                "content": [span.of(article.text) for span in one.content],
                "continued": one.continued,
                **_spans(one),
            }
            for one, speaker in zip(reading.attributions, reading.speakers, strict=True)
        ],
        "assessments": [_assessment_record(article, one) for one in reading.assessments],
        "events": [event_record(article.text, one) for one in reading.events],
        "coders": {
            "attributions": attribution.VERSION,
            "assessments": assessments.VERSION,
            "actors": actors.VERSION,
            "events": events.coder_name(),
        },
    }


def _assessment_row(article: Article, one: Assessment, name: str) -> dict[str, Any]:
    judgement, horizon = one.judgement, one.horizon
    return {
        **_place(article, one.sentence, name),
        "published": article.date,
        "pair": "-".join(one.pair) if one.pair else None,
        "pair_is_said": one.pair_is_said,
        **_speaker_row(one.speaker),
        "direction": judgement.direction,
        "denied": judgement.denied,
        "likelihood": judgement.estimate.text if judgement.estimate else None,
        "p_low": judgement.low,
        "p_high": judgement.high,
        "horizon": horizon.text if horizon else None,
        "horizon_kind": horizon.kind if horizon else None,
        "until": horizon.until if horizon and article.date else None,
        "conditions": [part.text for part in judgement.conditions],
        "drivers": list(dict.fromkeys(part.what for part in judgement.drivers)),
        "third_parties": list(one.third_parties),
        "hedges": [part.text for part in judgement.hedges],
        "text": article.sentences[one.sentence].of(article.text),
        "coder": assessments.VERSION,
    }


def _assessment_record(article: Article, one: Assessment) -> dict[str, Any]:
    judgement, horizon, at = one.judgement, one.horizon, one.statement.start
    estimate = judgement.estimate
    return {
        "sentence": _sentence(article, one.sentence),
        "pair": "-".join(one.pair) if one.pair else None,
        "pair_is_said": one.pair_is_said,
        "speaker": _speaker_record(one.speaker),
        "direction": judgement.direction,
        "denied": judgement.denied,
        "change": _part(judgement.change, at) if judgement.change else None,
        "likelihood": None
        if estimate is None
        else {
            "text": estimate.text,
            "start": at + estimate.start,
            "end": at + estimate.end,
            "low": judgement.low,
            "high": judgement.high,
        },
        "horizon": None
        if horizon is None
        else {
            "text": horizon.text,
            "start": at + horizon.start,
            "end": at + horizon.end,
            "kind": horizon.kind,
            "until": str(horizon.until) if horizon.until and article.date else None,
        },
        "conditions": [_part(part, at) for part in judgement.conditions],
        "drivers": [_part(part, at) for part in judgement.drivers],
        "hedges": [_part(part, at) for part in judgement.hedges],
        "third_parties": list(one.third_parties),
    }


def _part(part: Part, at: int) -> dict[str, Any]:
    return {"what": part.what, "text": part.text, "start": at + part.start, "end": at + part.end}


def _place(article: Article, sentence: int, name: str) -> dict[str, Any]:
    span = article.sentences[sentence]
    return {"article": name, "sentence": sentence, "start": span.start, "end": span.end}


def _sentence(article: Article, place: int) -> dict[str, Any]:
    span = article.sentences[place]
    return {"place": place, "start": span.start, "end": span.end, "text": span.of(article.text)}


def _speaker_row(speaker: Speaker) -> dict[str, Any]:
    return {
        "speaker": speaker.name,
        "speaker_text": speaker.text,
        "speaker_kind": speaker.kind,
        "affiliation": speaker.affiliation,
        "speaker_certain": speaker.certain,
        "via": "; ".join(f"{link.how} {link.outlet}" for link in speaker.via),
    }


def _speaker_record(speaker: Speaker) -> dict[str, Any]:
    return {**vars(speaker), "via": [vars(link) for link in speaker.via]}


def _words(article: Article, span: Span | None) -> str | None:
    return span.of(article.text) if span else None


def _spans(one: Attribution) -> dict[str, Any]:
    return {
        "source_span": [one.source.start, one.source.end] if one.source else None,
        "cue_span": [one.cue.start, one.cue.end] if one.cue else None,
        "content_spans": [[span.start, span.end] for span in one.content],
    }
