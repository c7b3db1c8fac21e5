"""People and bodies in scripts without capitals, by titles and listed endings alone.

Arabic, Persian, Hebrew, Hindi and Bengali: the words after a title. Chinese, Japanese, Korean: a
name of the usual shape beside a title. What no title goes with is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from pipeline.enrich.names.gazetteer import Known
from pipeline.enrich.names.named import Named
from pipeline.enrich.phrases import Found, Word
from pipeline.enrich.scripts import is_unspaced
from pipeline.enrich.word_lists import table, words

MAX_NAME_WORDS = 2
"""Further words are seldom the name's, except after the particles."""
_ARABIC_PARTICLES = frozenset(("بن", "ابن", "عبد", "أبو", "آل", "بنت"))
MAX_SKIPPED_WORDS = 2
_FILE = "names.toml"
_HAN = "\u4e00-\u9fff"
_NO_NAME = re.compile(
    "(?:[社部会党国省庁県市元前新現米副的側氏団員者]|学生|女性|男性|夫妻|[各同両元前])$|^[各同両前元次現新]"
)
"""Chinese and Japanese words that stand before a title and name nobody: 建設会社社長."""
_NO_KOREAN = "당시군구도부청회사측"
_CASELESS = re.compile("[\u0590-\u06ff\u0900-\u0dff]")
_HANGUL = re.compile("[\uac00-\ud7a3]")
_ARABIC = re.compile("[\u0620-\u06ff]")
_KATAKANA_NAME = "[\u30a1-\u30fa\u30fc]{2,}(?:[・＝][\u30a1-\u30fa\u30fc]{2,}){1,3}"
_KATAKANA_WORD = "[\u30a1-\u30fa\u30fc]{2,}"


@dataclass(frozen=True, slots=True)
class _Patterns:
    chinese: tuple[re.Pattern[str], ...]
    japanese: tuple[re.Pattern[str], ...]
    korean: re.Pattern[str]
    titles: frozenset[str]
    stops: frozenset[str]
    body_endings: tuple[str, ...]


def names_beside_titles(
    text: str, text_words: list[Word], known: list[Found[Known]]
) -> Iterator[Named]:
    """People by their titles, and bodies that begin with a listed place (``北京大学``)."""
    if text.isascii():
        return
    patterns = warm_up()
    if is_unspaced(text):
        used = patterns.japanese if re.search("[\u3041-\u309f]", text) else patterns.chinese
        places = {one.start for one in known}
        yield from _everywhere(
            text,
            {
                match[1]
                for pattern in used
                for match in pattern.finditer(text)
                if match.start(1) not in places and _NO_NAME.search(match[1]) is None
            },
        )
        yield from _bodies(text, known, patterns.body_endings)
    if _HANGUL.search(text):
        yield from _everywhere(
            text,
            {
                match[1]
                for match in patterns.korean.finditer(text)
                if match[1][-1] not in _NO_KOREAN
            },
        )
    if _CASELESS.search(text):
        yield from _after_titles(text, text_words, {one.start for one in known}, patterns)


def _everywhere(text: str, people: Iterable[str]) -> Iterator[Named]:
    """Who stands beside a title once is meant elsewhere, too."""
    for person in people:
        start = text.find(person)
        while start >= 0:
            yield Named(start, start + len(person), "person", person)
            start = text.find(person, start + len(person))


def named_speakers(text: str, speakers: Iterable[str]) -> Iterator[Named]:
    """Speakers of quotes, where they stand in the text; with two words or more only."""
    for speaker in speakers:
        if " " not in speaker or not _ARABIC.search(speaker):
            continue
        if any(word in warm_up().titles or word in warm_up().stops for word in speaker.split()):
            continue
        start = text.find(speaker)
        while start >= 0 and len(speaker.split()) <= MAX_NAME_WORDS:
            yield Named(start, start + len(speaker), "person", speaker)
            start = text.find(speaker, start + len(speaker))


