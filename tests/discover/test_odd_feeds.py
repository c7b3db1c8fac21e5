"""Feeds as they are: each oddity that validators and readers know gives the entries it has."""

from __future__ import annotations

import pytest

from tests.discover.feeds import ATOM, ITUNES, MEDIA, SITE, A, atom, entries, in_item, rdf, rss

ADDRESSES: dict[str, tuple[str, list[str]]] = {
    "xml:base of the feed": (
        "<rss xml:base='https://b.example/x/'><item><link>a</link></item></rss>",
        ["https://b.example/x/a"],
    ),
    "xml:base of the link": (atom("<link xml:base='/y/' href='a'/>"), ["/y/a"]),
    "xml:base of the entry": (
        f"<feed {ATOM} xml:base='/x/'><entry xml:base='y/'><link href='a'/></entry></feed>",
        ["/x/y/a"],
    ),
    "xml:base, and both with backslashes": (
        atom("<link xml:base='\\\\b.example\\y\\' href='\\a'/>"),
        ["https://b.example/a"],
    ),
    "an xml:base that is none": (atom("<link xml:base='http://[' href='a'/>"), ["/list/a"]),
    "other relations first": (
        atom(
            "<link rel='replies' href='/r'/><link rel='self' href='/s'/><link rel='enclosure' "
            "href='/e.mp3'/><link rel='alternate' href='/a'/><link rel='edit' href='/w'/>"
        ),
        ["/a"],
    ),
    "an alternate that is no page first": (
        atom("<link type='application/json' href='/j'/><link type='text/html' href='/a'/>"),
        ["/a"],
    ),
    "only an alternate that is no page": (atom("<link type='application/pdf' href='/a'/>"), ["/a"]),
    "no relation that is a page": (atom("<id>tag:x</id><link rel='self' href='/s'/>"), []),
    "a link in the content": (
        atom(
            "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><link href='/w'/>"
            "</div></content><link href='/a'/>"
        ),
        ["/a"],
    ),
    "content elsewhere": (atom("<content type='text/html' src='/a'/>"), ["/a"]),
    "a film elsewhere": (atom("<content type='video/mp4' src='/a'/>"), []),
    "an entry taken from elsewhere": (
        atom(
            "<source><title>S</title><link href='/s'/><id>http://s.example/</id><updated>2001-01-01"
            "</updated></source><title>T</title><link href='/a'/><updated>2026-11-03</updated>"
        ),
        ["/a T 03.11."],
    ),
    "Atom with a prefix": (
        "<a:feed xmlns:a='http://www.w3.org/2005/Atom'><a:entry><a:title>T</a:title>"
        "<a:link href='/a'/><a:published>2026-11-03</a:published></a:entry></a:feed>",
        ["/a T 03.11."],
    ),
    "Atom 0.3": (
        "<feed version='0.3' xmlns='http://purl.org/atom/ns#'><entry>"
        "<title mode='escaped'>T</title><link rel='alternate' type='text/html' href='/a'/>"
        "<issued>2026-11-03T08:30:00Z</issued>"
        "<modified>2026-11-04T08:30:00Z</modified></entry></feed>",
        ["/a T 03.11."],
    ),
    "RSS 0.90": (rdf("http://my.netscape.com/rdf/simple/0.9/", in_item(A)), ["/a"]),
    "RSS 0.91": (
        "<?xml version='1.0' encoding='ISO-8859-1'?><!DOCTYPE rss PUBLIC '-//Netscape "
        "Communications//DTD RSS 0.91//EN' 'http://my.netscape.com/publish/formats/rss-0.91.dtd'>"
        + rss("<title>Caf&eacute;</title>" + A),
        ["/a Café"],
    ),
    "RSS 1.0": (rdf("http://purl.org/rss/1.0/", in_item(A)), ["/a"]),
    "RSS 1.0 without links": (
        rdf("http://purl.org/rss/1.0/", f"<item rdf:about='{SITE}/a'><title>T</title></item>"),
        ["/a T"],
    ),
    "RSS 1.1": (
        "<Channel xmlns='http://purl.org/net/rss1.1#'><items><item><link>/a</link></item>"
        "</items></Channel>",
        ["/a"],
    ),
    "CDF": ("<CHANNEL HREF='/'><ITEM HREF='/a'><TITLE>T</TITLE></ITEM></CHANNEL>", ["/a T"]),
    "a namespace for RSS": (
        rss(A).replace("<rss", "<rss xmlns='http://backend.userland.com/rss2'"),
        ["/a"],
    ),
    "capitals": (
        "<RSS><CHANNEL><ITEM><TITLE>T</TITLE><LINK>/a</LINK><PUBDATE>3 Nov 2026</PUBDATE></ITEM>"
        "</CHANNEL></RSS>",
        ["/a T 03.11."],
    ),
    "no channel": (f"<rss>{in_item(A)}</rss>", ["/a"]),
    "no entries": (rss(), []),
    "a permanent guid": (rss(f"<guid>{SITE}/a</guid>"), ["/a"]),
    "a guid that says that it is permanent": (
        rss(f"<guid isPermaLink='true'>{SITE}/a</guid>"),
        ["/a"],
    ),
    "a permanent guid that is no address": (rss("<guid isPermaLink='true'>1234</guid>"), []),
    "a guid of words": (rss("<guid>Rain in the north</guid>"), []),
    "a guid that is not permanent": (rss(f"<guid isPermaLink='false'>{SITE}/a</guid>"), []),
    "the same in lower case": (rss(f"<guid ispermalink='false'>{SITE}/a</guid>"), []),
    "a guid beside a link": (rss(f"<guid isPermaLink='false'>{SITE}/?p=1</guid>" + A), ["/a"]),
    "Atom's links in RSS": (
        rss(
            f"<a:link rel='self' href='/s'/><a:link href='/o'/>{A}",
            more="xmlns:a='http://www.w3.org/2005/Atom'",
        ),
        ["/a"],
    ),
    "Atom's link alone in RSS": (
        rss("<a:link href='/a'/>", more="xmlns:a='http://www.w3.org/2005/Atom'"),
        ["/a"],
    ),
    "a link as an attribute in RSS": (rss("<link href='/a'/>"), ["/a"]),
    "an empty link and a guid": (rss(f"<link/><guid>{SITE}/a</guid>"), ["/a"]),
    "an empty link and another": (rss("<link/>" + A), ["/a"]),
    "a link that is none and a guid": (
        rss(f"<link>mailto:a@b.example</link><guid>{SITE}/a</guid>"),
        ["/a"],
    ),
    "a link of words and a guid": (rss(f"<link>click here</link><guid>{SITE}/a</guid>"), ["/a"]),
    "a link of markup and a guid": (
        rss(f'<link>&lt;a href="/x"&gt;</link><guid>{SITE}/a</guid>'),
        ["/a"],
    ),
    "a counted link and the page's": (
        rss(
            "<link>https://count.example/1</link><f:origLink>https://paper.example/a</f:origLink>",
            more="xmlns:f='http://rssnamespace.org/feedburner/ext/1.0'",
        ),
        ["/a"],
    ),
    "CDATA": (rss(f"<link><![CDATA[ {SITE}/a?x=1&y=2 ]]></link>"), ["/a?x=1&y=2"]),
    "comments and their feed": (
        rss("<comments>/c</comments><w:commentRss>/d</w:commentRss>" + A, more="xmlns:w='urn:w'"),
        ["/a"],
    ),
    "a picture and a search field of the feed": (
        "<rss><channel><image><url>/i</url><link>/x</link></image><textInput><link>/s</link></textInput>"
        f"{in_item(A)}</channel></rss>",
        ["/a"],
    ),
    "a sound alone": (rss("<enclosure url='/e.mp3' type='audio/mpeg'/>"), []),
    "an address twice": (
        rss(
            A,
            "<title>T</title><link>/a#talk</link><pubDate>3 Nov 2026</pubDate>",
            "<title>U</title><link>https://PAPER.example:443/a</link>",
        ),
        ["/a T 03.11."],
    ),
    "a page in a picture's place": (
        "<urlset xmlns:i='urn:i'><url><i:image><i:loc>/i</i:loc></i:image><i:loc>/j</i:loc><loc>ftp://x/"
        "</loc></url></urlset>",
        [],
    ),
}

