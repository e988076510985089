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
from detente.coding.sentences import Span
from detente.coding.tagging import cue_class, sentence_features, sentence_kind
from detente.errors import ConfigError

VERSION = "attribution-v2"
_SUBJECTS = ("nsubj", "nsubjpass", "csubj")
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


@dataclass(frozen=True)
class Parsed:
    """One sentence of an article: where it begins, its tokens, and whether each is inside a quotation."""

    start: int
    tokens: Sequence[Any]
    quoted: Sequence[bool]

    def span(self, first: int, last: int) -> Span:
        """Place in the article's text of the tokens from first to last, both included."""
        end = self.tokens[last]
        return Span(self.start + self.tokens[first].idx, self.start + end.idx + len(end.text))


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
        by_cue.setdefault(_cue_of(sentence.tokens, run, cues, runs), []).append(run)
    found = []
    for cue, contents in by_cue.items():
        elsewhere = [run for run in runs if cue is None or not run[0] <= cue[0] <= run[1]]
        source = _source_of(sentence, cue, (contents, elsewhere), _runs(parties, "S"))
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


def _root(tokens: Sequence[Any], run: tuple[int, int]) -> Any:  # noqa: ANN401 - a spaCy token
    """The token of a run whose head lies outside it, nearest to the sentence's root."""
    tops = [
        token
        for token in tokens[run[0] : run[1] + 1]
        if not run[0] <= token.head.i <= run[1] or token.head.i == token.i
    ]
    return min(tops or [tokens[run[0]]], key=lambda token: (sum(1 for _ in token.ancestors), token.i))


def _cue_of(
    tokens: Sequence[Any], run: tuple[int, int], cues: Sequence[tuple[int, int]], runs: Sequence[tuple[int, int]]
) -> tuple[int, int] | None:
    """The cue that a content hangs from, else one that hangs from it, else the nearest outside all contents."""
    root = _root(tokens, run)
    for ancestor in (root, *root.ancestors):
        for cue in cues:
            if cue[0] <= ancestor.i <= cue[1] and not run[0] <= ancestor.i <= run[1]:
                return cue
    for child in root.children:
        for cue in cues:
            if cue[0] <= child.i <= cue[1] and not run[0] <= child.i <= run[1]:
                return cue
    free = [cue for cue in cues if not any(low <= cue[0] <= high for low, high in runs)]
    if free:
        return min(free, key=lambda cue: min(abs(cue[0] - run[1]), abs(run[0] - cue[1])))
    return _cue_in_tree(root, run)


def _cue_in_tree(root: Any, run: tuple[int, int]) -> tuple[int, int] | None:  # noqa: ANN401 - a spaCy token
    """The verb above a content whose cue the tagger missed: a strong cue, else the next verb."""
    above = [token for token in root.ancestors if not run[0] <= token.i <= run[1]]
    strong = [token for token in above if cue_class(token.lemma_, token.pos_) == "high"]
    verbs = strong or [token for token in above[:4] if token.pos_ in ("VERB", "AUX")]
    return (verbs[0].i, verbs[0].i) if verbs else None


def _source_of(
    sentence: Parsed,
    cue: tuple[int, int] | None,
    told: tuple[Sequence[tuple[int, int]], Sequence[tuple[int, int]]],
    tagged: Sequence[tuple[int, int]],
) -> tuple[int, int] | None:
    """The subject or agent of the cue, else the tagged source nearest to it, outside of what was told."""
    contents, elsewhere = told
    outside = [
        run
        for run in tagged
        if not any(low <= run[0] and run[1] <= high for low, high in contents)
        and any(token.pos_ in ("NOUN", "PROPN", "PRON") for token in sentence.tokens[run[0] : run[1] + 1])
    ]
    if cue is None:
        at = contents[0][0]
        return min(outside, key=lambda run: abs(run[0] - at), default=None) or _main_subject(sentence, contents)
    tokens = sentence.tokens
    head = _subject_of(tokens, cue, elsewhere)
    if head is not None:
        same = [run for run in outside if run[0] <= head.i <= run[1]]
        first, last = _noun_phrase(head, contents, cue) if not same else _widened(head, same[0], contents, cue)
        pronoun = last + 2 if last + 1 < len(tokens) and tokens[last + 1].text == "," else last + 1
        if pronoun < len(tokens) and tokens[pronoun].lower_ in ("who", "which") and pronoun < cue[0]:
            last = pronoun
        return first, last
    near = sorted(outside, key=lambda run: min(abs(run[0] - cue[1]), abs(cue[0] - run[1])))
    return near[0] if near else _main_subject(sentence, contents)


