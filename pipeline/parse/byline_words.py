"""The words around names in bylines, in the languages of the press. Data only."""

from __future__ import annotations

import re

from pipeline.parse.patterns import any_of

_LEADS = (
    # before a name, with or without a colon
    r"by|written\s+by|this\s+[^\W\d_]+\s+(?:was\s+)?(?:written|contributed|authored)\s+by|words(?:\s+by)?|story(?:\s+by)?|report(?:ed|ing)?\s+by|posted\s+by|"
    r"published\s+by|article\s+by|text\s+by|opinion\s+by|analysis\s+by|review\s+by|"
    r"created\s+by|compiled\s+by|edited\s+by|contributed\s+by|authored\s+by|from|guest\s+post\s+by|"
    r"interview(?:ed)?\s+by|guide\s+by|feature\s+by|column\s+by|interview\s+(?:von|par)|"
    r"von|text\s+von|ein(?:e[nr]?)?\s+[^\W\d_]+\s+von|vom?|verfasst\s+von|geschrieben\s+von|"
    r"aus\s+[^\W\d_]+\s+(?:berichtet|von)|"
    r"par|publié\s+par|écrit\s+par|propos\s+recueillis\s+par|"
    r"por|escrito\s+por|publicado\s+por|di|a\s+cura\s+di|scritto\s+da|pubblicato\s+da|"
    r"door|geschreven\s+door|av|skrevet\s+av|skrivet\s+av|af|skrevet\s+af|"
    r"napsal[ai]?|autor(?:zy|i)?|przez|írta|szerző|scris\s+de|publicat\s+de|de\s+către|"
    r"yazan|haber|oleh|penulis|bởi|tác\s+giả|tekst|tekijä|teksti|kirjoittanut|"
    r"автор[ыи]?|текст|написа[лв]а?|подготовил[аи]?|от|пи[шс]е|pi[šs]e|napisao|"
    r"opracowa[łl]a?|oprac\.|shkruar\s+nga|nga|höfundur|autor(?:ius|s|ė)|müəllif|"
    r"συντάκτης|του|της|γράφει\s+[οη]|κείμενο|"
    r"بقلم|كتبت?|كتابة|إعداد|تحرير|نویسنده|نوشته|به\s+قلم|מאת|लेखक|द्वारा|লেখক|লিখেছেন|"
    r"โดย|ผู้เขียน|เขียนโดย|எழுதியவர்|"
    r"文|文字|作者|记者|記者|撰文|取材・文|執筆|글|작성자"
)
_LABELS = (
    # only with a colon, or alone: a name may begin with them
    r"authors?|autorin\s*/\s*autor|writers?|reporters?|text|texte|autor(?:in|en|a|es)?|auteurs?|autore|autrice|"
    r"redaktion|redaktör|redactie|redacción|redazione|source|quelle|fuente|fonte|byline|yazar|"
    r"muhabir|خبرنگار|مراسل|گزارش|"
    r"contributors?|names?|name\s+of\s+author"
)
LEAD = re.compile(
    rf"^(?:{any_of(_LEADS)}(?:\s*[:：/／]\s*|\s+)|{any_of(_LABELS)}\s*[:：]\s*)+", re.I
)
LABEL = re.compile(rf"^{any_of(_LABELS)}\s*[:：]", re.I)
SOURCE = re.compile(r"^(?:source|quelle|fuente|fonte)\s*[:：]", re.I)
"""Behind it stand agencies and papers, and who lent a picture: no people."""
_POSTED = r"posted\s+on"
LEAD_ALONE = re.compile(rf"{any_of(f'{_LEADS}|{_LABELS}|{_POSTED}')}\s*[:：]?", re.I)
"""A lead that stands alone in its line or element: no name, but one may follow."""
GLUED_LEAD = re.compile(r"^(?:By(?=by\s))?([Bb]y|Von|Par|Por|Door)\s*(?=[A-Z][\w.])")
"""A lead that its page sets off by a style alone, so that no blank parts it from the name."""
EDITED = re.compile(r"edited\s+by\b", re.I)
"""An editor is named as the author where nobody else is."""
_GALLERIES = r"(?:images|photos|pictures|video|fotos|bilder)"
"""Makers of pictures stand behind them only if "by" or a colon follows: alone they are sections."""
_OTHER_WORK = (
    r"(?:image|photo(?:graph\w*)?|picture|illustrations?|graphics?|foto|bild|"
    r"(?:peer[\s-]|medically\s|fact[\s-])?(?:reviewed|checked|verified|approved)|translated|übersetz\w+|"
    r"sponsored|powered|presented|provided|illustrated|fotografiert|tradu\w+)"
)
NOT_WRITTEN = re.compile(rf"(?:{_OTHER_WORK}|{_GALLERIES})\s*$", re.I)
"""What before a lead says that somebody did something else than write the text."""
_WITH = r"(?:by|von|par|por|di|da)"
OTHER_WORK = re.compile(
    rf"(?:(?:{_OTHER_WORK}|edited)(?:\s*{_WITH})?(?:\s*:)?|{_GALLERIES}\s*(?:{_WITH}(?:\s*:)?|:))\s*$",
    re.I,
)
"""The same with its lead, as it stands before a name."""
CUT = re.compile(
    r"(?<=[^\W\d_])(?<!Medically)(?<!Peer)(?<!Fact)[®*]?[.;,]?\s*(?:[|·•]\s*)?(?:Published|Updated|Posted|Modified|Last\s|Veröffentlicht|Aktualisiert|Stand\b|Publié|Mis\s+à|"
    r"Publicado|Actualizado|Pubblicato|Kategorien?\b|Categor(?:y|ies|ías?)\b|Vom\b|Illustration(?:en|s)?\b|"
    r"Fotos?\b|Photos?\b|Photograph|Bilder?\b|Video\b|Follow(?:ing)?\b|Folgen\b|Erstellt\b|Seguir\b|Suivre\b|"
    r"(?:(?:Medically|Peer|Fact)[\s-]+[Rr]eviewed|Fact[\s-]+[Cc]hecked|Edited|Reviewed|Translated)\s+by\b|"
    r"Übersetz\w+\b).*$"
)
"""What stands behind a name, with or without a blank: dates, sections, makers of pictures."""
GLUED_ROLE = re.compile(
    r"(?<=[a-zß-ÿ])(?=(?:Korrespond|Reporter|Redakt|Chefr|Editor|Writer|Correspond|Journalist|Autor|Senior|Staff|"
    r"Founder|Co-?[Ff]ounder|CEO|Contribut|Managing|Freelance|Director))"
)
_INNER_LEADS = r"by|von|par|por|di|door|av|af|oleh|przez|автор|escribe|rédigé\s+par"
INNER_LEAD = re.compile(rf"(?<![^\W_]){any_of(_INNER_LEADS)}\s+(?=[^\W\d_])", re.I)
"""The word before the name inside a line ("Posted on May 3 by ...", "Eine Kolumne von ...")."""
_AGENCIES = (
    r"dpa|afp|ap|apa|reuters|sda|keystone-sda|sid|epd|kna|ansa|adnkronos|agi|efe|europa\s+press|"
    r"lusa|belga|anp|ntb|tt|ritzau|stt|pap|čtk|ctk|mti|tass|interfax|itar-tass|ria|xinhua|kyodo|jiji|"
    r"yonhap|pti|ani|ians|uni|antara|bernama|aap|upi|cp|anadolu|aa|dha|iha|mena|wam|spa|petra|irna|"
    r"тасс|интерфакс|риа|新华社|新華社|共同|時事|연합뉴스|뉴시스|뉴스1|وكالات|أ\s?ف\s?ب|رويترز"
)
AGENCY = re.compile(rf"(?<![^\W_]){any_of(_AGENCIES)}(?![^\W_])", re.I)
"""Press agencies, by the signs that papers print."""
TAIL = re.compile(r"\s*(?:記者|编辑|編集委員|通讯员)$|\s+द्वारा$", re.I)

