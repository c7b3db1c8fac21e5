"""What the class name of an element says it holds: the words that page makers of many languages use.

No site's name belongs here. A role is a hint for the evidence that reads the element's text.
"""

from __future__ import annotations


class Role:
    """What a class name hints at; bits, for several may hold. Plain numbers: an ``IntFlag`` makes
    an object of every ``&``, 4 ms a page."""

    BYLINE = 1
    DATE = 2
    TAGS = 4
    SECTION = 8
    KICKER = 16
    SUBHEADLINE = 32
    HEADLINE = 64
    FOREIGN = 128
    BIOGRAPHY = 256
    CREDIT = 512


ROLE_WORDS = {
    Role.BYLINE: "byline bylines author authors auteur auteurs autor autors autore autores autorin autoren "
    "autorenzeile textauthor verfasser redakteur writer journalist reporter columnist creator contributor "
    "contributors firma yazar kirjoittaja skribent forfatter",
    Role.DATE: "date dates datetime publish published pubdate datum fecha data timestamp posted postedon "
    "publishdate publishtime publishon publisheddate publishedtime publishedon dateline tarih zeit time "
    "updated articleinfo meta postmeta entrymeta articlemeta byline",
    Role.TAGS: "tag tags taglist taglink taglinks tagcloud keyword keywords topic topics schlagwort "
    "schlagworte etiqueta etiquetas themen temas",
    Role.SECTION: "breadcrumb breadcrumbs sectionname sectionlabel sectiontitle category categories categoria "
    "rubric rubrik ressort",
    Role.KICKER: "kicker overline eyebrow dachzeile roofline antetitulo volanta spitzmarke topline overhead "
    "surtitre occhiello label pretitle headlineintro category supertitle",
    Role.SUBHEADLINE: "subhead subheadline subheading subtitle subtitles subtitulo standfirst dek deck "
    "strapline bajada entradilla sottotitolo chapo ingress vorspann perex summary lead teasertext",
    Role.HEADLINE: "headline articletitle articleheadline articleheading posttitle postheadline postheading "
    "entrytitle entryheadline entryheading storytitle storyheadline storyheading newstitle newsheadline "
    "newsheading pagetitle pageheadline pageheading titulo titel titolo titre",
    Role.FOREIGN: "related recommend recommended recommendations recirc teaser teasers sidebar aside footer "
    "nav navbar navigation menu comment comments mostread mostpopular trending promo newsletter "
    "carousel morenews morestories morefrom readmore readnext outbrain taboola popular latest card suggested "
    "social share masthead siteheader advert advertisement sponsored quote",
    Role.BIOGRAPHY: "bio biography authorbio authorbox authordescription authordesc authorabout "
    "authorinfotext aboutauthor abouttheauthor",
    Role.CREDIT: "credit credits caption photo photographer image copyright figcaption foto bild source",
}
"""Words of a class name, those of several parts ("sub-title", "subTitle") as one."""
