"""The words of a page, as a person reads them."""

import re
import warnings
from typing import Any

_INLINE = re.compile(r"</?(?:span|strong|s|b|a)\b[^>]*>")


def words(page: Any) -> str:
    """The text without tags, blanks made single; inline tags leave no blank behind."""
    return " ".join(re.sub(r"<[^>]+>", " ", _INLINE.sub("", page.text)).replace("\u00a0", " ").split())


def assert_easy_to_read(html: str) -> None:
    """The sentences of patients' text have a reading grade of 6 or better and at most 25 words.

    Names are taken out; what is no sentence, such as the cells of a table, is not counted.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it imports a package that warns
        import textstat
    prose = re.findall(r"<p[^>]*>(.*?)</p>|<td class=\"paper-table__notes\"[^>]*>(.*?)</td>", html, re.DOTALL)
    said = [" ".join(re.sub(r"<[^>]+>", "", "".join(one)).split()) for one in prose]
    text = " ".join(one for one in dict.fromkeys(said) if one.endswith("."))
    text = re.sub(r"\b[Bb]aclofen\b", "it", text).replace("Northern Clinic", "it")
    assert len(text.split()) > 20
    assert textstat.flesch_kincaid_grade(text) <= 6, text
    assert max(len(one.split()) for one in re.split(r"(?<=[.])\s", text)) <= 25, text
