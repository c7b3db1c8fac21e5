"""Words and patterns that give a line's role away, for the languages news is read in.

Data only: what a cue decides stands in :mod:`pipeline.parse.flat.roles`.
"""

from __future__ import annotations

import re

_TIME = (
    r"(?:[^\w\n]{0,4}(?:at|um|à|a las|alle|às|ore|kl\.?|o|в|в|saat|om|klo|, )?[^\w\n]{0,3}"
    r"\d{1,2}\s?[:.h時시]\s?\d{2}(?:[:.]\d{2})?분?"
    r"(?:\s?[ap]\.?\s?m\b\.?)?(?:\s?(?:Uhr|h|hrs|Z)\b)?(?:\s?(?:UTC|GMT|[A-Z]{2,4}T)\b)?"
    r"(?:\s?[+-]\d{1,2}:?\d{2})?)?"
)
DATE = re.compile(
    r"(?:"
    r"\d{4}\s?[-/.年년]\s?\d{1,2}\s?[-/.月월]\s?\d{1,2}\s?[日일]?T?"
    r"|\d{1,2}[./-]\s?\d{1,2}[./-]\s?\d{4}"
    r"|\d{1,2}(?:st|nd|rd|th|º|ª|er)?[.,]?\s+(?:de\s+|of\s+|d['’])?[^\W\d_][^\s\d,;:()/|]{2,15},?\s+(?:de\s+|del\s+)?"
    r"\d{4}"
    r"|[^\W\d_][^\s\d,;:()/|]{2,15}\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4}"
    r")" + _TIME,
    re.IGNORECASE,
)
"""A day with its year, and the time of day that follows it. Any script's digits and months."""

READING_TIME = re.compile(
    r"(?:[^\W\d_]+\s*:\s*)?(?:ca\.\s*)?\d{1,3}\s?[-–]?\s?"
    r"(?:min(?:ute|utes|uten|uti|utos|uut|uter|utter|s)?\b\.?|мин\w*\.?|хв\w*\.?|分钟?|分鐘?|분|دق\w*|"
    r"dk\b|dakika\w*|λεπτ\w*|मिनट|phút)"
    r"(?:\s+(?:de\s+|di\s+)?[^\W\d_]+){0,2}\s*$",
    re.IGNORECASE,
)
"""How long the text takes to read, at a line's end ("2 min read", "Lesezeit: 3 Minuten")."""

BYLINE = re.compile(
    r"^\s*[-–—|•]?\s*(?:"
    r"(?:by|von|par|por|di|door|av|af|przez|od|oleh|ni|kirj\.?|от|від|автор\w*|текст|author|autor\w*|"
    r"auteur|autore|autrice|skribent|tekst|text|texte|texto|testo|words|story|reporter|yazar|"
    r"written by|reported by|reporting by|geschrieben von|escrito por|bởi|tác giả|συντάκτης|"
    r"γράφει|του|της|بقلم|كتب|كتبت|نوشته|מאת|लेखक|द्वारा)"
    r"(?:\s*[:：]\s*|\s+)(?=\S)"
    r"|(?:文|記者|记者|作者|撰文|編輯|编辑|執筆|取材|글|기자)\s*[:：/／=]?\s*(?=\S))",
    re.IGNORECASE,
)
"""A line that begins as a byline does."""

BYLINE_END = re.compile(r"(?:\s기자|記者|记者|特派員|編集委員)\s*$")

AUTHOR_LABEL = re.compile(
    r"^\s*(?:(?:about )?(?:the )?authors?|autor\w*|auteure?s?|autore|autrice|skribent|yazar|автор\w*|"
    r"συντάκτης|الكاتب|المؤلف|कاتب|作者|記者|记者|执笔|執筆|기자|글|written by|über den autor|kirjoittaja)"
    r"\s*[:：]",
    re.IGNORECASE,
)
"""A label that names the author, as it stands below a story."""

