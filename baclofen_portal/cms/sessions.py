"""Where the sign-ins of editors are kept: a table of their own, which the portal cannot even read."""

from typing import Any

from django.contrib.sessions.backends import db


class SessionStore(db.SessionStore):
    """Django's sessions in the database, in the table of EditorSession."""

    @classmethod
    def get_model_class(cls) -> Any:
        from baclofen_portal.accounts.models import EditorSession

        return EditorSession
