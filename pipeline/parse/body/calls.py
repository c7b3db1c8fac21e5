"""Lines in which the house asks its readers for something: to follow, subscribe, join or give.

Many pages print them as plain paragraphs in or below the story, where nothing but their words tells
them from it. What is asked for stands in the imperative or the polite form, at the line's beginning
or, in the languages whose verb comes last, at its end; a story that reports of newsletters and
channels does not talk to the reader. Data and one question; where it is asked is no matter here.
"""

from __future__ import annotations

import re

CALL_CHARS = 240
"""A longer line says more than that, and is read."""

_CHANNELS = (
    r"facebook|twitter|instagram|whats\s?app|telegram|you\s?tube|linkedin|tiktok|threads|bluesky|"
    r"mastodon|google (?:news|nieuws|actualités|noticias)|viber|discord|reddit|pinterest|vkontakte|"
    r"социальн|соцмереж|facebooku|фейсбук|телеграм|вконтакте|дзен|одноклассник"
)
_ON_CHANNELS = rf"[^.!?]{{0,80}}\b(?:{_CHANNELS}|x[.!,]?$|x (?:and|und|et|y|e|en|och|og|i)\b)"
_LETTER = (
    r"[^.!?]{0,90}(?:newsletter|inbox|mailing list|briefing|bulletin|e-?mail updates|\balerts\b)"
)
_TO_OURS = (
    rf"[^.!?]{{0,60}}(?:{_CHANNELS}|newsletter|nieuwsbrief|nyhetsbrev|nyhedsbrev|lettre|boletim|bollettin|biuletyn|hírlevél|"
    r"рассылк|розсилк|канал|ενημερωτικ|ניוזלטר|ערוץ|קבוצ|קבוצת|نشرة|قناة|مجموع|واتس|ت[ي]?ل[ي]?[جغ]رام|canal|canale|"
    r"chaîne|gruppo|group|\b(?:notre|nos|nosso|nossa|nostr[ao]|onze|vårt|våra|vår|vores|nasz\w*)\b|שלנו|هنا)"
)
"""What a verb of enrolling needs to be a call: "Register by June at the town hall" is a story's."""
_NO_HOUSE = r"(?! (?:for|to) (?:an?|their|his|her|its|multiple|several|some|many|other) )"
"""Advice ("Sign up for a newsletter from the shop") is part of a story."""

