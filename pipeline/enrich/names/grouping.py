"""Puts the names of one person, body or place together: last names, acronyms, listed aliases."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from pipeline.enrich.names.lists import is_title, slavic_stem, stem
from pipeline.enrich.names.named import Kind, Named
from pipeline.models import Entity, Mention

INFLECTED = frozenset(("pl", "cs", "sk", "sl", "hr", "bs", "sr", "lt"))
"""Languages in Latin script that decline names."""
MIN_LONE_LETTERS = 2
_SPLIT = re.compile("[ \u00a0]+")
_BRACKETED = re.compile(r"\s?[(\[（]([^\W\d_a-z][^\W\d_]{1,9})[)\]）,;]")


@dataclass(slots=True)
class _Group:
    kind: Kind
    name: str
    mentions: list[Named] = field(default_factory=list)

    def add(self, named: Named) -> None:
        self.mentions.append(named)


def group(text: str, names: Iterable[Named], language: str | None = None) -> tuple[Entity, ...]:
    """Entities by their first mention; each mention belongs to one entity only."""
    ordered = sorted(names, key=lambda one: (one.start, -one.end))
    groups = _Groups(text, slavic_stem if language in INFLECTED else stem)
    people = {one.name for one in ordered if one.kind == "person" and " " in one.name}
    for named in ordered:
        if named.lone:
            continue
        if named.kind in ("other", None) and named.name in people:
            named = replace(named, kind="person")
        if named.kind is not None:
            groups.take(named)
    for named in ordered:
        if named.lone:
            groups.take_lone(named)
    return groups.entities()


class _Groups:
    def __init__(self, text: str, stem_of: Callable[[str], str]) -> None:
        self._text = text
        self._stem = stem_of
        self._by_key: dict[str, _Group] = {}
        self._people: dict[str, list[_Group]] = {}
        self._acronyms: dict[str, _Group] = {}
        self._all: list[_Group] = []

    def take(self, named: Named) -> None:
        """A name that says by itself what it names."""
        found = self._person(named) if named.kind == "person" else self._other(named)
        found.add(named)

    def take_lone(self, named: Named) -> None:
        """One word: a person's last name, a known acronym, or what it is by itself."""
        person = self._of_last_name(named)
        if person is not None:
            person.add(named)
            return
        known = self._acronyms.get(named.name)
        if known is not None:
            known.add(named)
        elif named.kind is not None:
            self.take(named)

    def entities(self) -> tuple[Entity, ...]:
        kept = [one for one in self._all if one.mentions]
        kept.sort(key=lambda one: min(named.start for named in one.mentions))
        return tuple(_entity(self._text, one, self._stem is slavic_stem) for one in kept)

    def _person(self, named: Named) -> _Group:
        words = name_words(named.name)
        for candidate in reversed(self._people.get(self._stem(words[-1]), [])):
            if _may_be_same(name_words(candidate.name), words, self._stem):
                if len(named.name) > len(candidate.name) and len(words) > 1:
                    candidate.name = named.name
                    self._know(words, candidate)
                return candidate
        found = self._new("person", named.name)
        self._know(words, found)
        return found

    def _know(self, words: list[str], person: _Group) -> None:
        for word in words:
            known = self._people.setdefault(self._stem(word), [])
            if all(one is not person for one in known) and len(word) > 1:
                known.append(person)

    def _of_last_name(self, named: Named) -> _Group | None:
        """The person last named in full before the word; where none is, the first one after."""
        if len(named.name) < MIN_LONE_LETTERS or is_title(named.name):
            return None
        known = self._people.get(self._stem(named.name)) or self._people.get(
            _genitive(named.name), []
        )
        fitting = [one for one in known if one.name != named.name and self._fits(one, named)] or [
            one for one in known if one.name == named.name and named.key is None
        ]
        before = [one for one in fitting if min(m.start for m in one.mentions) < named.start]
        if before:
            return max(before, key=lambda one: _latest(one, named.start))
        return fitting[0] if fitting else None

    def _fits(self, person: _Group, named: Named) -> bool:
        words = name_words(person.name)
        if named.key is not None:  # also a place or body: only the last name outweighs that
            return self._stem(words[-1]) == self._stem(named.name)
        return True

    def _other(self, named: Named) -> _Group:
        key = named.key or f"{named.kind}:{named.name.casefold()}"
        found = self._by_key.get(key)
        if found is None:
            found = self._by_key[key] = self._new(named.kind or "other", named.name)
        if len(named.name) > len(found.name):
            found.name = named.name
        self._learn_acronym(named, found)
        return found

    def _learn_acronym(self, named: Named, found: _Group) -> None:
        """``World Health Organization (WHO)``."""
        match = _BRACKETED.match(self._text, named.end)
        if match is None or named.kind not in ("organization", "other"):
            return
        initials = "".join(word[0] for word in name_words(named.name)).upper()
        letters = match[1].upper()
        if (named.kind == "organization" and letters[0] in initials) or letters in initials:
            found.kind = "organization"
            self._acronyms.setdefault(match[1], found)

    def _new(self, kind: Kind, name: str) -> _Group:
        made = _Group(kind, name)
        self._all.append(made)
        return made


def name_words(name: str) -> list[str]:
    """The words of a name without initials' stops and generational endings; never empty."""
    words = [word.strip(".,") for word in _SPLIT.split(name)]
    while len(words) > 1 and words[-1] in ("Jr", "Sr", "II", "III", "IV", "Filho", "Júnior"):
        words.pop()
    return [word for word in words if word] or [name]


def _genitive(word: str) -> str:
    """German and Nordic: ``Merkels`` -> ``Merkel``."""
    return word[:-1] if word.endswith("s") and len(word) > 4 else word


def _may_be_same(known: list[str], words: list[str], stem: Callable[[str], str]) -> bool:
    """``Donald J. Trump`` and ``Trump``; not ``Melania Trump``."""
    if len(known) == 1 or len(words) == 1:
        return stem(known[-1]) == stem(words[-1])
    if stem(known[-1]) != stem(words[-1]):
        return words[: len(known)] == known or known[: len(words)] == words
    first, other = stem(known[0]), stem(words[0])
    return first == other or ((len(first) == 1 or len(other) == 1) and first[0] == other[0])


def _latest(person: _Group, before: int) -> int:
    return max(named.start for named in person.mentions if named.start < before)


def _entity(text: str, one: _Group, declined: bool) -> Entity:
    name = one.name
    if one.kind == "person" and (declined or "\u0400" <= name[0] <= "\u04ff"):
        forms = Counter(
            text[named.start : named.end]
            for named in one.mentions
            if len(name_words(named.name)) == len(name_words(name))
        )
        name = min(forms, key=lambda form: (-forms[form], len(form))) if forms else name
    mentions = sorted({(named.start, named.end) for named in one.mentions})
    return Entity(
        one.kind, name, tuple(Mention(text[start:end], start, end) for start, end in mentions)
    )
