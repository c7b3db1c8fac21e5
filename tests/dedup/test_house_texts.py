"""Texts that a house writes again and again with other facts in them are not copies."""

# ruff: noqa: E501 # prose in templates reads better unbroken

from __future__ import annotations

import itertools
import random
from collections.abc import Callable

import pytest

from pipeline.dedup import fingerprint, judge

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
TOWNS = ("Overmere", "Saltby", "Norwick", "Eastholm", "Quarryhead", "Lynn", "Dunmoor", "Fairhaven")
FIRMS = ("Alder", "Brook", "Castor", "Dunlin", "Elgar", "Fathom", "Gantry", "Holt")
PEOPLE = ("Ines", "Tom", "Nora", "Karel", "Petra", "Ahmed", "Lucia", "Bram")
NAMES = ("Calder", "Reed", "Feldt", "Novak", "Olsen", "Haddad", "Moreau", "Visser")


def weather(chance: random.Random) -> str:
    n, town, day = (
        lambda a, b: chance.randrange(a, b),
        chance.choice(TOWNS),
        chance.choice(WEEKDAYS),
    )
    return (
        f"The weather for {town} and its surroundings on {day}. The day begins with some low cloud "
        f"over the hills which clears before noon, and temperatures rise to {n(2, 34)} degrees in "
        f"the afternoon. The wind comes from the south and reaches {n(5, 60)} kilometres an hour on "
        f"the coast, with gusts of up to {n(61, 110)} on exposed piers. The chance of rain stands at "
        f"{n(1, 99)} per cent before sunset and falls to {n(1, 99)} per cent after it. Overnight the "
        f"sky clears and the temperature drops to {n(-9, 14)} degrees inland, a little less on the "
        f"water. Sunrise is at {n(5, 8)}:{n(10, 59)} and sunset at {n(16, 21)}:{n(10, 59)}. The sea "
        f"is at {n(4, 21)} degrees and waves reach {n(1, 6)} metres. The outlook for the days after "
        "remains changeable, with showers moving in from the west and brighter spells between them. "
        "Those who walk on the dyke are asked to keep away from the edge when the tide is high."
    )


def market(chance: random.Random) -> str:
    n, day, firm, other = lambda: chance.randrange(100, 9999) / 100, *chance.sample(FIRMS, 3)
    return (
        f"Shares in {firm} closed at {n()} crowns after a session in which {n()} million of them "
        f"changed hands, compared with an average of {n()} million over the past month. The stock "
        f"has moved {n()} per cent since the start of the year, while the main index has moved "
        f"{n()} per cent over the same period. {other} ended the session at {n()} crowns. The index "
        f"itself closed at {n()} points. Analysts who follow the company expect earnings of {n()} "
        f"crowns a share for the year on sales of {n()} million. The company is due to report its "
        "results for the quarter next month. This report was made by a program from figures that "
        f"the exchange publishes after the close; {day} is not covered by it. Prices are delayed by "
        "fifteen minutes and are given without guarantee. Readers who wish to trade should ask an "
        "adviser, because the value of shares can fall as well as rise and past results say nothing "
        "of those to come."
    )


def match(chance: random.Random) -> str:
    n, (a, b, c) = lambda high: chance.randrange(1, high), chance.sample(TOWNS, 3)
    return (
        f"{a} beat {b} {n(9)}-{n(9)} in front of {n(30000)} spectators on {chance.choice(WEEKDAYS)}. "
        f"{chance.choice(NAMES)} scored the first in minute {n(45)} and {chance.choice(NAMES)} the "
        f"last in minute {n(90)}. The hosts had {n(99)} per cent of the ball and {n(25)} shots, of "
        f"which {n(12)} were on target, and won {n(15)} corners. The referee showed {n(8)} yellow "
        f"cards. With the result {a} stand on {n(80)} points from {n(34)} games, {n(12)} behind the "
        f"leaders, and next travel to {c}. Both coaches were satisfied with the effort of their "
        "sides and spoke of a fair game in difficult conditions. Tickets for the coming home games "
        "are on sale at the box office and online; members have first choice until the end of the "
        "week. Highlights of all games of the round can be seen on the page of the league from "
        "midnight, and the full table with all results stands below this report."
    )


def obituary(chance: random.Random) -> str:
    first, last, town = chance.choice(PEOPLE), chance.choice(NAMES), chance.choice(TOWNS)
    trade = chance.choice(["nurse", "shipwright", "teacher", "baker", "pilot", "joiner", "clerk"])
    loved = chance.sample(
        ["the choir", "long walks", "the allotment", "chess", "old engines", "the sea", "dogs"], 3
    )
    left = chance.sample(PEOPLE, 4)
    return (
        f"{first} {last} of {town} died peacefully at home at the age of {chance.randrange(60, 101)}, "
        f"surrounded by family. {first} was born in {chance.choice(TOWNS)}, worked as a {trade} for "
        f"{chance.randrange(10, 50)} years and loved {loved[0]}, {loved[1]} and {loved[2]}. "
        f"{first} leaves {left[0]}, {left[1]}, {left[2]} and {left[3]}. The funeral will be held at "
        f"the chapel in {town} on {chance.choice(WEEKDAYS)} at {chance.randrange(9, 16)} o'clock. "
        "Family flowers only. Donations may be made to a charity of your choice."
    )


def short_news(chance: random.Random) -> str:
    """A few lines of news above the words that stand below every page of the house."""
    story = " ".join(f"{chance.choice(NAMES)}{chance.randrange(900)}" for _ in range(80))
    return story + (
        " Do you know more about this story? Write to our newsroom, we treat every message in "
        "confidence. Our reporting is paid for by our readers; with a subscription you support "
        "independent journalism in your region and read without advertising. We correct errors "
        "openly and at the place where they were made. Copyright of the house, all rights reserved."
    )


HOUSE = (weather, market, match, obituary, short_news)


@pytest.mark.parametrize("same_site", [True, False], ids=["same site", "other site"])
@pytest.mark.parametrize("write", HOUSE)
def test_reports_in_one_house_text_with_other_facts_are_not_related(
    write: Callable[[random.Random], str], same_site: bool
) -> None:
    texts = [fingerprint(write(random.Random(seed))) for seed in range(12)]
    found = [
        (i, j)
        for (i, a), (j, b) in itertools.combinations(enumerate(texts), 2)
        if judge(a, b, same_site)
    ]
    assert found == []


@pytest.mark.parametrize("write", HOUSE)
def test_the_same_report_sent_on_with_a_dateline_is_a_copy(
    write: Callable[[random.Random], str],
) -> None:
    for seed in range(6):
        text = write(random.Random(seed))
        sent_on = f"OVERMERE, March 3 (Wire) - {text} Reporting by the desk."
        found = judge(fingerprint(text), fingerprint(sent_on), False)
        assert found is not None and found.relation == "copy"


def test_a_report_whose_count_went_up_is_a_copy_of_the_one_before() -> None:
    """One figure of several changed: an update, not another report in the same words."""
    text = market(random.Random(3))
    figures = [word for word in text.split() if word.replace(".", "").isdigit()]
    updated = text.replace(figures[0], "77.77").replace(figures[4], "66.66")
    found = judge(fingerprint(text), fingerprint(updated), True)
    assert found is not None and found.relation == "copy"
