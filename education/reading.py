"""How hard a text is to read: grade, sentences, long words and the words that have a plainer one."""

import re
import warnings
from collections.abc import Iterator

# Names that a page about this medicine cannot do without. They are counted as "it".
NAMES = (
    "amyotrophic lateral sclerosis",
    "baclofen",
    "cerebral palsy",
    "diabetes",
    "dialysis",
    "epilepsy",
    "Fleqsuvy",
    "Gablofen",
    "ibuprofen",
    "levodopa",
    "Lioresal",
    "lithium",
    "Lyvispah",
    "meningitis",
    "motor neurone disease",
    "multiple sclerosis",
    "Ozobax",
    "Parkinson's disease",
    "schizophrenia",
    "spasticity",
    "spinal cord injury",
    "spinal cord",
    "stroke",
)
_NAMED = re.compile(
    r"\b(?:" + "|".join(re.escape(one) for one in sorted(NAMES, key=len, reverse=True)) + r")\b", re.IGNORECASE
)

# Each word with the plainer one. A word here is matched whole, in any case, and with a common ending.
PLAINER = {
    "abrupt": "sudden",
    "abruptly": "suddenly",
    "additional": "more",
    "adhere": "keep to",
    "administer": "give",
    "adverse effect": "side effect",
    "adverse reaction": "side effect",
    "approximately": "about",
    "assist": "help",
    "bladder emptying": "peeing",
    "cease": "stop",
    "cerebrospinal": "around the spine",
    "clinician": "doctor or nurse",
    "commence": "start",
    "consult": "ask",
    "consume": "eat or drink",
    "contraindicated": "not for you",
    "contraindication": "reason not to take it",
    "creatinine": "a blood test of your kidneys",
    "discontinue": "stop",
    "drowsiness": "sleepiness",
    "drowsy": "sleepy",
    "drug": "medicine",
    "encephalopathy": "confusion",
    "excrete": "leave the body",
    "experience": "get or have",
    "fatigue": "tiredness",
    "hallucination": "seeing or hearing things that are not there",
    "hypotension": "low blood pressure",
    "immediately": "now",
    "indicated for": "used for",
    "ingest": "swallow",
    "insomnia": "trouble sleeping",
    "intrathecal": "by pump",
    "medication": "medicine",
    "monitor": "check",
    "nausea": "feeling sick",
    "neonate": "newborn baby",
    "obtain": "get",
    "oral": "by mouth",
    "orally": "by mouth",
    "physician": "doctor",
    "prior to": "before",
    "pruritus": "itching",
    "reduce": "lower or make less",
    "renal": "kidney",
    "require": "need",
    "respiratory": "breathing",
    "sedation": "sleepiness",
    "sedative": "medicine that makes you sleepy",
    "somnolence": "sleepiness",
    "sufficient": "enough",
    "symptom": "sign",
    "taper": "lower step by step",
    "terminate": "end",
    "titrate": "change step by step",
    "urinate": "pee",
    "urine": "pee",
    "utilise": "use",
    "utilize": "use",
    "vertigo": "dizziness",
    "whilst": "while",
}
_PLAINER = re.compile(
    r"\b(" + "|".join(re.escape(one) for one in sorted(PLAINER, key=len, reverse=True)) + r")(?:s|d|ed|ing)?\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_LONG_LETTERS = 7


def sentences(text: str) -> tuple[str, ...]:
    """The sentences, blanks made single. A sentence ends with a full stop, question or exclamation mark and a blank."""
    return tuple(one for one in re.split(r"(?<=[.!?])[\"”’)*]*\s+", " ".join(text.split())) if _WORD.search(one))


def longest_sentence(text: str) -> int:
    """Words of the longest sentence; 0 when there is none."""
    return max((len(one.split()) for one in sentences(text)), default=0)


def grade(text: str) -> float:
    """Flesch–Kincaid grade (school years, 0 or more), with the names of medicines and diseases read as "it"."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it imports a package that warns
        import textstat
    return max(0.0, float(textstat.flesch_kincaid_grade(_NAMED.sub("it", text.replace("’", "'")))))


def lix(text: str) -> float:
    """LIX: words a sentence plus long words (7 letters or more) in a hundred; below 30 is easy. 0 without words."""
    words = _WORD.findall(text)
    if not words:
        return 0.0
    long = sum(len(one) >= _LONG_LETTERS for one in words)
    return len(words) / len(sentences(text)) + 100 * long / len(words)


def jargon(text: str) -> list[tuple[str, str]]:
    """Each hard word of the text, as written there and once, with the plainer one."""
    return list(_jargon(text))


def _jargon(text: str) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for found in _PLAINER.finditer(text):
        word = found[1].lower()
        if word not in seen:
            seen.add(word)
            yield found[0], PLAINER[word]