@cache
def warm_up() -> _Patterns:
    """The patterns, built once."""
    lists = table(_FILE)
    chinese, japanese, korean = lists["chinese"], lists["japanese"], lists["korean"]
    surname = f"[{chinese['surnames']}]"
    verbs = _either(table("speech.toml")["after_name_unspaced"]["zh"])
    before, after = (
        _either(chinese["titles_before"].split()),
        _either(japanese["titles_after"].split()),
    )
    not_title = f"(?!{before})"
    return _Patterns(
        chinese=(
            re.compile(
                f"(?:{before})({not_title}{surname}[{_HAN}]{{1,2}}?)(?={verbs}|[，。、：在与和将对]|{before})"
            ),
            re.compile(f"(?:{before})([{chinese['transliteration']}]{{2,7}})"),
            re.compile(f"(?:^|[，。；\n“”「」])({surname}[{_HAN}]{{1,2}}?)(?={before}|{verbs})"),
            re.compile(
                "([\u4e00-\u9fff]{1,5}(?:·[\u4e00-\u9fff]{1,6}){1,2})(?=[，。、（(]|" + verbs + ")"
            ),
        ),
        japanese=(
            re.compile(f"({_KATAKANA_NAME})(?=(?:前|元|新|次期)?(?:{after})|[（(][0-9０-９])"),
            re.compile(f"({_KATAKANA_WORD})(?=(?:前|元|新|次期)?(?:大統領|首相|容疑者|被告|氏))"),
            re.compile(f"(?<![{_HAN}々])([{_HAN}々]{{2,5}}?)(?=(?:{after}))"),
            re.compile(f"(?<![{_HAN}々])([{_HAN}々]{{3,5}})(?=[（(][0-9０-９]{{2}}[）)])"),
        ),
        korean=re.compile(
            f"(?<![\uac00-\ud7a3])([{korean['surnames']}][\uac00-\ud7a3]{{2}})"
            f"(?= [\uac00-\ud7a3]{{0,6}}?(?:{_either(korean['titles_after'].split())}))"
        ),
        titles=words(_FILE, "before_name"),
        stops=words(_FILE, "name_stops"),
        body_endings=tuple(chinese["organization_endings"].split()),
    )


def _after_titles(
    text: str, text_words: list[Word], places: set[int], patterns: _Patterns
) -> Iterator[Named]:
    for position, (word, _, _) in enumerate(text_words):
        if word not in patterns.titles and word[1:] not in patterns.titles:
            continue
        first = _skip_adjectives(text_words, position + 1, patterns)
        last, end = first, text_words[first - 1][2]
        most = MAX_NAME_WORDS
        while last < len(text_words) and last - first < most:
            following, start, following_end = text_words[last]
            if following in _ARABIC_PARTICLES:
                most = min(most + 1, MAX_NAME_WORDS + 2)
            if text[end:start].strip(" \u200c.") or start in places or "\n" in text[end:start]:
                break
            if following in patterns.stops or following in patterns.titles or following.isascii():
                break
            if last > first and following.startswith("ال") and len(following) > 6:
                break
            last, end = last + 1, following_end
        if last > first + (1 if _ARABIC.match(word) else 0):
            start = text_words[first][1]
            yield Named(start, end, "person", text[start:end])


def _skip_adjectives(text_words: list[Word], position: int, patterns: _Patterns) -> int:
    """``الرئيس الأمريكي دونالد ترامب``: past the words that go on with the title."""
    for step in range(position, min(len(text_words), position + MAX_SKIPPED_WORDS)):
        word = text_words[step][0]
        if not (word.startswith("ال") and len(word) > 4) and word not in patterns.titles:
            return step
    return min(len(text_words), position + MAX_SKIPPED_WORDS)


def _bodies(text: str, known: list[Found[Known]], endings: tuple[str, ...]) -> Iterator[Named]:
    for one in known:
        if one.meaning.kind == "place":
            ending = next((end for end in endings if text.startswith(end, one.end)), None)
            if ending:
                end = one.end + len(ending)
                yield Named(one.start, end, "organization", text[one.start : end])


def _either(options: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(options, key=len, reverse=True)))