def _main_subject(sentence: Parsed, contents: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """The subject of the sentence, where it stands before the contents and in no quotation."""
    for token in sentence.tokens[: contents[0][0]]:
        if token.dep_ in _SUBJECTS and token.head.dep_ == "ROOT" and not sentence.quoted[token.i]:
            return None if _is_empty(token) else _noun_phrase(token, contents, (token.i + 1, token.i))
    return None


def _subject_of(tokens: Sequence[Any], cue: tuple[int, int], contents: Sequence[tuple[int, int]]) -> Any:  # noqa: ANN401
    verbs = [token for token in tokens[cue[0] : cue[1] + 1] if token.pos_ in ("VERB", "AUX")]
    if any(token.lower_ == "according" for token in tokens[cue[0] : cue[1] + 1]):
        objects = [token for token in tokens[cue[0] : cue[1] + 4] if token.dep_ == "pobj" and token.i > cue[0]]
        return objects[0] if objects else None
    for verb in sorted(verbs, key=lambda token: sum(1 for _ in token.ancestors)):
        climbed = verb
        if verb.lemma_ == "quote" and (quoted := [child for child in verb.children if child.dep_ in ("dobj", "obj")]):
            return quoted[0]
        for _ in range(4):
            agents = [
                c for child in climbed.children if child.dep_ == "agent" for c in child.children if c.dep_ == "pobj"
            ]
            subjects = [child for child in climbed.children if child.dep_ in _SUBJECTS]
            for one in agents or [subject for subject in subjects if subject.dep_ != "nsubjpass" or not agents]:
                if not any(low <= one.i <= high for low, high in contents) and not _is_empty(one):
                    return _antecedent(one)
            if climbed.dep_ in ("relcl", "acl") and climbed.head.pos_ in ("NOUN", "PROPN", "PRON"):
                inside = any(low <= climbed.head.i <= high for low, high in contents)
                return None if inside else climbed.head
            if climbed.dep_ not in ("conj", "xcomp", "advcl", "aux", "ccomp") or climbed.head.i == climbed.i:
                break
            climbed = climbed.head
    return None


def _is_empty(token: Any) -> bool:  # noqa: ANN401 - a spaCy token
    return token.lower_ in ("it", "there", "this", "that") and token.pos_ == "PRON"


def _antecedent(token: Any) -> Any:  # noqa: ANN401 - a spaCy token
    """The noun that a relative pronoun stands for."""
    if token.lower_ in ("who", "which", "that") and token.head.dep_ == "relcl":
        return token.head.head
    return token


def _noun_phrase(head: Any, contents: Sequence[tuple[int, int]], cue: tuple[int, int]) -> tuple[int, int]:  # noqa: ANN401
    """The words that hang from a noun, without clauses, the cue and the contents, in one piece."""
    places = {head.i}
    clauses = {
        inner.i
        for child in head.children
        if child.dep_ in ("relcl", "advcl", "parataxis", "ccomp")
        for inner in child.subtree
    }
    for token in head.subtree:
        if token.i in clauses:
            continue
        if cue[0] <= token.i <= cue[1] or any(low <= token.i <= high for low, high in contents):
            continue
        places.add(token.i)
    first = last = head.i
    while first - 1 in places:
        first -= 1
    while last + 1 in places:
        last += 1
    while last > head.i and head.doc[last].is_punct and head.doc[last].text not in ("”", '"', ")"):
        last -= 1
    return first, last


def _widened(
    head: Any,  # noqa: ANN401 - a spaCy token
    run: tuple[int, int],
    contents: Sequence[tuple[int, int]],
    cue: tuple[int, int],
) -> tuple[int, int]:
    """A tagged source together with the noun phrase that it stands in."""
    phrase = _noun_phrase(head, contents, cue)
    return min(run[0], phrase[0]), max(run[1], phrase[1])


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
