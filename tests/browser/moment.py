"""What the browser tests fix for the whole server: the instant at which they happen, and how hard passwords are hashed."""

from datetime import UTC, datetime

from django.contrib.auth.hashers import PBKDF2PasswordHasher

NOW = datetime(2026, 11, 22, 14, 5, tzinfo=UTC)
"""The clock of the server starts here and runs on."""
TODAY = NOW.date()


def quick_passwords() -> None:
    """Hash as the portal does, with fewer rounds: signing in is no part of what is tested."""
    PBKDF2PasswordHasher.iterations = 1000
