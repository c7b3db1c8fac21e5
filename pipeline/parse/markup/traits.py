"""What an element's tag, class, id and item property say about the text inside it.

A *trait* is one bit. Names of classes are read as words in any order and language mix that web
designers use; no word here may be the name of a site. The lexicon must not know how a trait is
weighed: that is the classifier's business.
"""

from __future__ import annotations

import re

_NOT_SHOWN = re.compile(r"\bdisplay\s*:\s*none\b", re.IGNORECASE)
TRAIT_WORDS: dict[str, str] = {
    "body": "articlebody storybody postbody entrycontent articlecontent postcontent storycontent "
    "articletext bodytext textbody maintext cuerpo corps artikeltext bodycopy richtext prose "
    "wysiwyg fliesstext storytext textcontent articlecopy maincontent contentbody =rte",
    "article": "article story stories =post =posts =entry artikel articulo artigo articolo noticia beitrag "
    "=nota statya haber =news",
    "content": "content conteni conteud contenid inhalt =body =main =text =copy detail =page",
    "paragraph": "paragraph absatz paragraf parrafo parsys =p textblock",
    "comment": "comment komment coment disqus discussion forum leserbrief reply replies respond "
    "livefyre coral yorum =response =responses",
    "related": "relat recommend recirc =more =morefrom =morenews =morelike further similar =also "
    "suggest outbrain taboola readmore readnext nextup nextarticle nextstory mostread mostpop "
    "=popular trending latest =recent topstories zumthema lireaussi relacion correlat verwandt "
    "weitere empfehl plista ligatus youmay dontmiss onward upnext incontentlink ilgili =next "
    "seealso mehrzum alsoread",
    "teaser": "teaser =card =cards =tile =tiles =listing =feed =stream =river thumb preview excerpt "
    "linklist storylist collection headlines vorschau =grid =item =items =list",
    "caption": "caption legend bildunter bildtext imagetext imagetitle imagedesc imageinfo cutline "
    "phototext mediatext piefoto piedefoto didascalia =figure epigrafe picturetext imgdesc =cap",
    "credit": "credit copyright photographer fotograf =rights imagesource quelle attribution =fonte "
    "photoby imgsource lizenz =source",
    "media": "=image =images photo =picture media galler galerie galeria =slide =slides slider "
    "carousel video player audio podcast swiper slick lightbox =foto =fotos =bild =bilder =img =pic "
    "attachment fotostrecke diapo",
    "byline": "byline author auteur autor writer contributor verfasser redakt =firma signature "
    "reporter journalist columnist createdby =persona kirjoittaja yazar",
    "bio": "=bio biograph authorinfo authorbox authordesc authorbio authorcard authordetail "
    "aboutauthor authorprofile autorinfo autorbox autorenbox writerinfo =profile",
    "time": "=date =dates datum fecha publish updated stamp clock dateline erstellt datetime "
    "postmeta articlemeta entrymeta =meta metadata articleinfo =time posted",
    "share": "share sharing social facebook twitter whatsapp follow addthis addtoany compart teilen "
    "partag condivid =sns likebox shariff jetpack sharedaddy sociable =like",
    "promo": "promo sponsor advert =ad =ads =adv banner anzeige publicid werbung reklam commercial "
    "affiliate partner =dfp =gpt adslot adunit adbox =shop =offer =offers =deal =deals product "
    "buynow angebot marketing campaign donat =support spende pubblicit =cta callto annons",
    "newsletter": "newsletter subscri signup signin login register =nl abonn mailing mailchimp "
    "emailform emailsignup suscri inscri optin =alerts =abo",
    "paywall": "paywall regwall metered premium =locked gated piano membership membersonly =pw =paid "
    "kostenpflichtig =meter =plus",
    "nav": "=nav navig navi =menu =menus breadcrumb topbar toolbar paginat =pager =paging navbar "
    "=tab =tabs hamburger skiplink sitemap brotkrum dropdown =prev previous",
    "footer": "footer =fuss piepagina rodape =bottom colophon imprint impressum legal cookie consent "
    "gdpr privacy disclaim =terms disclosure",
    "header": "header masthead =kopf =top =head =hero cabecera =logo",
    "sidebar": "sidebar =aside =rail rightcol leftcol rightrail secondary marginal lateral "
    "seitenleiste =widget =widgets =side =right",
    "tags": "=tag =tags taglist =topic =topics keyword schlagw etiquet categor rubric rubrik "
    "sectionname sectionlabel kategor =label =labels kicker overline tagcloud eyebrow dachzeile",
    "headline": "headline =title =titles titel titulo titre titolo =heading ueberschrift baslik "
    "otsikko =headings",
    "lead": "standfirst =lead =lede =dek =deck summary =intro subtitle subhead vorspann chapo "
    "entradilla bajada sottotitolo abstract subline ingress anrisser perex =spot description "
    "synopsis copete volanta manchet =excerpt =teasertext introduction",
    "box": "factbox infobox =box =boxes kasten callout =inset highlight keypoint takeaway recuadro "
    "despiece encadre pullout explainer glossar =toc tableofcontents inhaltsverzeichnis glance "
    "faktabox factfile",
    "quote": "quote zitat =cita citation pullquote blockquote",
    "embed": "embed =tweet instagram youtube iframe infogram datawrapper interactive tiktok =poll "
    "=quiz umfrage voting survey",
    "live": "liveblog liveentry livepost liveupdate livefeed liveticker =live ticker timeline "
    "minutebyminute keyevent",
    "hidden": "hidden =hide sronly screenreader visually invisible offscreen printonly noprint "
    "=none tooltip =modal popup overlay toast =dialog =alert",
    "correction": "correction editorsnote editornote clarification updatenote footnote endnote "
    "postscript =note =notes",
    "button": "button =btn =icon =icons toggle expand collapse =print fontsize =zoom bookmark "
    "listen vorlesen speech =tts readaloud rating =vote",
    "figures": "=price =prices preis reviewbox =specs =score =stats weather wetter =results fixture "
    "scoreboard",
}
"""Trait -> words of class names, ids and item properties: stems (at a word's start or end), or
``=`` and a whole word. Two neighbouring words also count as one ("entry-content")."""