WORDS: dict[str, tuple[str, list[str]]] = {
    "markup in Atom": (
        atom("<title type='html'>Rain &amp;amp; &lt;b&gt;wind&lt;/b&gt;</title><link href='/a'/>"),
        ["/a Rain & wind"],
    ),
    "XHTML in Atom": (
        atom(
            "<title type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>Rain <b>and</b> wind"
            "</div></title><link href='/a'/>"
        ),
        ["/a Rain and wind"],
    ),
    "markup in RSS": (
        rss(f"<title>&lt;i&gt;Rain&lt;/i&gt;&lt;br/&gt;wind</title>{A}"),
        ["/a Rain wind"],
    ),
    "markup in CDATA": (
        rss(f"<title><![CDATA[<a href='x'>Rain</a> &amp; wind]]></title>{A}"),
        ["/a Rain & wind"],
    ),
    "signs that are no markup": (
        rss(f"<title>1 &lt; 2 and 3 &gt; 2, &lt;3</title>{A}"),
        ["/a 1 < 2 and 3 > 2, <3"],
    ),
    "names of HTML": (
        rss(f"<title>Caf&eacute; &mdash; &nbsp;x &hellip;</title>{A}"),
        ["/a Café — x …"],
    ),
    "names of HTML in an attribute": (
        atom("<link href='/caf&eacute;?a=1&b=2&amp;c=3'/>"),
        ["/caf%C3%A9?a=1&b=2&c=3"],
    ),
    "names of nobody": (rss(f"<title>&nobody; &amp; I</title>{A}"), ["/a &nobody; & I"]),
    "an ampersand": (rss(f"<title>Q&A: AT&T</title>{A}"), ["/a Q&A: AT&T"]),
    "controls": (rss(f"<title>Ra\x0bin</title>{A}", "<link>/b</link>"), ["/a Rain", "/b"]),
    "controls by number": (
        rss(f"<title>Rain&#11;</title>{A}", "<link>/b</link>"),
        ["/a Rain", "/b"],
    ),
    "prefixes that nobody declared": (
        rss(f"<media:title>M</media:title><title>T</title><dc:date>2026-11-03</dc:date>{A}"),
        ["/a T 03.11."],
    ),
    "an item that does not end": (
        "<rss><channel><item>" + A + "<item><link>/b</link></channel></rss>",
        ["/a", "/b"],
    ),
    "HTML that does not end": (
        rss(f"<title>T</title><description><p>x<br>y</description>{A}", "<link>/b</link>"),
        ["/a T", "/b"],
    ),
    "words behind the end": (rss(A) + "\n<!-- cached --> <script>x</script>", ["/a"]),
    "a podcast": (
        rss(
            f"<itunes:title>I</itunes:title><title>T</title>{A}<itunes:duration>1"
            "</itunes:duration>",
            more=ITUNES,
        ),
        ["/a T"],
    ),
    "a podcast without another title": (
        rss(f"<itunes:title>I</itunes:title>{A}", more=ITUNES),
        ["/a I"],
    ),
    "a film's title": (
        atom(
            "<media:group><media:title>M</media:title></media:group><title>T</title>"
            "<link href='/a'/>",
            MEDIA,
        ),
        ["/a T"],
    ),
    "a date in CDATA": (
        rss(f"{A}<pubDate><![CDATA[\n Tue, 03 Nov 2026 08:30:00 GMT ]]></pubDate>"),
        ["/a 03.11."],
    ),
    "an error long before": (
        rss("<title>Ra\x0bin</title>", "<link>/b?x=1&amp;y=2&amp;z</link>"),
        ["/b?x=1&y=2&z"],
    ),
    "an unclosed tag long before": (
        rss("<description><p></description>", "<link>/b?x=1&amp;y</link>"),
        ["/b?x=1&y"],
    ),
    "a name of nobody long before": (
        rss("<title>&nobody;</title>", "<link>/b?x=1&amp;y</link>"),
        ["/b?x=1&y"],
    ),
    "a name of its own": (
        "<!DOCTYPE rss [<!ENTITY paper 'The Paper'>]>"
        + rss("<title>&paper; &amp; I</title><link>/a?b&c=d&amp;e=f</link>"),
        ["/a?b&c=d&e=f The Paper & I"],
    ),
    "no date": (rss(f"<title>T</title>{A}<pubDate/>"), ["/a T"]),
    "a date of words": (rss(f"<title>T</title>{A}<pubDate>yesterday</pubDate>"), ["/a T"]),
}

