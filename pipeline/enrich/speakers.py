"""Who says a quote: the name beside a verb of saying, before or after the quote.

Looks no further than the quote's paragraph, and for a pronoun at the speaker quoted last. A wrong
name is worse than none: what is not plainly said stays null.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pipeline.enrich.german_speakers import german_speaker
from pipeline.enrich.names.gazetteer import is_place
from pipeline.enrich.names.lists import is_empty, is_title
from pipeline.enrich.scripts import HAN_KANA, WORD
from pipeline.enrich.sentences import Span
from pipeline.enrich.word_lists import table, words

WINDOW_CHARACTERS = 160
_MAX_VERB_TO_NAME = 50
_MAX_QUOTE_TO_VERB = 90
_MAX_SPEAKER_CHARACTERS = 60
_MAX_PARAGRAPHS_BACK = 2

_UPPER = "A-ZÀ-ÖØ-ÞĀ-ɏΆ-ΫЀ-ЯҐІЇЄԱ-Ֆ"
_NAME = re.compile(
    f"(?<![\\w'’])[{_UPPER}][\\w'’\\-]*(?:\\.(?= [{_UPPER}]))?"
    f"(?:[ \u00a0](?:(?:de|del|della|van|von|der|den|da|dos|di|la|le|bin|al|el|ibn|ter|zu) ){{0,2}}"
    f"[{_UPPER}][\\w'’\\-]*(?:\\.(?= [{_UPPER}]))?){{0,5}}"
)
_MARKS = " \t\u00a0\u202f\"“”„«»‹›‘’‚「」『』'"
_LEADS_TO_QUOTE = re.compile(r"[\s—–-]*[,:][\s—–-]*")
_BREAK = re.compile('[.!?。！？]\\s|[;\\n"“”„«»「」『』]')
_CASELESS_WORD = re.compile(r"[^\s،,:؛.\"«»“”()]+")


@dataclass(frozen=True, slots=True)
class _Lists:
    verbs: frozenset[str]
    listener_verbs: frozenset[str]
    caseless_verbs: frozenset[str]
    caseless_stops: frozenset[str]
    according: tuple[str, ...]
    pronouns: frozenset[str]
    titles: frozenset[str]
    not_names: frozenset[str]
    prepositions: frozenset[str]
    chinese: re.Pattern[str]
    japanese: re.Pattern[str]


@cache
def warm_up() -> _Lists:
    """The word lists, read once."""
    lists = table("speech.toml")
    verbs = "|".join(lists["after_name_unspaced"]["zh"])
    return _Lists(
        verbs=words("speech.toml", "verbs"),
        listener_verbs=frozenset(lists["listener_verbs"].split()),
        caseless_verbs=words("speech.toml", "before_name"),
        caseless_stops=words("speech.toml", "stops"),
        according=tuple(one for group in lists["according"].values() for one in group),
        pronouns=words("speech.toml", "pronouns"),
        titles=words("speech.toml", "titles"),
        not_names=words("function_words.toml", "function_words"),
        prepositions=words("speech.toml", "prepositions"),
        chinese=re.compile(f"([{HAN_KANA}·]{{2,16}}?)(?:{verbs})[^。！？\\n]{{0,6}}$"),
        japanese=re.compile("([\u4e00-\u9fff\u30a1-\u30fc々・の]{2,20}?)[はが][^。！？\\n]{0,40}$"),
    )


def speakers_of(text: str, quotes: list[Span], *, german: bool = False) -> list[str | None]:
    """The speaker of each quote, in order; ``quotes`` are spans that do not overlap.

    ``german`` says that a capital makes no name.
    """
    found: list[str | None] = []
    latest: tuple[str, int] | None = None
    for number, (start, end) in enumerate(quotes):
        floor = quotes[number - 1][1] + 1 if number else 0
        ceiling = quotes[number + 1][0] - 1 if number + 1 < len(quotes) else len(text)
        speaker = _spoken(text, start, end, floor, ceiling)
        if german and speaker is not None:
            speaker = german_speaker(text, speaker)
        if speaker is _PRONOUN:
            speaker = _recent(text, latest, start)
        elif speaker is None and number and _same_sentence(text, quotes[number - 1][1], start):
            speaker = found[-1]
        if speaker is not None:
            latest = (speaker, end)
        found.append(speaker)
    return found


_PRONOUN = "\x00pronoun"


def _recent(text: str, latest: tuple[str, int] | None, start: int) -> str | None:
    if latest is None or start - latest[1] > 2_000:
        return None
    return latest[0] if text.count("\n\n", latest[1], start) <= _MAX_PARAGRAPHS_BACK else None


def _same_sentence(text: str, end: int, start: int) -> bool:
    """Whether two quotes stand in one sentence: one speaker has both."""
    return start - end <= WINDOW_CHARACTERS and _BREAK.search(text[end:start].strip(_MARKS)) is None


def _spoken(text: str, start: int, end: int, floor: int, ceiling: int) -> str | None:
    after = _after(text, end, min(ceiling, end + WINDOW_CHARACTERS))
    before = _before(text, max(floor, start - WINDOW_CHARACTERS), start)
    named = _name_by_verb(after, from_left=True)
    if named is None or named is _PRONOUN:
        other = _name_by_verb(before, from_left=False)
        named = other if other is not None and other is not _PRONOUN else named or other
    return named or _caseless(before, after)


def _after(text: str, end: int, limit: int) -> str:
    """What follows the closing mark, up to the end of its sentence."""
    window = text[end:limit].lstrip(_MARKS)
    stop = _BREAK.search(window, 1)
    return window[: stop.start()] if stop else window


def _before(text: str, begin: int, start: int) -> str:
    """What leads to the opening mark, from the beginning of its sentence."""
    window = text[begin:start].rstrip(_MARKS)
    stops = list(_BREAK.finditer(window))
    return window[stops[-1].end() if stops else 0 :]


def _name_by_verb(window: str, *, from_left: bool) -> str | None:
    lists = warm_up()
    verbs = [match for match in WORD.finditer(window) if match.group().lower() in lists.verbs]
    if verbs:
        verb = verbs[0] if from_left else verbs[-1]
        distance = verb.start() if from_left else len(window) - verb.end()
        if distance <= _MAX_QUOTE_TO_VERB:
            named = _nearest_name(window, verb, lists, from_left=from_left)
            if named is not None:
                return named
    return _according_to(window, lists)


def _according_to(window: str, lists: _Lists) -> str | None:
    """The last name between "according to" and the next comma: titles come first."""
    folded = window.lower()
    for phrase in lists.according:
        place = folded.find(phrase)
        if place < 0 or (place and folded[place - 1].isalnum()):
            continue
        clause = window[place + len(phrase) :].partition(",")[0]
        if clause[:1] != " ":
            continue
        names = [_clean(match.group(), lists) for match in _NAME.finditer(clause)]
        named = [name for name in names if name]
        if named:
            return named[-1]
    return None


def _nearest_name(
    window: str, verb: re.Match[str], lists: _Lists, *, from_left: bool
) -> str | None:
    """The name nearest to the verb, or the mark of a pronoun where one stands beside it."""
    if _pronoun_beside(window, verb, lists):
        return _PRONOUN
    best: tuple[int, str] | None = None
    for match in _NAME.finditer(window):
        name = _clean(match.group(), lists)
        if name and _may_be_subject(window, match, verb, lists, from_left=from_left):
            distance = max(match.start() - verb.end(), verb.start() - match.end())
            if distance <= _MAX_VERB_TO_NAME and (best is None or distance < best[0]):
                best = (distance, name)
    return best[1] if best else None


def _may_be_subject(
    window: str, name: re.Match[str], verb: re.Match[str], lists: _Lists, *, from_left: bool
) -> bool:
    if name.start() < verb.end() and verb.start() < name.end():
        return False
    if name.start() >= verb.end():
        # 'told NAME' names the listener; 'said NAME "..."' is what the quote is about
        if verb.group().lower() in lists.listener_verbs:
            return False
        if not from_left and _LEADS_TO_QUOTE.fullmatch(window, name.end()) is None:
            return False
        near = window.count(",", verb.end(), name.start()) <= 1
        return near and not _has_preposition(window, name.start())
    gap = window[name.end() : verb.start()]
    if "," not in gap and any(word not in lists.not_names for word in WORD.findall(gap)):
        return False  # "a Russian source said": the name belongs to a noun
    return gap.count(",") <= 2 and not _has_preposition(window, name.start())


def _has_preposition(window: str, start: int) -> bool:
    """``a talk with Trump, Putin said``: after a small grammar word stands hardly the subject."""
    before = WORD.findall(window[max(0, start - 20) : start])
    return bool(before) and before[-1].islower() and before[-1] in warm_up().prepositions


def _pronoun_beside(window: str, verb: re.Match[str], lists: _Lists) -> bool:
    before = WORD.findall(window[max(0, verb.start() - 16) : verb.start()])
    after = WORD.match(window, min(verb.end() + 1, len(window)))
    return bool(before and before[-1].lower() in lists.pronouns) or bool(
        after and after.group().lower() in lists.pronouns
    )


def _clean(name: str, lists: _Lists) -> str | None:
    """The name without titles and words that only begin a sentence; None when nothing is left."""
    parts = name.replace("\u00a0", " ").split(" ")
    while parts and (parts[0].rstrip(".") in lists.titles or parts[0].lower() in lists.not_names):
        parts.pop(0)
    roles = [n for n, part in enumerate(parts[:-1]) if is_title(part)]
    if roles:  # "Economy Minister Ana Ruiz"
        del parts[: roles[-1] + 1]
    cleaned = " ".join(parts).removesuffix("'s").removesuffix("’s")
    if not 1 < len(cleaned) <= _MAX_SPEAKER_CHARACTERS or any(map(str.isdigit, cleaned)):
        return None
    return (
        None if is_empty(cleaned) or is_place(cleaned) else cleaned
    )  # "the firm in Bremen, Germany, said"


def _caseless(before: str, after: str) -> str | None:
    if before.isascii() and after.isascii():
        return None
    lists = warm_up()
    if re.search(f"[{HAN_KANA}]", before):
        found = lists.chinese.search(before) or lists.japanese.search(before)
        return found[1] if found else None
    tokens = _CASELESS_WORD.findall(before)
    for position in range(len(tokens) - 1, -1, -1):
        if tokens[position] in lists.caseless_verbs:
            return _until_stop(tokens[position + 1 :], lists.caseless_stops)
    return None


def _until_stop(tokens: list[str], stops: frozenset[str]) -> str | None:
    named: list[str] = []
    for token in tokens[:7]:
        if token in stops:
            break
        named.append(token)
    joined = " ".join(named)
    return joined if 0 < len(joined) <= _MAX_SPEAKER_CHARACTERS else None
