"""One account a person: who they are and which kind of work they do. What they may see is decided by relations, never here."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth import hashers
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import functions

from titration.models.actors import speaking_for


class Role(models.TextChoices):
    """The kind of work of an account. A role never opens a chart: only a care relation does."""

    CLINICIAN = "clinician", "Clinician"
    EDITOR = "editor", "Editor"
    ADMIN = "admin", "Administrator"
    PATIENT = "patient", "Patient"


class UserManager(BaseUserManager["User"]):
    def create_user(self, *, email: str, password: str | None, name: str, role: str, **fields: Any) -> "User":
        """An account with a hashed password; ``password=None`` makes one that cannot sign in by password."""
        user = self.model(email=self.normalize_email(email).lower(), name=name, role=role, **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email=(email or "").lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an own sign-in; shared accounts do not exist.

    Groups say what an editor may do with education pages, and open nothing else. Nobody is a superuser.
    """

    last_login = None  # when somebody signed in stands in the audit, which nobody can change
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=20, choices=Role.choices)
    is_active = models.BooleanField(default=True)
    is_superuser = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name", "role"]

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="accounts_user_role_known",
                condition=models.Q(role__in=Role.values),
                violation_error_message="The role of an account is one of the known roles.",
            ),
            models.CheckConstraint(
                name="accounts_user_email_lower",
                condition=models.Q(email=functions.Lower("email")),
                violation_error_message="An email address is kept in lower case.",
            ),
            models.CheckConstraint(
                name="accounts_user_no_superuser",
                condition=models.Q(is_superuser=False),
                violation_error_message="There are no superusers: they would pass every check of rights.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        """What the editors' admin calls a person."""
        return self.name

    def check_password(self, raw_password: str) -> bool:
        """Whether it is the person's password. A hash of an older kind is renewed, in the name of the person it belongs to.

        That may happen before anybody has signed in, or while a colleague's page is open on which this person signs.
        """

        def renew(password: str) -> None:
            self.set_password(password)
            self._password = None  # no hook of a changed password: the password is the same
            with speaking_for(self.pk):
                self.save(update_fields=["password"])

        return hashers.check_password(raw_password, self.password, renew)

    @property
    def is_clinician(self) -> bool:
        return self.role == Role.CLINICIAN

    @property
    def is_patient(self) -> bool:
        """A patient, or somebody who cares for one."""
        return self.role == Role.PATIENT


class EditorSession(AbstractBaseSession):
    """Sign-ins of editors, apart from those of the portal: neither process can take over a sign-in of the other."""