TAG_TRAITS = [
    "in:article",
    "in:main",
    "in:aside",
    "in:footer",
    "in:header",
    "in:nav",
    "in:section",
    "in:figure",
    "in:figcaption",
    "in:form",
    "in:table",
    "in:list",
    "in:blockquote",
    "in:details",
    "in:a",
    "in:button",
    "in:dl",
    "in:p",
    "in:heading",
]

TRAITS: tuple[str, ...] = (*TRAIT_WORDS, *TAG_TRAITS)
BIT: dict[str, int] = {name: 1 << index for index, name in enumerate(TRAITS)}

FURNITURE_MASK = sum(
    BIT[name]
    for name in [
        "comment",
        "related",
        "teaser",
        "share",
        "promo",
        "newsletter",
        "nav",
        "footer",
        "sidebar",
        "tags",
        "hidden",
        "button",
        "in:aside",
        "in:footer",
        "in:nav",
        "in:form",
        "in:button",
        "bio",
        "box",
    ]
)
"""Traits that speak against the text below, unless the element holds the headline itself."""

_TAGS_OF_TRAIT = {
    "article": "in:article",
    "main": "in:main",
    "aside": "in:aside",
    "footer": "in:footer",
    "header": "in:header",
    "nav": "in:nav",
    "menu": "in:nav",
    "section": "in:section",
    "figure": "in:figure",
    "figcaption": "in:figcaption",
    "form": "in:form",
    "fieldset": "in:form",
    "table": "in:table",
    "ul": "in:list",
    "ol": "in:list",
    "li": "in:list",
    "blockquote": "in:blockquote",
    "details": "in:details",
    "button": "in:button",
    "dl": "in:dl",
    "p": "in:p",
    **{f"h{level}": "in:heading" for level in range(1, 7)},
}
TAG_BITS: dict[str, int] = {tag: BIT[trait] for tag, trait in _TAGS_OF_TRAIT.items()}


def hides(style: str) -> bool:
    """Whether a style keeps its element from being shown."""
    return _NOT_SHOWN.search(style) is not None
