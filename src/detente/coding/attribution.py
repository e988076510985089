"""Who said what: contents by a tagger, cues and sources by tagger and parse tree (``attribution-v2``).

In: an article. Out: attributions with the places of source, cue and content in the article's text. The taggers were
trained on the training part of PolNeAR, which counts beliefs, intents and documents as well as speech; see the card
``models/attribution.yaml``. A content without a source in its sentence is a continued quotation of the last speaker,
or has no source; nothing else is assumed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

from detente.codebook.reading import word_list
from detente.coding.articles import Article
from detente.coding.parsing import parse_sentences
from detente.coding.sayings import Parsed, find_cue, find_source
from detente.coding.sentences import Span
from detente.coding.tagging import sentence_features, sentence_kind
from detente.errors import ConfigError

VERSION = "attribution-v2"
#: Marks and joints at the border of a content that are not part of it.
_BORDER = frozenset([",", ".", ";", ":", "-", "–", "—", "and", "but"])
_FEWEST_WORDS = 2
#: Sentences over which a quotation may go on without naming its speaker again.
_FARTHEST = 6
#: A name in capitals that begins a turn of a transcript, and a name that signs a quotation.
_TURN = re.compile(r"[\"“]?(?P<name>[A-Z][A-Z.'’ -]{2,40})(?P<cue>:)\s")
_SIGNED = re.compile(r"[”\"]\s?(?P<cue>[―—])\s?(?P<name>[A-Z][\w.'’-]+(?: [A-Z][\w.'’-]*){0,4})")
#: Verbs of saying that the parser takes for nouns at the end of a sentence.
_LIKE_NOUNS = frozenset(["forecast", "estimate", "forecasts", "estimates"])
#: Who puts a number to something: "Analysts put the likelihood of a strike at one in ten".
_PUTS = re.compile(
    r"(?P<source>[A-Z][^,.;“”\"]{2,70}?) (?P<cue>puts?|gives?|gave) (?P<content>[^“”\"]{0,80}?"
    r"\b(?:likelihood|odds|chances?|probability|risk)\b.*?)[.]?\s*$"
)
#: Inside a quotation these are its speaker.
_FIRST_PERSON = frozenset(["i", "we", "my", "our", "me", "us"])


@dataclass(frozen=True)
class Attribution:
    """Somebody's words or thoughts.

    Args:
        sentence: Place of the sentence in the article.
        content: What was said, in one or more pieces.
        source: Who said it, as written; None where the sentence does not say.
        cue: The words that say that it was said.
        continued: Whether source and cue stand in another sentence of the same quotation or paragraph.
    """

    sentence: int
    content: tuple[Span, ...]
    source: Span | None
    cue: Span | None
    continued: bool = False


def find_attributions(article: Article) -> tuple[list[Attribution], list[Parsed]]:
    """All attributions of an article, and its sentences as parsed.

    Raises:
        ConfigError: when the extra ``reading`` is not installed.
    """
    docs = parse_sentences([span.of(article.text) for span in article.sentences])
    found: list[Attribution] = []
    parsed: list[Parsed] = []
    inside, before = False, ""
    for place, (span, doc) in enumerate(zip(article.sentences, docs, strict=True)):
        tokens = list(doc)
        if place and "\n\n" in article.text[article.sentences[place - 1].end : span.start]:
            inside = inside and tokens[0].text in ("“", '"')  # a new paragraph goes on quoting only with a new mark
        rows, inside_after = sentence_features(tokens, inside=inside, before=before)
        quoted = ["quoted=True" in row for row in rows]
        before, inside = sentence_kind(tokens, any(quoted)), inside_after
        sentence = Parsed(span.start, tokens, quoted)
        parsed.append(sentence)
        told = _of_sentence(place, sentence, _tag("content", rows), _tag("parties", rows))
        told = [_with_speaker(sentence, one) for one in told]
        told += _inserted(place, sentence, told)
        found += told or _put_in_numbers(place, sentence, span.of(article.text))
    return _continued(article, parsed, found), parsed


def _continued(article: Article, parsed: Sequence[Parsed], found: Sequence[Attribution]) -> list[Attribution]:
    """Give a quotation without a source that of the quotation it goes on with, or else of the sentence before it."""
    sourced = [one for one in found if one.source and one.source.of(article.text).lower() not in _FIRST_PERSON]
    done: list[Attribution] = []
    for one in found:
        speaks = one.source is not None and one.source.of(article.text).lower() in _FIRST_PERSON
        if (one.source is None or speaks) and one.content and _is_quoted(parsed[one.sentence], one.content[0]):
            same = [other for other in sourced if other.sentence == one.sentence]
            giver = same[0] if same else _neighbour(article, parsed, one, done, sourced)
            if giver:
                one = replace(one, source=giver.source, cue=giver.cue, continued=not same)  # noqa: PLW2901
        one = _set_apart(article, one)  # noqa: PLW2901
        done.append(one)
    return done


def _set_apart(article: Article, one: Attribution) -> Attribution:
    """Give a speech without a cue of its own the name set apart from it: "― Ada Lux" after it, "LUX:" before it."""
    if one.cue is not None and not one.continued:
        return one
    sentence = article.sentences[one.sentence]
    first = article.text.rfind("\n", 0, sentence.start) + 1
    last = article.text.find("\n", sentence.end)
    named = _TURN.match(article.text, first) or _SIGNED.search(
        article.text, sentence.start, last if last >= 0 else len(article.text)
    )
    if named is None:
        return one
    apart = one.sentence > 0 and article.sentences[one.sentence - 1].end > first
    return replace(one, source=Span(*named.span("name")), cue=Span(*named.span("cue")), continued=apart)


def _neighbour(
    article: Article,
    parsed: Sequence[Parsed],
    one: Attribution,
    done: Sequence[Attribution],
    sourced: Sequence[Attribution],
) -> Attribution | None:
    """The attribution that a quotation without a source goes on with."""
    before = next((other for other in reversed(done) if other.source and other.sentence < one.sentence), None)
    after = next((other for other in sourced if other.sentence > one.sentence), None)
    if before and _goes_on(parsed, before.sentence, one.sentence):
        return before
    if after and _goes_on(parsed, one.sentence, after.sentence):
        return after
    if before and _one_paragraph(article, before, one):
        return before
    if after and _one_paragraph(article, one, after):
        return after
    return before if before and one.sentence - before.sentence == 1 else None


def _is_quoted(sentence: Parsed, content: Span) -> bool:
    inside = [
        quoted
        for token, quoted in zip(sentence.tokens, sentence.quoted, strict=True)
        if content.start <= sentence.start + token.idx < content.end
    ]
    return sum(inside) * 2 > len(inside)


def _goes_on(parsed: Sequence[Parsed], first: int, last: int) -> bool:
    """Whether one quotation runs on from the end of one sentence to the beginning of another."""
    between = all(all(parsed[place].quoted) for place in range(first + 1, last))
    closes = parsed[first].tokens[-1].text in ("”", "''") or parsed[last].tokens[0].text in ("“", "``")
    return last - first <= _FARTHEST and between and parsed[first].quoted[-1] and parsed[last].quoted[0] and not closes


def _one_paragraph(article: Article, one: Attribution, other: Attribution) -> bool:
    start, end = article.sentences[one.sentence].end, article.sentences[other.sentence].start
    return other.sentence - one.sentence == 1 and "\n" not in article.text[start:end]


def _of_sentence(place: int, sentence: Parsed, content: Sequence[str], parties: Sequence[str]) -> list[Attribution]:
    runs = [run for run in _runs(content, "C") if _is_content(sentence, run)]
    cues = _runs(parties, "Q")
    by_cue: dict[tuple[int, int] | None, list[tuple[int, int]]] = {}
    for run in runs:
        by_cue.setdefault(find_cue(sentence.tokens, run, cues, runs), []).append(run)
    found = []
    for cue, contents in by_cue.items():
        elsewhere = [run for run in runs if cue is None or not run[0] <= cue[0] <= run[1]]
        source = find_source(sentence, cue, (contents, elsewhere), _runs(parties, "S"))
        trimmed = [_trimmed(sentence.tokens, run) for run in contents]
        found.append(
            Attribution(
                place,
                tuple(sentence.span(*run) for run in trimmed),
                sentence.span(*source) if source else None,
                sentence.span(*cue) if cue else None,
            )
        )
    return found


def _inserted(place: int, sentence: Parsed, told: Sequence[Attribution]) -> list[Attribution]:
    """A speaker put between commas or at the end (", Zhang believes,"), not found before: the rest was said."""
    tokens = sentence.tokens
    commas = [token.i for token in tokens if token.text in (",", ";")] + [len(tokens) - tokens[-1].is_punct]
    for first, last in pairwise(commas):
        found = _speaker_between(sentence, first, last)
        if found is None or any(one.cue and one.cue.start <= found[1].start < one.cue.end for one in told):
            continue
        if last == commas[-1] and told:
            continue
        pieces = [(0, first - 1), (last + 1, len(tokens) - 1)]
        spans = tuple(sentence.span(*_trimmed(tokens, run)) for run in pieces if run[0] < run[1] - 1)
        return [Attribution(place, spans, *found)] if spans else []
    return []


def _with_speaker(sentence: Parsed, one: Attribution) -> Attribution:
    """An attribution whose source was not found, with the speaker that stands beside its cue between commas."""
    if one.source is not None or one.cue is None:
        return one
    tokens = sentence.tokens
    commas = [-1, *(token.i for token in tokens if token.text in (",", ";")), len(tokens) - tokens[-1].is_punct]
    for first, last in pairwise(commas):
        found = _speaker_between(sentence, first, last)
        if found and one.cue.start <= found[1].start < one.cue.end:
            return replace(one, source=found[0])
    return one


def _put_in_numbers(place: int, sentence: Parsed, text: str) -> list[Attribution]:
    """An estimate that is told without a verb of saying; for sentences in which nothing else is told."""
    match = _PUTS.match(text)
    if not match:
        return []
    spans = [
        Span(sentence.start + match.start(name), sentence.start + match.end(name))
        for name in ("content", "source", "cue")
    ]
    return [Attribution(place, (spans[0],), spans[1], spans[2])]


def _speaker_between(sentence: Parsed, first: int, last: int) -> tuple[Span, Span] | None:
    """Source and cue of a clause that is no more than a speaker and a verb of saying or thinking."""
    tokens = sentence.tokens
    for place in range(first + 1, last):
        verb = tokens[place]
        is_verb = verb.pos_ == "VERB" or (place == last - 1 and verb.lower_ in _LIKE_NOUNS)
        if not is_verb or verb.lemma_.lower() not in word_list("speaker verbs"):
            continue
        before, after = (first + 1, place - 1), (place + 1, last - 1)
        if place > first + 1 and tokens[first + 1].pos_ in ("PROPN", "PRON", "DET", "NOUN", "ADJ", "NUM"):
            return sentence.span(*before), sentence.span(place, place)
        if place == first + 1 and after[0] <= after[1]:
            return sentence.span(*after), sentence.span(place, place)
    return None


def _runs(tags: Sequence[str], letter: str) -> list[tuple[int, int]]:
    """First and last token of each run of a label."""
    runs: list[tuple[int, int]] = []
    for place, tag in enumerate(tags):
        if tag == f"B-{letter}" or (tag == f"I-{letter}" and (not runs or runs[-1][1] != place - 1)):
            runs.append((place, place))
        elif tag == f"I-{letter}":
            runs[-1] = (runs[-1][0], place)
    return runs


def _is_content(sentence: Parsed, run: tuple[int, int]) -> bool:
    words = [token for token in sentence.tokens[run[0] : run[1] + 1] if token.is_alpha or token.like_num]
    return len(words) >= _FEWEST_WORDS or (bool(words) and sentence.quoted[run[0]])


def _trimmed(tokens: Sequence[Any], run: tuple[int, int]) -> tuple[int, int]:
    first, last = run
    while first < last and tokens[first].lower_ in _BORDER:
        first += 1
    while last > first and tokens[last].lower_ in _BORDER:
        last -= 1
    return first, last


def _tag(name: str, rows: list[list[str]]) -> list[str]:
    tags: list[str] = _tagger(name).tag(rows)
    return tags


@cache
def _tagger(name: str) -> Any:  # noqa: ANN401 - a pycrfsuite Tagger; pycrfsuite is optional
    try:
        import pycrfsuite  # noqa: PLC0415 - optional
    except ImportError:
        raise ConfigError(
            "A text was to be read.", "python-crfsuite is not installed.", "Run: pip install 'detente[reading]'"
        ) from None
    tagger = pycrfsuite.Tagger()
    folder = Path(os.environ.get("DETENTE_MODEL_DIR") or str(files("detente.coding").joinpath("models")))
    tagger.open(str(folder / f"{name}.crfsuite"))
    return tagger
