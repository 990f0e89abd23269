"""A small source file and page that are right, for tests that break one thing at a time."""

SOURCES = """[[source]]
key = "label"
reference = "S-03"
title = "Warnings"
publisher = "A maker"
kind = "label"
url = ""
version = "2021"
checked_on = 2026-11-22
countries = ["US"]
"""

PAGE = """slug = "kidneys"
title = "Your kidneys"
version = 3
kind = "safety"
safety_critical = true
audience = "adult"
summary = "What they do."
next_review = 2028-11-22
key_facts = ["It leaves by your kidneys.", "Ask your team."]
key_facts_sources = ["label"]
"""

BLOCKS = {
    "section": """type = "section"
heading = "Why"
text = ["They **work**."]
bullets = ["they clear it."]
countries = ["US"]
sources = ["label"]""",
    "facts": 'type = "facts"\nheading = "So"\nitems = ["It is so."]\nsources = ["label"]',
    "do_list": 'type = "do_list"\nitems = ["call us."]\nsources = ["label"]',
    "dont_list": 'type = "dont_list"\nitems = ["do not stop."]\nsources = ["label"]',
    "care_card": 'type = "care_card"\nlevel = "urgent"\nitems = ["you fall."]\nsources = ["label"]',
    "rule_fact": 'type = "rule_fact"\nrule = "MAX-1"\nvalue = "daily_mg"\ntext = "At most {value} a day."',
    "faq": 'type = "faq"\nquestion = "Why?"\ntext = ["So."]\nsources = ["label"]',
    "teach_back": """type = "teach_back"
question = "What now?"
sources = ["label"]
[[body.option]]
text = "A."
right = false
why = "a."
[[body.option]]
text = "B."
right = true
why = "b."
[[body.option]]
text = "C."
right = false
why = "c."
""",
}


def page(*blocks: str) -> str:
    """The text of a page with these blocks."""
    return PAGE + "".join(f"\n[[body]]\n{one}\n" for one in blocks)
