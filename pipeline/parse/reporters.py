"""Names that the word for "reporter" points at, in scripts that tell a name by no capital."""

from __future__ import annotations

import re

_REPORTER = re.compile(
    r"(?:^|[=|·,(\[\s])([가-힣]{2,4}(?:\s?[·ㆍ,]\s?[가-힣]{2,4}){0,3})"
    r"\s?(?:[가-힣]{1,6}(?:부|팀)\s)?(?:(?:선임|수석|전문|객원|인턴|수습|시민|대)\s?)?(?:기자|특파원)(?![가-힣])"
    r"|(?:^|[〔【（(\[:：]\s?)(?:本報|本报)?[記记]者\s?([\u4e00-\u9fff]{2,4})(?=[／/、，,）)〕】\]\s]|$)"
)
"""A name with "reporter" beside it, in scripts whose names no capital tells from other words."""
_REPORTERS_APART = re.compile(r"\s?[·ㆍ,]\s?")
_NO_REPORTER = frozenset(
    ("사진", "취재", "영상", "그래픽", "인턴", "선임", "수습", "전문", "시민", "본지")
)
"""What stands where a name does: text, picture, trainee."""
_DESK = re.compile(r"[가-힣]+[부팀국]")
_FAMILY_NAMES = frozenset(
    "김이박최정강조윤장임한오서신권황안송류유전홍고문양손배백허남심노하곽성차주우구나민진지엄채원천"
    "방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모탁국어은편용예경봉사부가복태목형피두감"
    "음빈동온호범좌팽승간견당라"
)
"""What a Korean name begins with."""


def signed_reporters(line: str) -> list[str]:
    """The names beside the word for "reporter", in scripts that have no capitals."""
    found = None if line.isascii() else _REPORTER.search(line)
    names = _REPORTERS_APART.split(found[1] or found[2]) if found else []
    return [name for name in names if _is_name(name)]


def _is_name(name: str) -> bool:
    """Whether it is neither what a reporter makes nor a desk or a place ("정치부 기자")."""
    if name in _NO_REPORTER:
        return False
    return (
        name[0] > "힣" or name[0] < "가" or (name[0] in _FAMILY_NAMES and not _DESK.fullmatch(name))
    )
