"""tests/access_matrix.csv: what each person is answered about a patient of their own. Written by people, never derived.

One line is a URL name and a method, one column a person. ``ok``: the page, a redirect inside the portal, or an error
of the form. ``sign-in``: a redirect to the sign-in page. ``later``: that kind of person cannot sign in yet.
"""

import csv
from pathlib import Path

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
ANSWERS = {"ok", "sign-in", "403", "404", "405", "later"}
# column: the person of tests/world.py
PERSONAS = {
    "anon": "",
    "clinician_team": "ann",
    "logger": "bea",
    "senior": "cora",
    "clinician_other": "dan",
    "clinician_other_org": "finn",
    "clinician_left": "lena",
    "editor": "edith",
    "admin": "ada",
    "disabled_user": "omar",
    "patient": "alma",
    "other_patient": "elma",
    "proxy_view": "pia",
    "proxy_log": "pol",
    "proxy_full": "pru",
    "proxy_expired": "pex",
}
LATER = ("reviewer", "privacy", "no_mfa_staff")
_FILE = Path(__file__).resolve().parent.parent / "access_matrix.csv"


def read() -> dict[tuple[str, str, str], str]:
    """(URL name, persona, method): the answer. Raises ValueError for a line that is there twice or says anything else."""
    found: dict[tuple[str, str, str], str] = {}
    with _FILE.open(newline="") as file:
        for number, row in enumerate(csv.DictReader(file), 2):
            url, method = row.pop("url"), row.pop("method")
            for persona, answer in row.items():
                if (url, persona, method) in found or answer not in ANSWERS:
                    raise ValueError(f"access_matrix.csv, line {number}: {url} {method} {persona} says {answer!r}.")
                found[url, persona, method] = answer
    return found