_AGENCY_IN_FULL = r"(?:The\s+)?(?:Associated\s+Press|Agence\s+France-Presse|Press\s+Association)\b"
AGENCY_IN_FULL = re.compile(_AGENCY_IN_FULL, re.I)
GLUED_AGENCY = re.compile(rf"(?<=[^\W\d_])(?<!\bThe)\s+(?={_AGENCY_IN_FULL})", re.I)
"""An agency that follows a name without anything between them."""
SPLIT = re.compile(
    r"\s*(?:[;|•·⋅∙●&+‖／、，،\n\t]|\s[–—\-/]\s|/|,(?!\s*(?:jr|sr)\b\.?+(?!\s*(?!and\b|und\b)\w)))\s*"
    r"|\s+(?:and|und|sowie|mit|with|avec|con|och|og|συν|και|и|та|dan|và|oraz|és|și|şi|וגם|और|এবং|และ|와|과)\s+",
    re.I,
)
SPLIT_BETWEEN_FULL_NAMES = re.compile(r"\s+(?:y|e|et|en|i|ja|ve|и|і|و|u|și)\s+", re.I)
"""Words that also stand inside one name ("Ortega y Gasset"): they part two full names only."""

PLACE = re.compile(
    r"\s+(?:in|aus|from|at|for|für|pour|à|bei|beim|on|over|über|im|desde|en|da|из|w|is|was|ist)\s+(?=\S).*$"
)
"""What follows a name: "in Berlin", "for the Weekly", "is a writer"."""

