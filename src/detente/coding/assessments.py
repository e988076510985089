"""Assessments: attributed judgements about a pair of states, with everything they were made to depend on.

In: an article. Out: its pair, its attributions with speakers, and those of them that judge how the pair stands or will
stand (``assessments-v2``). What an acting official wants, promises or demands is no assessment; what happened is none
either. Nothing judged becomes an event, and what a speaker tells stays the speaker's claim.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from detente.codebook.estimates import find_estimates
from detente.codebook.leaders import known_until
from detente.codebook.reading import word_list
from detente.coding.actors import Actors, Mention, find_actors
from detente.coding.articles import Article
from detente.coding.attribution import Attribution, find_attributions
from detente.coding.events import Event, attribute_events, find_events
from detente.coding.horizons import Stretch, find_horizon
from detente.coding.judgements import Judgement, find_judgement
from detente.coding.sayings import Parsed
from detente.coding.sentences import Span
from detente.coding.speakers import Speaker, identify_speakers

VERSION = "assessments-v2"
_RELATION = re.compile(
    r"\b(?:relations?|relationships?|ties|bilateral|"
    r"two (?:countries|sides|governments|states|neighbou?rs|capitals|koreas)|"
    r"both (?:sides|countries|capitals)|neither (?:side|country|government)|either side|between|rapprochement|dialogue|"
    r"alliance|partnership|rivalry|standoff|their|each other)\b",
    re.IGNORECASE,
)
#: Words that speak of the two states of the article without naming either.
_OF_BOTH = re.compile(
    r"\b(?:relations|ties|bilateral|two (?:countries|governments|states|neighbou?rs|capitals)|"
    r"both (?:countries|capitals)|"
    r"neither (?:side|country|government)|either side|rapprochement|thaw)\b",
    re.IGNORECASE,
)
#: An article about two states names them together at least so often; a text of one or two sentences, in each.
_FEWEST_TOGETHER = 3
_AHEAD = re.compile(
    r"\b(?:will|would|could|may|might|should|can|cannot|expect\w*|going to|set to|bound to|no reason|little reason|"
    r"see[sn]?|interest|incentive|benefit|depend\w*|need\w*|makes? it|still|now|currently|at the moment|never been|"
    r"are|is|has|have)\b|"
    r"['’]ll\b|n['’]t\b",
    re.IGNORECASE,
)
#: Words of which a judgement about two states that are named is made, whether or not it speaks of a known change.
_BETWEEN = re.compile(
    r"\b(?:relations?|relationships?|ties|friend(?:s|ship)?|alliances?|allies|partnership|neighbou?rs|peace|war|"
    r"conflict|attacks?|clash\w*|disputes?|quarrels?|rows?|feuds?|treaty|deal|accord|cooperat\w+|each other|"
    r"one another|together|depend\w*|rival\w*|trust|grip|influence|pressure|sanctions)\b",
    re.IGNORECASE,
)
_WILL = re.compile(r"\b(?:will|won['’]t|would|can be expected|(?:is|are) (?:set|bound|going|expected) to)\b|['’]ll\b")
#: Words that are said of two states alone, where neither is named.
_OF_STATES = re.compile(
    r"\b(?:(?:two|both) (?:countries|governments|states|neighbou?rs|capitals|presidents)|"
    r"neither (?:country|government)|rapprochement|status quo|diplomatic (?:relations|ties))\b",
    re.IGNORECASE,
)
#: Matters in which "relations" and "worse" are not about states.
_ELSEWHERE = re.compile(
    r"\b(?:inflation|weather|storm|coach|league|match|patients?|prices|unemployment|guitarist|shares|currency|police|"
    r"actors|siblings|couples|diet|volcano|harvest|airline|flights?|traffic|museum|universit(?:y|ies)|companies|final|"
    r"stadium|regulator|snow|rain|doctors|voters|tourists?|tickets?|goals?|wins?|beat|defeat)\b",
    re.IGNORECASE,
)
_OWN_WILL = re.compile(
    r"\b(?:we (?:want|will|are ready|would)|committed to|attache[sd]|pledg\w+|urg(?:e|es|ed|ing)|called on|call on)\b",
    re.IGNORECASE,
)
#: An official who says so predicts, rather than promises.
_PREDICTS = re.compile(r"\b(?:expect\w*|set to|bound to|heading for|prospects?|optimistic|confident)\b", re.IGNORECASE)
_TELLING = frozenset(
    [
        "attention",
        "leader",
        "rivalry",
        "cooperation need",
        "strategic benefit",
        "provocation",
        "sanctions",
        "legislature",
    ]
)


@dataclass(frozen=True)
class Assessment:
    """One attributed judgement about a pair.

    Args:
        sentence: Place of the sentence in the article.
        pair: ISO3 codes of the two states, alphabetical; None where the text leaves it open.
        pair_is_said: Whether both stand in the sentence itself.
        attribution: Where source, cue and content stand.
        speaker: Who said it, through whom.
        judgement: Direction, likelihood, conditions, drivers, hedges; places are in ``statement``.
        statement: Place of the words that were read, in the article.
        horizon: How far ahead it looks; its place too is in ``statement``.
        third_parties: Other actors named in it: states as ISO3, organisations by name.
    """

    sentence: int
    pair: tuple[str, str] | None
    pair_is_said: bool
    attribution: Attribution
    speaker: Speaker
    judgement: Judgement
    statement: Span
    horizon: Stretch | None
    third_parties: tuple[str, ...]


@dataclass(frozen=True)
class Reading:
    """What was read in one article."""

    article: Article
    day: dt.date
    pair: tuple[str, str] | None
    actors: Actors
    attributions: tuple[Attribution, ...]
    speakers: tuple[Speaker, ...]
    assessments: tuple[Assessment, ...]
    events: tuple[Event, ...] = ()


def read_article(article: Article) -> Reading:
    """Everything that is read in an article.

    An article without a date is read as of the day until which the table of leaders was kept; then horizons that count
    from the day of writing have no last day.

    Raises:
        ConfigError: when the extra ``reading`` is not installed.
    """
    day = article.date or known_until()
    actors = find_actors(article.text, day)
    attributions, parsed = find_attributions(article)
    speakers = identify_speakers(article, attributions, actors)
    pair = find_pair(article, actors)
    spoken = sorted(
        [*zip(attributions, speakers, strict=True), *_continued(article, attributions, speakers)],
        key=lambda said: said[0].sentence,
    )
    found = [
        assessment
        for one, speaker in spoken
        if one.sentence not in article.headlines
        and (assessment := _assessment(article, day, pair, actors, (one, speaker, parsed[one.sentence]), attributions))
    ]
    judged = tuple(_without_parts(found))
    events = _events(article, actors, parsed, judged)
    told = tuple(attribute_events(article.text, events, attributions, speakers))
    return Reading(article, day, pair, actors, tuple(attributions), tuple(speakers), judged, told)


def _events(article: Article, actors: Actors, parsed: Sequence[Parsed], judged: Sequence[Assessment]) -> list[Event]:
    """The events of an article: a deed within an assessment is part of a judgement, not something that happened.

    Nor is one in a headline that says how likely something is.
    """
    docs = [sentence.tokens[0].doc for sentence in parsed]
    told = [
        (span, doc)
        for place, (span, doc) in enumerate(zip(article.sentences, docs, strict=True))
        if place not in article.headlines or not find_estimates(span.of(article.text))
    ]
    return [
        event
        for event in find_events(told, actors.mentions)
        if not any(one.statement.start <= event.recipient.start < one.statement.end for one in judged)
    ]


def _continued(
    article: Article, attributions: Sequence[Attribution], speakers: Sequence[Speaker]
) -> list[tuple[Attribution, Speaker]]:
    """Sentences without a speaker between two of one speaker in one paragraph: they go on telling what was said."""
    by_sentence = {one.sentence: speaker for one, speaker in zip(attributions, speakers, strict=True) if speaker.name}
    found = []
    for place in range(1, len(article.sentences) - 1):
        before, after = by_sentence.get(place - 1), by_sentence.get(place + 1)
        if place in {one.sentence for one in attributions} or not before or not after or before.name != after.name:
            continue
        between = article.text[article.sentences[place - 1].end : article.sentences[place + 1].start]
        if "\n" not in between:
            told = Attribution(place, (article.sentences[place],), None, None)
            found.append((told, replace(before, text="", certain=False)))
    return found


def find_pair(article: Article, actors: Actors) -> tuple[str, str] | None:
    """The two states that the article is about: the two of its headline, else the two named together most.

    Two states that stand together in fewer than ``_FEWEST_TOGETHER`` sentences, or no oftener than two others, are not
    what an article is about.
    """
    title_end = max((article.sentences[place].end for place in article.headlines), default=0)
    headed = dict.fromkeys(m.iso3 for m in actors.mentions if m.iso3 and m.start < title_end)
    if len(headed) == 2:
        return _ordered(headed)
    together: Counter[tuple[str, str]] = Counter()
    for span in article.sentences:
        states = {m.iso3 for m in actors.mentions if m.iso3 and span.start <= m.start < span.end}
        together.update(combinations(sorted(states), 2))
    counts = together.most_common(2)
    if not counts or counts[0][1] < min(_FEWEST_TOGETHER, len(article.sentences)):
        return None
    return None if len(counts) == 2 and counts[0][1] == counts[1][1] else counts[0][0]


def _ordered(states: object) -> tuple[str, str]:
    first, second = sorted(str(state) for state in states)  # type: ignore[attr-defined]
    return first, second


def _assessment(
    article: Article,
    day: dt.date,
    article_pair: tuple[str, str] | None,
    actors: Actors,
    said: tuple[Attribution, Speaker, Parsed],
    spoken: Sequence[Attribution],
) -> Assessment | None:
    one, speaker, parsed = said
    sentence = article.sentences[one.sentence]
    alone = sum(other.sentence == one.sentence for other in spoken) == 1
    content = Span(min(s.start for s in one.content), max(s.end for s in one.content))
    statement = sentence if alone and sentence.start <= content.start and content.end <= sentence.end else content
    text = _statement_text(article.text, statement, one)
    inside = [m for m in actors.mentions if sentence.start <= m.start < sentence.end and not _is_speaker(m, one)]
    judgement = find_judgement(text)
    pair, is_said = _pair_of(inside, article_pair, names_change=judgement.direction != "none")
    if not is_said and not _touches(text, inside, pair):
        return None
    if not _is_assessment(text, speaker, parsed, one, judgement, pair is not None, inside):
        return None
    horizon = find_horizon(text, day)
    return Assessment(one.sentence, pair, is_said, one, speaker, judgement, statement, horizon, _third(inside, pair))


def _statement_text(text: str, statement: Span, one: Attribution) -> str:
    """The words of the statement, with the source blanked where it stands among them, so that places hold."""
    words, part = statement.of(text), one.source
    if part and statement.start <= part.start < statement.end:
        start, end = part.start - statement.start, min(part.end, statement.end) - statement.start
        words = words[:start] + " " * (end - start) + words[end:]
    return words


def _is_speaker(mention: Mention, one: Attribution) -> bool:
    return one.source is not None and one.source.start <= mention.start < one.source.end


def _pair_of(
    inside: Sequence[Mention], article_pair: tuple[str, str] | None, *, names_change: bool
) -> tuple[tuple[str, str] | None, bool]:
    """The pair that a statement is about, and whether it says so itself.

    Two states that are not the article's pair are one only where a change is spoken of; else they are third parties.
    """
    states = list(dict.fromkeys(m.iso3 for m in inside if m.iso3))
    shared = set(states) & set(article_pair or ())
    if article_pair and len(shared) == 2:
        return article_pair, True
    if len(states) == 2 and (names_change or article_pair is None):
        return _ordered(states), True
    if article_pair and (not states or shared or not names_change):
        return article_pair, False
    return None, False


def _touches(text: str, inside: Sequence[Mention], pair: tuple[str, str] | None) -> bool:
    """Whether a statement that does not name a pair speaks of the article's, or of a state and an organisation."""
    states = {m.iso3 for m in inside if m.iso3}
    if pair:
        return bool(states & set(pair) or _OF_BOTH.search(text))
    if _OF_BOTH.search(text) or _OF_STATES.search(text):
        return bool(inside) or bool(_OF_STATES.search(text))
    return bool(states) and any(m.role == "international organisation" for m in inside)


