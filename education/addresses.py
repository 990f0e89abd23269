"""Where readers find a page in the portal.

Written here instead of asked of the URLs: the editors' process shows the same pages in its previews and has other URLs.
"""

ROOT = "/learn/"
RESERVED = ("search", "print")  # what no page may be called: the portal has these addresses itself


def choose_path() -> str:
    """Where readers are asked for their country, also those whose country is known."""
    return f"{ROOT}?choose=1"


def hub_path(country: str) -> str:
    return f"{ROOT}{country.lower()}/"


def search_path(country: str) -> str:
    return f"{hub_path(country)}search/"


def page_path(country: str, slug: str) -> str:
    return f"{hub_path(country)}{slug}/"


def picture_path(rendition: int) -> str:
    return f"{ROOT}picture/{rendition}/"


def handout_path(country: str, slug: str) -> str:
    return f"{page_path(country, slug)}print/"