BEGINNINGS = (
    "\n\n  <?xml version='1.0' encoding='utf-8'?>", "\ufeff\n<?xml version='1.0'?>", "\u00a0",
    "\ufeff\ufeff<?xml version='1.0'?>", "<!-- a --><?xml version='1.0'?>", "<!-- a -->\n",
    "<br />\n<b>Warning</b>: in <b>feed.php</b> on line 3<br />\n<?xml version='1.0'?>",
    "<?xml version='1.1'?>", "<?xml version='2.0'?>", "<?XML version='1.0'?>", "Notice: x\n",
    "<?xml version='1.0' standalone='no'?><?xml-stylesheet href='/s'?>", "<?php ?>",
)  # fmt: skip


CASES = ADDRESSES | WORDS


@pytest.mark.parametrize(("document", "wanted"), CASES.values(), ids=list(CASES))
def test_an_odd_feed_gives_the_entries_that_it_has(document: str, wanted: list[str]) -> None:
    assert entries(document) == wanted


@pytest.mark.parametrize("beginning", BEGINNINGS, ids=ascii)
def test_what_stands_before_the_feed_does_no_harm(beginning: str) -> None:
    if beginning == "Notice: x\n":
        beginning += "<?xml version='1.0'?>"
    assert entries(beginning + rss("<title>Müll</title>" + A)) == ["/a Müll"]
