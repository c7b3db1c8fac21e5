"""A source's description is read strictly, and written so that it reads the same again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.models import SelectorRule, SourceProfile
from pipeline.sources import Described, SourceError, describe, read_toml, write_toml
from pipeline.sources.read import KEYS

EXAMPLE = Path(__file__).parent.parent.parent / "config" / "sources" / "example.toml"
DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "sources.md"


def problems_of(text: str) -> list[str]:
    with pytest.raises(SourceError) as refused:
        read_toml(text, "paper.toml")
    return refused.value.problems


def test_the_example_is_read_whole_and_uses_every_key() -> None:
    described = read_toml(EXAMPLE.read_text("utf-8"), "example.toml")
    assert described.paused
    unset = [key for key in KEYS if getattr(described.profile, key) in (None, ())]
    assert unset == []
    assert described.profile.selectors[0].until == date(2025, 12, 31)
    assert described.profile.headers == (("Accept-Language", "en-GB"),)


def test_a_name_alone_is_a_source() -> None:
    assert read_toml('name = "paper"', "x") == Described(SourceProfile("paper"))


def test_domains_left_out_are_the_hosts_of_home_and_pages() -> None:
    text = 'name = "p"\nhome = "https://www.paper.example/"\npages = ["http://m.paper.example/a"]'
    assert read_toml(text, "x").profile.domains == ("paper.example", "m.paper.example")
    feeds = 'name = "p"\nfeeds = ["https://feeds.example/p.xml"]'
    assert read_toml(feeds, "x").profile.domains == ("feeds.example",)


def test_addresses_and_domains_take_their_one_form() -> None:
    text = 'name = "p"\nhome = "HTTPS://Zürich.example:443/a b".replace'
    assert problems_of(text)  # no TOML
    text = 'name = "p"\nhome = "HTTPS://Zürich.example:443/ä#top"\ndomains = ["Zürich.Example."]'
    profile = read_toml(text, "x").profile
    assert profile.home == "https://xn--zrich-kva.example/%C3%A4"
    assert profile.domains == ("xn--zrich-kva.example",)


WRONG = {
    "[x": "not TOML",
    'publisher = "A"': "name is missing",
    'name = "p"\nfeed = ["https://a.example/f"]': "unknown key 'feed'; did you mean 'feeds'?",
    'name = "p"\nzzzz = 1': "unknown key 'zzzz'; known are name, publisher",
    'name = "p"\nTimezone = "UTC"': "did you mean 'timezone'?",
    'name = "a b"': "name must be a name of letters",
    'name = "../../etc"': "name must be a name of letters",
    "name = 3": "name must be a name of letters",
    'name = "p"\npublisher = ""': "publisher must be a text of 1 to 300 characters",
    'name = "p"\nfeeds = "https://a.example/f"': "feeds must be a list ([...])",
    'name = "p"\nfeeds = ["https://a.example/f", "ftp://a"]': "feeds must be as entry 2 a URL",
    'name = "p"\nhome = "paper.example"': "home must be a URL that can be asked for (scheme",
    'name = "p"\ndomains = ["https://paper.example/"]': "domains must be as entry 1 a host name",
    'name = "p"\ndomains = ["paper.example:80"]': "domains must be as entry 1 a host name",
    'name = "p"\ntimezone = "Europe/Berln"': "did you mean 'Europe/Berlin'?, not 'Europe/Berln'",
    'name = "p"\ntimezone = "+02:00"': "timezone must be an IANA time zone",
    'name = "p"\nlanguage = "english"': "language must be a BCP 47 language tag",
    'name = "p"\nlanguage = "en_GB"': "language must be a BCP 47 language tag",
    'name = "p"\ninterval_seconds = "2"': "interval_seconds must be a number from 0 to 86400",
    'name = "p"\ninterval_seconds = -1': "interval_seconds must be a number",
    'name = "p"\ninterval_seconds = nan': "interval_seconds must be a number",
    'name = "p"\ninterval_seconds = true': "interval_seconds must be a number",
    'name = "p"\nmax_in_flight = 0': "max_in_flight must be a whole number from 1 to 100",
    'name = "p"\nmax_in_flight = 1.5': "max_in_flight must be a whole number",
    'name = "p"\npoll_seconds = 1': "poll_seconds must be a number from 10",
    'name = "p"\nports = [0]': "ports must be as entry 1 a whole number from 1 to 65535",
    'name = "p"\npaused = "yes"': "paused must be true or false, not 'yes'",
    'name = "p"\nheaders = ["a"]': "headers must be a table",
    'name = "p"\n[headers]\nUser-Agent = "Mozilla"': "no User-Agent",
    'name = "p"\n[headers]\n"a b" = "x"': "a header's name",
    'name = "p"\n[headers]\nX = "a\\r\\nHost: b"': "for X a text of one line",
    'name = "p"\n[headers]\nX = "→"': "Latin-1",
    'name = "p"\nselectors = "h1"': "selectors must be tables ([[selectors]])",
    'name = "p"\n[[selectors]]\nfield = "headlin"\ncss = "h1"': "did you mean 'headline'?",
    'name = "p"\n[[selectors]]\nfield = "headline"': "selectors entry 1: css is missing",
    'name = "p"\n[[selectors]]\nfield = "headline"\ncss = "h1[["': "css must be a valid CSS",
    'name = "p"\n[[selectors]]\nfield = "headline"\ncss = "a"\nsince = 1': "since must be a day",
    'name = "p"\n[[selectors]]\nfield = "headline"\ncss = "a"\nwhen = 1': "unknown key 'when'",
    'name = "p"\n[[selectors]]\nfield = "headline"\ncss = "a"\nsince = 2026-01-02\n'
    "until = 2026-01-01": "since 2026-01-02 is after until 2026-01-01",
}


@pytest.mark.parametrize("text", WRONG, ids=range(len(WRONG)))
def test_what_does_not_fit_is_an_error_with_place_key_and_what_was_expected(text: str) -> None:
    [problem] = problems_of(text)
    assert problem.startswith("paper.toml: ")
    assert WRONG[text] in problem


def test_every_fault_of_a_file_is_told_at_once() -> None:
    text = 'name = "a b"\nlanguage = "xx-"\nport = [1]\n[[selectors]]\nfield = "x"\ncss = "["'
    assert len(problems_of(text)) == 5


@pytest.mark.parametrize(
    "tag", ["en", "pt-BR", "zh-Hant-TW", "sr-Latn", "de-1996", "es-419", "x-foo", "en-x-twain"]
)
def test_languages_are_tags_of_bcp_47(tag: str) -> None:
    if tag.startswith("x-"):
        assert problems_of(f'name = "p"\nlanguage = "{tag}"')
    else:
        assert read_toml(f'name = "p"\nlanguage = "{tag}"', "x").profile.language == tag


_texts = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=30)
_days = st.dates(date(1990, 1, 1), date(2030, 1, 1))
_rules = st.builds(
    SelectorRule,
    field=st.sampled_from(["headline", "body_text"]),
    css=st.sampled_from(["h1.a > b", "a[title='\"\\\\']", "p:has(b):not(.x)"]),
    attribute=st.none() | st.just("data-x"),
    since=st.none() | _days,
)
_profiles = st.builds(
    SourceProfile,
    name=st.from_regex(r"[a-z0-9][a-z0-9._-]{0,20}", fullmatch=True),
    publisher=st.none() | _texts.map(str.strip).filter(bool),
    domains=st.lists(st.sampled_from(["a.example", "b.example"]), min_size=1, unique=True).map(
        tuple
    ),
    timezone=st.none() | st.sampled_from(["UTC", "America/Argentina/Ushuaia"]),
    headers=st.dictionaries(st.sampled_from(["X-A", "Cookie"]), st.just('"q" \\ é')).map(
        lambda found: tuple(found.items())
    ),
    selectors=st.lists(_rules, max_size=3).map(tuple),
    feeds=st.lists(st.sampled_from(["https://a.example/%C3%A4?b=1&c='"]), max_size=1).map(tuple),
    interval_seconds=st.none() | st.floats(0, 100),
    max_in_flight=st.none() | st.integers(1, 9),
    ports=st.lists(st.integers(1, 9000), unique=True, max_size=3).map(tuple),
)


@settings(deadline=None, max_examples=100)
@given(_profiles, st.booleans())
def test_what_is_written_reads_the_same_again(profile: SourceProfile, paused: bool) -> None:
    assert read_toml(write_toml(profile, paused=paused), "x") == Described(profile, paused)


def test_a_text_with_every_odd_character_is_written_as_toml() -> None:
    profile = replace(
        SourceProfile("p"), publisher='a"b\\c€\U0001f600\u2028d\u0085'.rstrip("\u0085")
    )
    assert read_toml(write_toml(profile), "x").profile == profile


_anything: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)


@settings(deadline=None, max_examples=300)
@given(st.dictionaries(st.sampled_from([*KEYS, "selectors", "paused", "x"]), _anything))
def test_no_values_make_it_raise_anything_else(values: dict[str, Any]) -> None:
    try:
        described = describe(values, "x")
    except SourceError as error:
        assert all(problem.startswith("x: ") for problem in error.problems)
    else:
        assert described.profile.name == values["name"]
