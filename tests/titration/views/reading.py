"""The words of a page, as a person reads them."""

import re
from typing import Any

from education.reading import grade, longest_sentence

_INLINE = re.compile(r"</?(?:span|strong|s|b|a)\b[^>]*>")


def words(page: Any) -> str:
    """The text without tags, blanks made single; inline tags leave no blank behind."""
    return " ".join(re.sub(r"<[^>]+>", " ", _INLINE.sub("", page.text)).replace("\u00a0", " ").split())


def assert_easy_to_read(html: str) -> None:
    """The sentences of patients' text have a reading grade of 6 or better and at most 25 words.

    Names are taken out; what is no sentence, such as the cells of a table, is not counted.
    """
    prose = re.findall(r"<p[^>]*>(.*?)</p>|<td class=\"paper-table__notes\"[^>]*>(.*?)</td>", html, re.DOTALL)
    said = [" ".join(re.sub(r"<[^>]+>", "", "".join(one)).split()) for one in prose]
    text = " ".join(one for one in dict.fromkeys(said) if one.endswith("."))
    text = text.replace("Northern Clinic", "it")
    assert len(text.split()) > 20
    assert grade(text) <= 6, text
    assert longest_sentence(text) <= 25, text
