"""System checks of the titration application."""

from typing import Any

from django.core import checks

from titration.models import Jurisdiction
from titration.paper import missing_libraries


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


@checks.register(deploy=True)
def pdf_files_can_be_made(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """Without the libraries the portal works, and patients' sheets are printed from the browser."""
    missing = missing_libraries()
    if not missing:
        return []
    return [
        checks.Warning(
            f"PDF files cannot be made: these libraries are missing: {', '.join(missing)}.",
            hint="Install Pango and HarfBuzz (script/setup names the packages) and start the portal again.",
            id="titration.W002",
        )
    ]
