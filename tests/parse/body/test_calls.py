"""What the house asks of its readers is no part of a story, in whatever paragraph it stands."""

from __future__ import annotations

import pytest

from pipeline.parse.body.calls import CALL_CHARS, calls_the_reader
from tests.parse.body.pages import PARAGRAPHS, dressed, paragraphs, parsed

CALLS = (
    "Sign up for our evening newsletter and get the tide tables in your inbox.",
    "Follow us on Facebook and Instagram for pictures of the harbour.",
    "Want more? Subscribe to our newsletter.",
    "Please consider supporting our journalism with a small sum a month.",
    "Republish our articles for free, online or in print.",
    "Abonnieren Sie unseren Newsletter mit den Nachrichten vom Hafen.",
    "Folgen Sie uns auf Instagram.",
    "Suivez-nous sur Facebook et Instagram.",
    "Inscrivez-vous à notre lettre du soir.",
    "Suscríbete a nuestro boletín de la tarde.",
    "Siga o nosso canal no WhatsApp.",
    "Seguici su Facebook e Instagram.",
    "Schrijf je in voor onze nieuwsbrief.",
    "Följ oss på Facebook.",
    "Obserwuj nas na Facebooku i Instagramie.",
    "Подписывайтесь на наш канал в Telegram.",
    "Підпишіться на нашу розсилку.",
    "Ακολουθήστε μας στο Google News.",
    "Bültenimize abone olun, haberler her akşam gelsin.",
    "Đăng ký nhận bản tin buổi chiều.",
    "Ikuti berita kami di Google News.",
    "تابعونا على فيسبوك وإنستغرام.",
    "ما را در تلگرام دنبال کنید.",
    "הירשמו לניוזלטר שלנו.",
    "हर खबर के लिए हमें फेसबुक पर फॉलो करें।",
    "আমাদের নিউজলেটারে সাবস্ক্রাইব করুন।",
    "扫描二维码，关注我们的公众号",
    "公式アカウントをフォローしてください",
    "뉴스레터를 구독하세요.",
)
NEWS = (
    "Sign up for a newsletter from the shop you like, and wait for its sales.",
    "The museum's newsletter has four thousand subscribers, its director said.",
    "She followed the boat on Facebook until it was lost in the fog.",
    "Join the two ends with a short piece of rope.",
    "Supporters of the crane gave nine thousand euros for its cabin.",
    "Der Newsletter des Museums hat viertausend Abonnenten.",
    "Suivez la rivière jusqu'au pont, dit-elle.",
    "Inscrivez-vous avant le 30 juin auprès de la mairie.",
    "Inscreva-se até 30 de junho na prefeitura.",
    "Iscriviti entro il 30 giugno al corso del Comune.",
    "Meld je voor 30 juni aan bij de gemeente.",
    "Zapisz się do lekarza przed końcem czerwca.",
    "Εγγραφείτε στο μητρώο ως τις 30 Ιουνίου.",
    "הירשמו לקורס עד סוף יוני.",
    "انضموا إلى العمال في الميناء.",
    "他关注这条新闻已经很久了。",
    "구독자는 모두 4천 명이다.",
)


@pytest.mark.parametrize("call", CALLS)
def test_a_call_to_follow_subscribe_or_give_is_told_by_its_words(call: str) -> None:
    assert calls_the_reader(call)


@pytest.mark.parametrize("text", NEWS)
def test_what_a_story_says_of_newsletters_and_channels_is_none(text: str) -> None:
    assert not calls_the_reader(text)


@pytest.mark.parametrize("place", [2, 5])
def test_a_call_in_a_plain_paragraph_is_set_apart_as_promo(place: int) -> None:
    call = CALLS[0]
    article = parsed(dressed(paragraphs(*PARAGRAPHS[:place], call, *PARAGRAPHS[place:])))
    assert article.body_text == "\n\n".join(PARAGRAPHS)
    assert call in [block.text for block in article.blocks if block.type == "promo"]


def test_a_long_line_is_read_though_it_begins_with_a_call() -> None:
    assert not calls_the_reader(f"{CALLS[0]} {'The harbour is open again. ' * 10}")
    assert len(CALLS[0]) < CALL_CHARS