_ROLES = (
    r"editors?|correspondents?|reporters?|writers?|journalists?|columnists?|producers?|staff|"
    r"senior|chief|freelance|contributors?|contributing|analyst|critic|photographer|director|"
    r"professor|fellow|c[efimot]o|president|founder|co-?founder|manager|specialist|intern|blogger|"
    r"reporting|bureau|desk|host|anchor|expert|researcher|lecturer|strategist|associate|"
    r"redakt(?:eur|ör|or|ion|ør)\w*|chefred\w*|korrespond\w*|reporter\w*|autor(?:in|a|es)?|leiter\w*|"
    r"volont\w*|ressort\w*|mitarbeiter\w*|herausgeber\w*|kolumnist\w*|journalist\w*|"
    r"journaliste|correspondante?|rédact\w*|envoyée?|chroniqueu\w*|grand\s+reporter|"
    r"periodista|redactora?|corresponsal|columnista|editora?|enviad[oa]|repórter|jornalista|colunista|"
    r"giornalista|inviat[oa]|redattore|redattrice|corrispondente|"
    r"redakcja|dziennikar\w*|redaktork?a?|novinář\w*|újságíró|toimittaja|muhabir\w*|yazar\w*|"
    r"корреспондент\w*|обозревател\w*|редактор\w*|журналист\w*|δημοσιογράφος|συντάκτης"
)
_UNSPACED_ROLES = "记者|記者|编辑|編集|기자|특파원|مراسل|خبرنگار|संवाददाता"
ROLE = re.compile(rf"\b{any_of(_ROLES)}\b|{any_of(_UNSPACED_ROLES)}", re.I)
HOUSE_ROLE = re.compile(r"redaktion\w*|redakcja|staff|bureau|desk|host", re.I)
"""Those of them that open a desk's name, not a person's title."""
DEGREE = re.compile(
    r"(?:Ph\.?\s?D|M\.?D|Psy\.?D|Ed\.?D|Pharm\.?D|Dr\.?\s?med|B\.?Sc|M\.?Sc|MS|MBA|MPH|JD|LL\.?[MB]|Esq|"
    r"RN|BSN|MSN|RDN?|LDN?|FAND|CSCS|CPT|CDCES|DVM|DDS|LCSW|LMFT|CFP|CFA|CPA|CEPF|MRCGP|FRCS|"
    r"(?:[A-Z]\.){1,4}[A-Z]|[A-Z]{2,6}(?=®))[®*.]*"
)
"""Degrees and licences as they stand behind a name. Houses ("BBC News") there are believed."""
CLOSING_CREDENTIALS = re.compile(
    r"(?:[\s,]+(?:Ph\.?\s?D|MD|MBA|MPH|RN|RDN?|CPA|CFP|DVM|Esq|(?:[A-Z]\.){2,4}[A-Z]?)[®.]*)+$"
)
_OCCUPATIONS = (
    r"dietiti?cian|dietitian|nutritionist|developer|engineer|consultant|coordinator|educator|"
    r"horticultur\w+|astrologer|physician|surgeon|psychologist|therapist|attorney|lawyer|advis[eo]r|"
    r"scientist|economist|author|historian|executive|officer|vice\s+president|head\s+of|practitioner|"
    r"counsel+or|designer|instructor|enthusiast|rechtsanw\w+|ärzt\w+|dozent\w*|geschäftsführer\w*|"
    r"wissenschaftler\w*|ökonom(?:in)?|médecin|avocate?|économiste|historienn?e?|professeure?|"
    r"chercheu\w+|directeur|directrice|écrivaine?|profesora?|abogad[oa]|economista|doctora?|"
    r"investigadora?|escritora?|docente|avvocat[oa]|professoressa"
)
OCCUPATION = re.compile(rf"\b{any_of(_OCCUPATIONS)}\b", re.I)
"""What people are besides writers: told from a name only where it follows one."""
NOT_A_NAME = re.compile(
    r"^(?:by|agenc(?:y|ies)|agenturen|agences|agencias|agenzie|auteurs?|autor(?:in)?|quelle|source|name|no\s+author|an[oó]nimo|watch\s+live|e-?mail\s+.*|"
    r"admin(?:istrator)?|staff|guest|author|editor|anonymous|anonym|unknown|none|null|undefined|"
    r"n/?a|user|root|web(?:master)?|online|newsroom|share|follow|posted|published|updated|date|datum|"
    r"print|email|e-mail|comments?|facebook|twitter|instagram|linkedin|youtube|more|home|news|subscribe|"
    r"(?:log|sign)\s*(?:in|out|up)|full\s+bio|google\s+scholar|learn\s+more|über|red|menu|search|read\s+more|see\s+(?:full\s+)?bio|view\s+(?:all|profile|bio).*|"
    r"about\s+the\s+author|all\s+(?:posts|articles).*|more\s+(?:from|by|about).*|my\s+.*|the\s+author.*|"
    r"(?:the\s+)?associated\s+press\s+contributed.*|.*\b(?:reads?|min(?:ute)?s?|years?|ago|views?)|fact[\s-]checked|"
    r"copyright.*|all\s+rights.*|getty(?:\s+images)?|imago|picture\s+alliance|shutterstock|istock|unsplash|"
    r"mehr\s+.*|alle\s+artikel.*|zur\s+person|artikel.*|teilen|drucken|folgen|veröffentlicht|aktualisiert|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|sonnabend|"
    r"lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes|sábado|"
    r"domingo|(?:lune|marte|mercole|giove|vener)dì|sabato|domenica|(?:segunda|terça|quarta|quinta|sexta)-feira|"
    r"(?:maan|dins|woens|donder|vrij|zater|zon)dag|(?:mån|tis|ons|tors|fre|lör|sön)dag|poniedziałek|wtorek|środa|"
    r"czwartek|piątek|sobota|niedziela|понедельник|вторник|среда|четверг|пятница|суббота|воскресенье|"
    r"pazartesi|salı|çarşamba|perşembe|cuma(?:rtesi)?|pazar|"
    r"merkezi|haber\s+merkezi|stand|uhr|kommentare?|partager|publié.*|mis\s+à\s+jour.*|compartir|seguir|actualizado.*)$",
    re.I,
)
_NO_NAME = (
    "a an aus der die das den des im in am und für mit zum zur bei nach über auf about of the and "
    "for to with your our my from how what why all more most les du aux sur pour et news blog "
    "read reading see get last modified filter popular trending related latest close save saved "
    "checked liked min minutes time post posts article articles story stories share comments "
    "comment updated published posted subscribe contact home menu search login log out sign next "
    "previous back view privacy policy press release media team staff department university "
    "institute college school center centre inc llc ltd gmbh company group association society "
    "foundation magazine journal daily weekly learning marketing management software technology "
    "business health finance insurance security design development research science education "
    "travel food fashion music sports politics culture lifestyle entertainment opinion analysis "
    "reviews review guides guide tips resources services service products product solutions "
    "support community events podcast video videos images image photo photos foto fotos bild mehr "
    "alle keine kommentare artikel aktuelle meldungen stand son güncelleme diğer tüm haber "
    "haberler autor author editor strategy operations growth guidelines recommendations sponsored "
    "affairs relations communications innovation "
)
NO_NAME_WORDS = frozenset(_NO_NAME.split())
"""Words of sections, buttons and houses. In a line that no word says to be a byline, who is named
has none of them."""
PARTICLES = frozenset(
    [
        "van",
        "von",
        "de",
        "der",
        "den",
        "del",
        "della",
        "di",
        "da",
        "dos",
        "das",
        "do",
        "du",
        "la",
        "le",
        "los",
        "las",
        "el",
        "al",
        "bin",
        "ibn",
        "ben",
        "bint",
        "abu",
        "y",
        "e",
        "i",
        "ter",
        "ten",
        "te",
        "zu",
        "zum",
        "zur",
        "af",
        "av",
        "und",
        "und",
        "vom",
        "dal",
        "dalla",
        "dei",
        "degli",
        "lo",
        "st",
        "ten",
        "'t",
        "d'",
        "o'",
        "mac",
        "mc",
    ]
)

PICTURES = re.compile(
    r"^(?:fotos?|photos?|bild(?:er)?|images?|pictures?|illustrations?|video|fotograf\w*|photograph\w*|"
    r"grafik\w*|graphics?|kamera|camera|фото|φωτογραφ\w*|撮影|写真|摄影|攝影|사진|illustr\w*|ilustra\w*|"
    r"translat\w*|übersetz\w*|tradu[cz]\w*|перев[ое]\w*|翻訳|翻译)\b",
    re.I,
)
"""What begins the credit of a picture's maker or of a translator, who is no author of the text."""
