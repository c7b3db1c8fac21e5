"""What a story is about."""

from __future__ import annotations

from tests.enrich.articles import enriched

FOOTBALL = (
    "The striker scored twice as the team won the cup final. The goalkeeper saved a penalty, and"
    " the coach praised his players after the match. The league season ends next week. "
)
HARBOUR = (
    "The harbour bridge will close in May. Engineers inspected the harbour bridge for a month."
    " Drivers must take the tunnel while the harbour bridge is repaired. The tunnel has two lanes."
)


def test_the_publishers_section_comes_first() -> None:
    topics = enriched(FOOTBALL * 2, section="Business", language="en").topics
    assert topics[0] == "economy, business and finance"
    assert "sport" in topics


def test_without_a_section_the_tags_speak_and_then_the_words() -> None:
    assert enriched("Short.", tags=("Health",)).topics == ("health",)
    assert enriched(FOOTBALL * 2, language="en").topics[:1] == ("sport",)


def test_a_story_that_says_little_has_no_topic() -> None:
    assert enriched("Nobody knew what came next.", language="en").topics == ()


def test_keywords_are_phrases_that_come_again_as_the_text_writes_them() -> None:
    keywords = enriched(HARBOUR, headline="Harbour bridge closes", language="en").keywords
    assert keywords[0].casefold() == "harbour bridge"
    assert "tunnel" in keywords
    assert len(keywords) <= 10


def test_no_keyword_is_a_function_word() -> None:
    keywords = {word.casefold() for word in enriched(HARBOUR, language="en").keywords}
    assert keywords.isdisjoint({"the", "for", "in", "will", "while", "may"})


def test_scripts_without_spaces_have_keywords_of_their_own() -> None:
    body = "港口大桥将关闭。工程师检查了港口大桥。港口大桥修好之前，司机须走隧道。"
    assert "港口大桥" in enriched(body, language="zh").keywords
    assert enriched("", language="zh").keywords == ()
