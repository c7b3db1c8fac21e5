"""Write pipeline/dates/month_names.py from the Unicode CLDR (through Babel)."""

from __future__ import annotations

from pathlib import Path

from babel import Locale, localedata
from babel.core import get_cldr_version

LANGUAGES = """
en es de fr pt it ru ar fa hi bn tr id vi th pl uk nl sv da nb nn no fi el cs sk hu ro bg
sr hr bs sl mk sq lt lv et is ga cy mt ca gl eu af sw so am ti ha yo zu xh he ur ps ku ckb
az kk ky uz tk tg mn ka hy gu ta te ml kn mr pa ne si or as my km lo ms jv fil be tt
"""
"""In order of precedence where two languages give one word to two months."""

SPOKEN = {
    "en": {9: ["sept"], 6: ["jne"], 7: ["jly"]},
    "de": {3: ["mrz"], 2: ["feber"]},
    "es": {9: ["setiembre", "set"]},
    "hi": {1: ["जनवरी"], 2: ["फरवरी"], 8: ["अगस्त"], 9: ["सितंबर"], 12: ["दिसंबर"]},
    "bn": {1: ["জানুয়ারি"], 2: ["ফেব্রুয়ারি"], 8: ["আগস্ট"]},
    "id": {8: ["agt", "agus"]},
    "sr": {6: ["juna"], 7: ["jula"]},
}
"""Forms that newspapers print and the CLDR does not list."""

TARGET = Path(__file__).parent.parent / "pipeline/dates/month_names.py"
HEAD = '''"""Month names of {count} languages, CLDR {version}; see scripts/make_month_names.py."""

# ruff: noqa: E501
MONTH_NAMES = """\\
'''


def names_of(language: str) -> list[list[str]]:
    found: list[set[str]] = [set() for _ in range(12)]
    for tag in sorted(localedata.locale_identifiers()):
        parts = tag.split("_")
        if parts[0] != language or any(p in ("Dsrt", "Shaw", "Cakm", "Adlm") for p in parts):
            continue
        months = Locale.parse(tag).months
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for month, name in months[context][width].items():
                    found[month - 1].add(name.lower().strip(" .·"))
    for month, extra in SPOKEN.get(language, {}).items():
        found[month - 1].update(extra)
    return [
        sorted(n for n in names if len(n) > 1 and not any(map(str.isdigit, n))) for names in found
    ]


def main() -> None:
    lines = []
    for language in LANGUAGES.split():
        months = names_of(language)
        if all(months):
            lines.append(language + "\t" + "\t".join("|".join(names) for names in months) + "\n")
    head = HEAD.format(count=len(lines), version=get_cldr_version())
    TARGET.write_text(head + "".join(lines) + '"""\n', encoding="utf-8")


if __name__ == "__main__":
    main()
