"""The clinics, teams and accounts of the demo, each with a password of its own."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from titration.models import AuditAction, Organisation, Right, Team, TeamMembership
from titration.services import audit
from titration.services.demo_stories import people

JOB = "seed_demo"
_WORKED_HERE = timedelta(days=5 * 365)
_SYLLABLES = tuple(consonant + vowel for consonant in "bdfghjkmnprstvz" for vowel in "aeiou")


@dataclass(frozen=True, kw_only=True)
class SignIn:
    """One line of the list that is printed at each start."""

    name: str
    work: str
    email: str
    password: str


@dataclass(frozen=True, kw_only=True)
class Staff:
    """The people of the demo by key, and the team of each clinician."""

    people: dict[str, Any]
    teams: dict[str, Team]
    sign_ins: tuple[SignIn, ...]

    def team_of(self, key: str) -> Team:
        return self.teams[key]


def make_staff(*, as_of: datetime) -> Staff:
    """Make organisations, teams, people, memberships with all rights, and what editors of education pages do."""
    told = people()
    teams: dict[str, Team] = {}
    for row in told["organisation"]:
        names = row.pop("teams")
        holidays = row.pop("holidays")
        organisation = Organisation.objects.create(**row, closed_dates=_next_dates(holidays, as_of.date()))
        teams |= {name: Team.objects.create(organisation=organisation, name=name) for name in names}
    accounts: dict[str, Any] = {}
    team_of: dict[str, Team] = {}
    sign_ins = []
    for row in told["person"]:
        password = new_password()
        person = get_user_model().objects.create_user(
            email=row["email"], password=password, name=row["name"], role=row["role"]
        )
        accounts[row["key"]] = person
        work = person.get_role_display()
        if "team" in row:
            team_of[row["key"]] = teams[row["team"]]
            TeamMembership.objects.create(
                team=teams[row["team"]], person=person, rights=list(Right.values), valid_from=as_of - _WORKED_HERE
            )
            work = f"{work}, {row['team']}"
        if "group" in row:
            person.groups.add(Group.objects.get(name=row["group"]))
            work = row["work"]
        audit.write(action=AuditAction.CREATE, by=None, job=JOB, what=person)
        sign_ins.append(SignIn(name=row["name"], work=work, email=row["email"], password=password))
    return Staff(people=accounts, teams=team_of, sign_ins=tuple(sign_ins))


def _next_dates(days: list[str], today: date) -> list[date]:
    """Each ``MM-DD`` of this year and the next."""
    return sorted(date.fromisoformat(f"{year}-{day}") for year in (today.year, today.year + 1) for day in days)


def new_password() -> str:
    """A random password that can be read aloud: about 50 bits."""
    words = ["".join(secrets.choice(_SYLLABLES) for _ in range(2)) for _ in range(3)]
    return "-".join([*words, f"{secrets.randbelow(10_000):04}"])


def as_table(sign_ins: tuple[SignIn, ...]) -> str:
    """The sign-ins as text with aligned columns."""
    rows = [("Name", "Work", "Email", "Password")]
    rows += [(one.name, one.work, one.email, one.password) for one in sign_ins]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join(
        ["Demo sign-ins (invented people; these passwords belong to this installation only):", "", *lines, ""]
    )
