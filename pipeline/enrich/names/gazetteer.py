"""The places, bodies and outlets that we know by name, in every script."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from pipeline.enrich.names.named import Kind
from pipeline.enrich.phrases import Found, PhraseIndex, Word
from pipeline.enrich.scripts import UNSPACED_RUN, is_unspaced
from pipeline.enrich.word_lists import rows

_SAME = {"nb": "no", "nn": "no", "fil": "tl", "sh": "sr", "cnr": "sr"}
_WEAK = "~"
_MIN_UNSPACED = 2


@dataclass(frozen=True, slots=True)
class Known:
    """A listed name. ``languages`` bounds where it holds (None: anywhere); ``weak`` names are
    everyday words, too, and hold only inside a sentence."""

    kind: Kind
    key: str
    name: str
    languages: frozenset[str] | None = None
    weak: bool = False


Options = tuple[Known, ...]


@dataclass(frozen=True, slots=True)
class _Gazetteer:
    spaced: PhraseIndex[Options]
    unspaced: dict[str, Options]
    longest: int


def find_known(text: str, words: list[Word], language: str | None) -> list[Found[Known]]:
    """Listed names that hold in ``language`` (``en`` when unknown), by place, none overlapping."""
    base = (language or "en").partition("-")[0].lower()
    base = _SAME.get(base, base)
    gazetteer = _gazetteer()
    found = [
        _exact(text, one, known)
        for one in gazetteer.spaced.find(text, words)
        if (known := _holding(one.meaning, base)) is not None
    ]
    if is_unspaced(text):
        found.extend(_unspaced(text, gazetteer))
        found.sort(key=lambda one: one.start)
    return found


@lru_cache(maxsize=4_096)
def is_place(name: str) -> bool:
    """Whether a listed place of any language has exactly that name."""
    found = _gazetteer().spaced.find(name)
    return (
        len(found) == 1
        and (found[0].start, found[0].end) == (0, len(name))
        and any(one.kind == "place" for one in found[0].meaning)
    )


def warm_up() -> None:
    """Build the indexes: 0.3 s once."""
    _gazetteer()


def _holding(options: Options, base: str) -> Known | None:
    return next((one for one in options if one.languages is None or base in one.languages), None)


def _exact(text: str, found: Found[Options], known: Known) -> Found[Known]:
    """Without the particles that Arabic and Korean write onto the name (``서울에서``)."""
    shift = 0 if text[found.start].isupper() else text[found.start : found.end].find(known.name)
    if shift < 0 or text[found.start].isupper():
        return Found(found.start, found.end, known)
    start = found.start + shift
    return Found(start, start + len(known.name), known)


def _unspaced(text: str, gazetteer: _Gazetteer) -> Iterator[Found[Known]]:
    """The longest listed name at each place of the runs without spaces."""
    for run in UNSPACED_RUN.finditer(text):
        place, end = run.span()
        while place < end - 1:
            for length in range(min(gazetteer.longest, end - place), _MIN_UNSPACED - 1, -1):
                options = gazetteer.unspaced.get(text[place : place + length])
                if options is not None:
                    yield Found(place, place + length, options[0])
                    place += length - 1
                    break
            place += 1


@cache
def _gazetteer() -> _Gazetteer:
    names: dict[str, list[Known]] = {}
    for name, known in (*_organizations(), *_places(), *_outlets()):
        options = names.setdefault(name, [])
        if all(one.languages is not None for one in options):
            options.append(known)
    unspaced = {name: tuple(known) for name, known in names.items() if is_unspaced(name)}
    spaced = ((name, tuple(known)) for name, known in names.items() if name not in unspaced)
    longest = max(map(len, unspaced))
    return _Gazetteer(PhraseIndex(spaced), unspaced, longest)


def _places() -> Iterator[tuple[str, Known]]:
    for file_name in ("places_by_hand.tsv", "places.tsv"):
        for code, name, aliases in rows(file_name):
            key = code if code.isupper() or code.isdigit() else f"{code}:{name}"
            for alias in aliases.split("|"):
                alias, _, tags = alias.partition(":")
                languages = _languages(tags)
                yield alias, Known("place", key, alias, languages)


@cache
def _languages(tags: str) -> frozenset[str] | None:
    return frozenset(_SAME.get(tag, tag) for tag in tags.split()) or None


def _organizations() -> Iterator[tuple[str, Known]]:
    for name, *rest in rows("organizations.tsv"):
        for alias in filter(None, "|".join((name, *rest)).split("|")):
            plain, _, tags = alias.removeprefix(_WEAK).partition(":")
            weak = f"{_WEAK}{plain}" in rest
            known = Known(
                "organization", f"org:{name.partition(':')[0]}", plain, _languages(tags), weak
            )
            yield plain, known


def _outlets() -> Iterator[tuple[str, Known]]:
    """Outlets by the names that are nothing else."""
    for name, domain, aliases in rows("outlets.tsv"):
        for alias in filter(None, (name, *aliases.split("|"))):
            if not alias.startswith(_WEAK) and f"{_WEAK}{alias}" not in aliases.split("|"):
                article, _, rest = alias.partition(" ")
                plain = rest if article in ("The", "the") and " " in rest else alias
                yield plain, Known("organization", f"outlet:{domain}", plain, None, len(plain) < 4)