CREDIT_WORDS = re.compile(
    r"getty|reuters|\bafp\b|\bap\b|\bepa\b|\bdpa\b|\bansa\b|\befe\b|\blusa\b|\bpap\b|\btass\b|\btt\b|"
    r"\bntb\b|imago|shutterstock|wikimedia|alamy|\bupi\b|xinhua|anadolu|photo|foto|picture|image|"
    r"bild\b|courtesy|handout|via |/|©|фото|фото|写真|图片|圖|사진|صورة|תמונה|φωτο|zdj|kuva|ảnh",
    re.IGNORECASE,
)
CREDIT_TAIL = re.compile(r"[(\[（]([^()\[\]（）]{3,120})[)\]）]\s*[.。]?\s*$")
CREDIT_LABEL = re.compile(
    r"(?:^|[.!?。…\s|(])(?=[©(picbfqф写图圖사صzk])"  # looks before it tries each of these
    r"((?:©|\(c\)|photo(?:graph)?s?(?: by| credit)?\s*:|photo by\s|image(?: credit)?\s*:|"
    r"credit\s*:|picture\s*:|foto\w*\s*[:/]|bild\w*\s*:|quelle\s*:|cr[ée]dits?\s*:|fuente\s*:|"
    r"fonte\s*:|фото\w*\s*:|写真\s*[:：]|写真提供|图\s*[:：]|圖\s*[:：]|사진\s*[:：=]|صورة\s*:|zdj\w*\s*:|kuva\s*:)"
    r".{2,100})$",
    re.IGNORECASE,
)

_LEADS_ELSEWHERE = (
    r"also read|(?:read|see|watch) (?:more|also|next)|more (?:on this|from)|don'?t miss|"
    r"lesen sie (?:auch|mehr)|mehr (?:zum thema|dazu|lesen)|siehe auch|auch interessant|weitere artikel|"
    r"lire (?:aussi|également)|(?:à|a) lire(?: aussi)?|voir aussi|sur le même sujet|"
    r"le[ea]r? (?:también|además)|también te puede|te puede interesar|ver también|"
    r"leggi anche|vedi anche|potrebbe interessarti|leia (?:também|mais)|veja também|saiba mais|"
    r"lees (?:ook|meer)|läs (?:också|mer|även)|les (?:også|mer)|læs (?:også|mere)|lue myös|"
    r"(?:prze)?czytaj (?:też|także|również|więcej)|zobacz (?:też|także|również)|čtěte také|čítajte aj|"
    r"pročitajte i|прочетете още|вижте още|olvassa el|olvasson tovább|citește și|citiți și|vezi și|"
    r"loe ka|lasi arī|skaitykite taip pat|ilgili haber(?:ler)?|bunu da oku|ayrıca (?:bakınız|okuyun)|"
    r"(?:читайте|читать|смотрите) также|(?:читайте|дивіться) також|διαβάστε (?:επίσης|ακόμα)|"
    r"δείτε (?:επίσης|ακόμα)|[اإ]قرأ [أا]يضا?\S*|[اإ]قرأ المزيد|بیشتر بخوان\S*|קרא[ו]? (?:גם|עוד)|"
    r"כתבות נוספות|ראו גם|यह भी पढ़ें|ये भी पढ़ें|আরও পড়ুন|மேலும் படிக்க|ข่าวที่เกี่ยวข้อง|อ่านเพิ่มเติม|"
    r"baca juga|lihat juga|xem thêm|đọc thêm|tin liên quan|関連記事|あわせて読みたい|"
    r"相关(?:阅读|新闻|报道)|相關(?:新聞|報導)|延伸閱讀|관련\s?기사|더 보기"
)
_MAY_LEAD = r"(?:read|see|watch)(?: on)?|more(?: stories)?|related(?: \w+)?|le[ea]r?(?: más)?|ayrıca|olvassa|по теме|関連"
_BULLETS = r"^[\s▶►>→•*\-–\[【]*"
RELATED = re.compile(
    rf"{_BULLETS}(?:(?:{_LEADS_ELSEWHERE})|(?:{_MAY_LEAD})\s*(?:[:：>»|\]】]|[-–—]\s|$))(?!\w)",
    re.IGNORECASE,
)
"""A line that leads to other stories. Words that open a sentence as well count before a colon."""
RELATED_LINK = re.compile(rf"{_BULLETS}(?:{_LEADS_ELSEWHERE}|{_MAY_LEAD})(?!\w)", re.IGNORECASE)
"""The text of a link that does: where nearly all is link, the words alone tell."""

PROMO = re.compile(
    r"newsletter|subscri|abonn|suscr[ií]b|inscri(?:vez|va|ver)|iscriviti|assin(?:e|ar)\b|advertis|anzeige\b|"
    r"werbung|publicid|pubblicit|publicité|reklam|annons|mainos|подпи[сш]|реклама|підпи[сш]|εγγραφ|اشترك|إعلان|"
    r"sign up|log in|register (?:now|for)|support us|donate|spenden|join (?:us|our)|become a member|"
    r"follow us|folgen sie|suivez|síguenos|seguici|cookie|all rights reserved|copyright|share (?:this|on)|"
    r"be (?:among )?the first|first to get|広告|会員|無料登録|メルマガ|订阅|訂閱|广告|廣告|구독|광고|회원",
    re.IGNORECASE,
)