def _third(inside: Sequence[Mention], pair: tuple[str, str] | None) -> tuple[str, ...]:
    names = [m.iso3 or m.text for m in inside if (m.iso3 or m.text) not in (pair or ())]
    return tuple(dict.fromkeys(names))


def _is_assessment(
    text: str,
    speaker: Speaker,
    parsed: Parsed,
    one: Attribution,
    judgement: Judgement,
    has_pair: bool,
    inside: Sequence[Mention],
) -> bool:
    """Whether a statement judges a relation of states, rather than reports, wishes or speaks of something else."""
    sentence = " ".join(token.text for token in parsed.tokens)
    apart = len({m.iso3 for m in inside if m.iso3}) < 2
    if (apart and _ELSEWHERE.search(sentence)) or _OWN_WILL.search(sentence) or _is_wish(parsed, one):
        return False
    if not has_pair and not (_RELATION.search(text) and inside) and not _OF_STATES.search(text):
        return False
    if not apart and speaker.text and not _ELSEWHERE.search(sentence) and _weighs(text, speaker, judgement):
        return True
    says_change = judgement.direction != "none" and bool(_AHEAD.search(text) or judgement.estimate)
    if speaker.kind == "official":
        unsure = judgement.estimate or judgement.denied or judgement.conditions or judgement.hedges
        return says_change and bool(unsure or _PREDICTS.search(text))
    telling = any(part.what in _TELLING for part in judgement.drivers)
    return says_change or (telling and bool(_AHEAD.search(text)))


def _weighs(text: str, speaker: Speaker, judgement: Judgement) -> bool:
    """Whether a statement that names two states says what is ahead of them, be it in words of no known direction."""
    if not _BETWEEN.search(text):
        return False
    foresees = speaker.kind == "expert" and bool(_WILL.search(text))
    return judgement.low is not None or judgement.estimate is not None or foresees


def _is_wish(parsed: Parsed, one: Attribution) -> bool:
    """Whether the cue is a wish, a demand or a promise rather than a saying."""
    if one.cue is None:
        return False
    lemmas = {
        token.lemma_.lower()
        for token in parsed.tokens
        if one.cue.start <= parsed.start + token.idx < one.cue.end and token.pos_ in ("VERB", "AUX")
    }
    return bool(lemmas & word_list("speaker wishes"))


def _without_parts(found: Sequence[Assessment]) -> list[Assessment]:
    """Assessments without those whose words lie within another's of the same sentence."""
    return [
        one
        for one in found
        if not any(
            other is not one
            and other.sentence == one.sentence
            and other.statement.start <= one.statement.start
            and one.statement.end <= other.statement.end
            and other.statement != one.statement
            for other in found
        )
    ]
