"""The addresses of the pages for readers; the portal includes them under ``learn/``."""

from django.urls import path, register_converter

from education.ports import facts
from education.views import pages, pictures, search, start


class CountryConverter:
    """The code of a country in small letters; ``to_python`` gives the code itself."""

    regex = "[a-z]{2}"

    def to_python(self, value: str) -> str:
        country = value.upper()
        if country not in facts().COUNTRIES:
            raise ValueError
        return country

    def to_url(self, value: str) -> str:
        return value.lower()


register_converter(CountryConverter, "country")

app_name = "learn"
urlpatterns = [
    path("", start.start, name="start"),
    path("picture/<int:rendition>/", pictures.picture, name="picture"),
    path("<country:country>/", pages.hub, name="hub"),
    path("<country:country>/search/", search.search, name="search"),  # before a page of that name
    path("<country:country>/<slug:slug>/", pages.page, name="page"),
    path("<country:country>/<slug:slug>/print/", pages.handout, name="handout"),
]
