"""What is loaded before a worker forks is not loaded again."""

from __future__ import annotations

import subprocess
import sys

_PROGRAM = """
import sys
from pipeline.parse import warm_up
from tests.parse.pages import document, read
warm_up()
opened = []
def note(event, told):
    if event in ("open", "import"):
        opened.append(told[0])
sys.addaudithook(note)
article = read(document(top="<p class=byline>By Ida Holm</p><time>2 March 2026</time>"))
assert article.authors and article.published_at and article.body_text
print(opened)
"""


def test_the_first_page_after_warming_up_reads_no_file_and_imports_nothing() -> None:
    done = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
