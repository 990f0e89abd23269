"""System checks of the titration application."""

from typing import Any

from django.core import checks

from titration.models import Jurisdiction


@checks.register(deploy=True)
def protocols_are_signed(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """A protocol that no second person has signed ships as a proposal; this names its rules."""
    from titration.dosing.protocol import load_protocol

    found: list[checks.CheckMessage] = []
    for jurisdiction in Jurisdiction.values:
        protocol = load_protocol(jurisdiction)
        unsigned = protocol.unsigned_rules()
        if unsigned:
            found.append(
                checks.Warning(
                    f"The {jurisdiction} protocol, version {protocol.version}, is an unsigned proposal in "
                    f"{len(unsigned)} rules: {', '.join(unsigned)}.",
                    hint=(
                        f"A named clinician checks the numbers and fills in checked_by in "
                        f"titration/dosing/protocols/{jurisdiction.lower()}_v{protocol.version}.toml by a commit."
                    ),
                    id="titration.W001",
                )
            )
    return found