_OPENINGS = (
    # English
    rf"(?:sign[- ]?up|subscribe|register){_NO_HOUSE}(?:{_LETTER}|[^.!?]{{0,40}} (?:our|us|my)\b)|"
    rf"(?:follow|like|find|join|connect with) (?:us|me|our|my|@|the [\w ]{{2,30}} on){_ON_CHANNELS}|"
    rf"follow (?:@|us\b)|join (?:our|us|the){_ON_CHANNELS}|"
    r"join (?:our|the) (?:newsletter|mailing list|channel|community)\b|"
    r"(?:get|receive|have) [^.!?]{2,100} (?:in|to|into|straight to) your (?:e-?mail |mail)?(?:inbox|box)\b|"
    r"(?:download|get|install) (?:our|the [\w ]{2,20}) (?:free |news |mobile )?apps?\b|"
    r"click here to (?:subscribe|sign up|join us|follow|donate)|"
    r"if you (?:enjoyed|liked|like|found) (?:this|what you)[^.!?]{0,60}"
    r"(?:subscri|share|support|donat|sign|follow|member)|"
    r"stay (?:up to date|up-to-date|informed|connected|tuned)[^.!?]{0,60}"
    r"(?:newsletter|follow|our (?:app|channel|page))|"
    r"(?:support|help (?:us|support|fund)|donate|become a|make a|consider (?:a|supporting|making|becoming))\b[^.!?]{0,90}"
    r"(?:our (?:independent )?(?:journalism|reporting|newsroom|work)|independent (?:journalism|media|news)|"
    r"keep (?:us going|our (?:news|report|journal|site)))|"
    r"we (?:need|rely on|depend on) (?:your|our readers)[^.!?]{0,60}(?:journalism|reporting|newsroom)|"
    r"republish (?:this|our) (?:article|stor|work)|"
    # German
    r"folge[n]? (?:sie )?(?:uns|@)|(?:abonnieren sie|abonniere?|abonniert)[^.!?]{0,60}"
    r"(?:newsletter|kanal|podcast|uns)|"
    r"(?:melden sie sich|melde dich|registrieren sie sich)[^.!?]{0,60}(?:newsletter|kanal)|"
    rf"(?:hier|jetzt)[^.!?]{{0,60}}newsletter[^.!?]{{0,30}}(?:abonnieren|anmelden|bestellen)|"
    rf"(?:liken sie|besuchen sie|finden sie) uns{_ON_CHANNELS}|"
    r"(?:unterstützen sie|unterstütze|helfen sie)[^.!?]{0,60}(?:journalismus|spende|unsere arbeit|redaktion)|"
    # French
    r"suivez(?:-nous| toute l| l['’]actualité| notre)|rejoignez(?:-nous| notre| la chaîne)|"
    rf"(?:abonnez-vous|inscrivez-vous{_TO_OURS})|recevez [^.!?]{{0,80}}(?:newsletter|boîte|mail)|"
    r"(?:soutenez|faites un don|aidez)[^.!?]{0,60}(?:journalisme|presse|don\b|rédaction|indépendan)|"
    r"téléchargez (?:notre|l['’])\s?appli|"
    # Spanish
    r"s[íi]guenos|s[íi]ganos|suscr[íi]b(?:ete|anse|ase)|[úu]nete a (?:nuestro|nuestra)|"
    r"(?:recibe|apúntate)[^.!?]{0,80}(?:bolet[íi]n|newsletter|correo|whatsapp|telegram)|"
    r"(?:sigue|seguí|siga)(?: a| toda| todas|\b)[^.!?]{0,60} en (?:nuestro |google |facebook|x\b|twitter|instagram|whatsapp)|"
    r"(?:apoya|apoye|haz tu)[^.!?]{0,60}(?:periodismo|donación|donativo)|descarga (?:nuestra|la) app|"
    # Portuguese
    r"(?:siga|curta|acompanhe)(?:-nos| o | a | nosso| nossa)[^.!?]{0,60}"
    rf"(?:{_CHANNELS}|redes sociais|canal)|inscreva-se{_TO_OURS}|assine (?:a |o )?(?:noss[ao]|a newsletter)|"
    r"(?:entre|participe|faça parte)[^.!?]{0,40}(?:grupo|canal|comunidade)[^.!?]{0,30}(?:whatsapp|telegram)|"
    r"receba [^.!?]{0,80}(?:whatsapp|telegram|newsletter)|apoie[^.!?]{0,60}(?:jornalismo|doa)|"
    # Italian
    rf"seguici|iscriviti{_TO_OURS}|segui (?:i nostri|la nostra|le nostre|il nostro)|unisciti a{_TO_OURS}|"
    r"(?:sostieni|sostenete)[^.!?]{0,60}(?:giornalismo|donazione|informazione)|"
    r"(?:ricevi|resta aggiornato)[^.!?]{0,80}(?:newsletter|whatsapp|telegram|mail|canale)|"
    # Dutch, Scandinavian, Finnish
    rf"volg ons|(?:schrijf|meld) (?:je|u){_TO_OURS}|abonneer (?:je|u)|"
    r"steun [^.!?]{0,50}(?:journalistiek|donatie)|"
    rf"följ oss|prenumerera på (?:vårt|vår|våra)|anmäl dig{_TO_OURS}|stöd [^.!?]{{0,40}}journalistik|"
    rf"følg (?:oss|os)\b|(?:meld deg på|tilmeld dig){_TO_OURS}|abonnér på|støtt [^.!?]{{0,40}}journalistik|"
    r"seuraa meitä|tilaa (?:uutiskirje|uutiskirjeemme)|"
    # Slavic in Latin letters, Hungarian, Romanian
    rf"obserwuj(?:cie)? nas|polub nas|śledź nas|zapisz się{_TO_OURS}|dołącz do (?:nas|naszej)|"
    r"wesprzyj [^.!?]{0,40}(?:dziennikarstw|nas\b)|"
    r"sledujte nás|přihlaste se k odběru|podpořte [^.!?]{0,40}(?:žurnalistik|novinař)|pratite nas|"
    rf"kövess(?:e|en)? (?:minket|bennünket)|iratkoz(?:z|zon) fel{_TO_OURS}|támogass[^.!?]{{0,40}}(?:újságírás|szerkesztőség|minket)|"
    r"urmăr(?:ește|iți|iţi)-ne|abon(?:ează-te|ați-vă)|"
    # Turkish, Vietnamese, Indonesian
    r"(?:bizi|haberlerimizi|[\w ]{2,20} kanalımızı) [^.!?]{0,60}takip ed|bültenimize|abone olun|"
    r"đăng ký (?:nhận (?:bản tin|tin|thông báo)|theo dõi|kênh)|theo dõi (?:chúng tôi|kênh|trang)|mời (?:quý )?(?:độc giả|bạn đọc)[^.!?]{0,40}(?:theo dõi|đăng ký)|"
    r"ikuti (?:kami|terus|saluran|berita|perkembangan)[^.!?]{0,80}(?:google|whatsapp|telegram|facebook|instagram)|"
    r"(?:daftar|berlangganan) (?:ke )?(?:newsletter|buletin)|gabung[^.!?]{0,40}(?:whatsapp|telegram|grup|channel)|"
    # Cyrillic and Greek
    rf"(?:подписывайтесь|подпишитесь|присоединяйтесь{_TO_OURS}|читайте нас|следите за (?:нами|нашими))|"
    rf"(?:підписуйтес[ья]|підпишіт[ьс]ся|підпишіться|приєднуйтес[ья]{_TO_OURS}|читайте нас|стежте за нами)|"
    r"поддержите [^.!?]{0,40}(?:журналистик|редакц|издани)|підтримайте [^.!?]{0,40}(?:журналістик|редакц)|"
    r"абонирайте се|последвайте ни|пратите нас|запратите нас|"
    rf"ακολουθήστε (?:μας|το|τον|την)|εγγραφείτε{_TO_OURS}|κάντε (?:like|follow|εγγραφή{_TO_OURS})|"
    r"στηρίξτε [^.!?]{0,40}δημοσιογραφία|"
    # Arabic, Hebrew
    rf"تابعونا|تابعنا|تابعوا|اشتركوا? (?:في|الآن|مجان)|انضم(?:وا)?{_TO_OURS}|ادعم الصحافة|"
    rf"עקבו אחר|(?:הירשמו|הרשמו|הצטרפו){_TO_OURS}|תמכו ב[^.!?]{{0,20}}עיתונ|"
    # Chinese, Japanese
    r"扫描(?:下方|上方)?二维码|(?:请|欢迎|敬请)?(?:关注|扫码)[^。！]{0,20}(?:公众号|微信|微博|客户端|头条)|"
    r"(?:订阅|訂閱)(?:我们|本报|我們|本報)|下载[^。！]{0,12}(?:客户端|应用|app)|(?:追蹤|加入)我們的?|"
    r"メールマガジンに|公式(?:アカウント|ライン|line)[^。]{0,12}フォロー|会員登録(?:する|すると|で)"
)
_ENDINGS = (
    # the verb comes last
    r"(?:फॉलो|सब्सक्राइब|साइन अप|लाइक|डाउनलोड|ज्वाइन|पत्रकारिता का समर्थन) (?:करें|कीजिए)|"
    r"(?:সাবস্ক্রাইব|ফলো|সাংবাদিকতাকে সমর্থন) করুন|লাইক দিন|"
    r"பின்தொடருங்கள்|பின்தொடரவும்|செய்திமடலுக்குப் பதிவு|இதழியலை ஆதரியுங்கள்|"
    r"(?:دنبال کنید|خبرنامه ما|عضو شوید|حمایت کنید)[.!]?$|"
    r"(?:をフォロー|に登録)して(?:ください|下さい|ね)|お届けします[。！]?$|"
    r"(?:ご支援|寄付)[^。]{0,12}(?:ください|お願い)|"
    r"(?:구독|팔로우|후원)[^.!?]{0,12}(?:하세요|해\s?주세요|하기|바랍니다|받아보세요)|채널을 (?:구독|추가)"
)
_END_CHARS = 60
_LAST_WITH_CASE = "\u058f"
"""No script of those languages stands below it; those of Europe do."""
_LEADS = (
    r"(?:(?:please|also|and|so|bitte|n['’]hésitez pas à|you can(?: also)?|want (?:more|to)[^?]{0,60}\?|"
    r"don['’]?t (?:forget|miss)[^.!?]{0,40}[.!,]?|"
    r"(?:für|for|para|per|voor|για|чтобы)[^,.!?]{2,60},)\s*)?"
)
_CALL = re.compile(rf"[\W_]{{0,8}}{_LEADS}(?:{_OPENINGS})")
_CLOSING_CALL = re.compile(_ENDINGS)


def calls_the_reader(text: str) -> bool:
    """Whether a line is such a call. Asked of short lines only, it looks at nothing else."""
    if len(text) > CALL_CHARS:
        return False
    line = text.lower()
    if _CALL.match(line):
        return True
    ends = line[:1] + line[-3:]
    return (
        not ends.isascii()
        and max(ends) > _LAST_WITH_CASE
        and _CLOSING_CALL.search(line[-_END_CHARS:]) is not None
    )
