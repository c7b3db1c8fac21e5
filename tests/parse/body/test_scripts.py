"""Stories in scripts whose letters say more, or whose sentences end without a mark."""

from __future__ import annotations

import pytest

from pipeline.models import ParsedArticle
from tests.parse.body.pages import paragraphs, parsed

STORIES = {
    "th": (
        "สภาเมืองลงมติสร้างท่าเรือเหนือขึ้นใหม่",
        "4 มี.ค. 68 | 21:15 น.",
        "สภาเมืองมีมติเมื่อคืนวันอังคารให้สร้างท่าเรือเหนือขึ้นใหม่ก่อนฤดูหนาว ยุติข้อพิพาทที่ยืดเยื้อมาสามปี",
        "วิศวกรชี้แจงต่อที่ประชุมว่าเสาเข็มเดิมผุพังใต้ระดับน้ำ และหากรออีกหนึ่งปีค่าใช้จ่ายจะเพิ่มเป็นสองเท่า",
        "“เราซ่อมต่อไปเรื่อย ๆ ไม่ได้แล้ว” นางมาลี ใจดี ประธานคณะกรรมการโยธา กล่าว",
        "ชาวประมงได้รับคำสัญญาว่าจะมีที่จอดเรือจนกว่าท่าเรือใหม่จะเปิดในเดือนพฤษภาคม",
    ),
    "ko": (
        "의회, 북쪽 부두 재건 가결",
        "2025.03.04 21:15",
        "시의회는 4일 밤 겨울 전에 북쪽 부두를 다시 짓기로 결정해 3년간 이어진 갈등을 끝냈다.",
        "기술자들은 회의에서 오래된 말뚝이 물 아래에서 썩었고 "
        "1년을 더 기다리면 비용이 두 배가 된다고 말했다.",
        "홍메리 건설위원장은 “더는 땜질할 수 없다. 폭풍마다 판자가 떨어져 나간다”고 말했다.",
        "어민들은 새 부두가 열릴 때까지 자리를 약속받았고 공사는 4월 첫째 주에 시작된다.",
    ),
    "my": (
        "မြောက်ဘက်ဆိပ်ခံတံတား ပြန်ဆောက်မည်",
        "2025-03-04 21:15",
        "မြို့တော်ကောင်စီသည် မြောက်ဘက်ဆိပ်ခံတံတားကို ဆောင်းရာသီမတိုင်မီ ပြန်လည်ဆောက်လုပ်ရန် အင်္ဂါနေ့ညက ဆုံးဖြတ်ခဲ့သည်။",
        "တိုင်ဟောင်းများ ရေအောက်တွင် ဆွေးမြေ့နေပြီး နောက်တစ်နှစ်စောင့်လျှင် ကုန်ကျစရိတ် နှစ်ဆဖြစ်မည်ဟု အင်ဂျင်နီယာများက ပြောသည်။",
        "တံတားသစ်ဖွင့်သည်အထိ ငါးဖမ်းသမားများအတွက် နေရာပေးမည်ဟု ကတိပြုထားသည်။",
    ),
}


def _marked(language: str) -> ParsedArticle:
    headline, date, *story = STORIES[language]
    return parsed(
        f'<html lang="{language}"><title>{headline}</title><nav><a href="/">1</a></nav>'
        f'<article><h1>{headline}</h1><div class="date">{date}</div>'
        f'<div class="text">{paragraphs(*story)}</div></article>'
        f'<ul class="related"><li><a href="/2">{story[0][:40]}</a></li></ul>'
    )


@pytest.mark.parametrize("language", STORIES)
def test_the_story_between_marks_is_whole(language: str) -> None:
    article = _marked(language)
    assert article.body_text.split("\n\n") == list(STORIES[language][2:])
    assert str(article.published_at)[:16] == "2025-03-04 21:15"


@pytest.mark.parametrize("language", STORIES)
@pytest.mark.parametrize("join", ["<br><br>", "<p>"])
def test_the_story_of_bare_lines_is_whole(language: str, join: str) -> None:
    headline, *_ = STORIES[language]
    article = parsed(f"<html><title>{headline}</title><body>{join.join(STORIES[language])}")
    assert article.body_text.split("\n\n") == list(STORIES[language][2:])
    assert article.headline == headline
