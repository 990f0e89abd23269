"""Pictures of pages: made when a page goes live, shown with their words, and sent for as long as a live page shows them."""

import gc
import re
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image as PillowImage
from wagtail.images.models import Image, Rendition

from education.editing.pictures import pictures_of_draft
from education.models import LearnPage
from education.selectors import pictures as reading
from education.services import publishing
from tests.cms_client import as_cms
from tests.database import as_owner
from tests.education.learn_pages import FULL, learn_page
from tests.education.making import blocks
from tests.education.pictures import ALT, a_picture, image_block, uploaded
from tests.education.test_reader_pages import STOPPING, main_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),  # Wagtail leaves files open
]
LINK = re.compile(r'src="(/learn/picture/[0-9]+/)"')


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Any) -> Any:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def shown(*blocks: Any, slug: str = "stopping", **more: Any) -> LearnPage:
    with as_owner():
        return learn_page(slug, "Never stop suddenly", [*FULL[:3], *blocks], **more)


def image(**options: Any) -> Image:
    with as_owner():
        return a_picture(**options)


def figures(html: str) -> list[str]:
    return re.findall(r"<figure.*?</figure>", html, re.DOTALL)


def test_a_picture_is_on_the_page_with_its_words_and_its_size(client: Any) -> None:
    one = image(size=(2560, 640))
    shown(image_block(one, caption="About 11 cm long.", credit="A. Painter"))
    (figure,) = figures(main_of(client.get(STOPPING)))
    assert f'alt="{ALT}" width="1280" height="320"' in figure
    assert "About 11 cm long." in figure
    assert "Picture: A. Painter" in figure
    answer = client.get(LINK.search(figure)[1])
    assert answer.status_code == 200
    assert PillowImage.open(BytesIO(answer.content)).size == (1280, 320)
    assert answer.headers["Content-Type"] == "image/webp"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert figure in client.get(f"{STOPPING}print/").text


def test_a_decoration_says_nothing(client: Any) -> None:
    shown(image_block(image(), alt=""))
    (figure,) = figures(main_of(client.get(STOPPING)))
    assert 'alt=""' in figure
    assert "<figcaption" not in figure


def test_a_picture_for_one_country_is_shown_there_only(client: Any) -> None:
    shown(image_block(image(), countries=("UK",)))
    assert figures(main_of(client.get(STOPPING))) == []
    assert len(figures(main_of(client.get("/learn/uk/stopping/")))) == 1


def test_one_image_in_two_places_has_words_for_each(client: Any) -> None:
    one = image()
    shown(image_block(one, alt="Before"), image_block(one, alt="After"))
    page = main_of(client.get(STOPPING))
    assert [re.search('alt="(.*?)"', figure)[1] for figure in figures(page)] == ["Before", "After"]
    assert len(set(LINK.findall(page))) == 1


def test_what_a_camera_adds_to_a_photograph_stays_here(client: Any) -> None:
    exif = PillowImage.Exif()
    exif[0x010F] = "A camera of mine"
    shown(image_block(image(exif=exif)))
    file = client.get(LINK.search(client.get(STOPPING).text)[1]).content
    assert b"camera of mine" not in file
    assert not PillowImage.open(BytesIO(file)).getexif()


# --- what is not live -----------------------------------------------------------------------------------------------


def test_a_picture_of_a_draft_is_on_no_page_and_at_no_address(client: Any) -> None:
    live, draft = image(), image(colour="blue")
    page = shown(image_block(live))
    with as_owner():
        page.body = [*FULL[:3], image_block(live), image_block(draft, alt="Nobody approved it")]
        page.save_revision()
    with as_cms():
        files = pictures_of_draft(page.body)
        row = Rendition.objects.get(image=draft, filter_spec=reading.SPEC)
    assert files[draft.pk].url == f"/media/{row.file.name}"
    assert (files[draft.pk].width, files[draft.pk].height) == (40, 30)
    text = client.get(STOPPING).text
    assert "Nobody approved it" not in text
    assert len(LINK.findall(text)) == 1
    assert client.get(f"/learn/picture/{row.pk}/").status_code == 404


def test_a_picture_goes_with_its_page(client: Any) -> None:
    page = shown(image_block(image()))
    address = LINK.search(client.get(STOPPING).text)[1]
    assert client.get(address).status_code == 200
    with as_owner():
        page.unpublish()
    assert client.get(address).status_code == 404


def test_the_library_is_not_readers_even_of_an_image_that_they_see(client: Any) -> None:
    one = image()
    shown(image_block(one))
    with as_owner():
        small = one.get_rendition("max-165x165")
    assert client.get(f"/learn/picture/{small.pk}/").status_code == 404


@pytest.mark.parametrize("number", ["0", "999999", "9" * 40])
def test_there_is_no_other_picture(client: Any, number: str) -> None:
    assert client.get(f"/learn/picture/{number}/").status_code == 404


# --- what is missing ------------------------------------------------------------------------------------------------


def test_a_file_that_is_gone_is_not_found(client: Any, media: Any) -> None:
    one = image()
    shown(image_block(one))
    address = LINK.search(client.get(STOPPING).text)[1]
    (media / Rendition.objects.get(image=one, filter_spec=reading.SPEC).file.name).unlink()
    assert client.get(address).status_code == 404


def test_a_page_goes_live_without_a_picture_that_cannot_be_read(client: Any, media: Any, caplog: Any) -> None:
    one = image()
    (media / one.file.name).unlink()
    shown(image_block(one))
    assert f"Image {one.pk} cannot be read" in caplog.text
    page = main_of(client.get(STOPPING))
    assert figures(page) == []
    assert "How your dose is lowered" in page
    assert f"Page stopping: there is no file of image {one.pk} for readers." in caplog.text


def test_an_image_that_was_removed_falls_out(client: Any, caplog: Any) -> None:
    one = image()
    shown(image_block(one))
    with as_owner():
        one.delete()
    assert figures(main_of(client.get(STOPPING))) == []
    assert "there is no file of image (removed)" in caplog.text


# --- what it costs --------------------------------------------------------------------------------------------------


def test_the_pictures_of_a_page_are_one_statement_and_those_of_none_are_none() -> None:
    bodies = [shown(*blocks, slug=slug).body for slug, blocks in (
        ("many", [image_block(image()), image_block(image(colour="blue"))]), ("none", []),
    )]  # fmt: skip
    list(bodies[0])
    with CaptureQueriesContext(connection) as asked:
        assert len(reading.pictures_of(bodies[0])) == 2
    assert [one["sql"].count("wagtailimages_rendition") > 0 for one in asked].count(True) == 1
    with CaptureQueriesContext(connection) as asked:
        assert reading.pictures_of(bodies[1]) == {}
    assert len(asked) == 0


def test_a_search_finds_the_words_of_a_picture_and_makes_no_noise(client: Any, caplog: Any) -> None:
    shown(image_block(image(), caption="A walrus is no kidney."))
    answer = client.get("/learn/us/search/?q=walrus")
    assert "<mark>walrus</mark> is no kidney." in answer.text
    assert "no file" not in caplog.text


# --- two people -----------------------------------------------------------------------------------------------------


def test_what_two_people_approved_stays_whatever_becomes_of_the_image(house: Any, media: Any) -> None:
    house.client("ann").post("/cms/images/add/", {"title": "A kidney", "file": uploaded("red")})
    one = Image.objects.get()
    body = [*blocks(), ("image", {"countries": [], "image": {"image": str(one.pk), "alt_text": ALT}, "caption": "", "credit": ""})]  # fmt: skip
    house.send("ann", body=body)
    assert not Rendition.objects.filter(filter_spec=reading.SPEC).exists()
    house.decide("ed")
    house.decide("rae")
    made = Rendition.objects.get(image=one, filter_spec=reading.SPEC)
    before = (media / made.file.name).read_bytes()
    house.client("ann").post(f"/cms/images/{one.pk}/", {"title": "Another alt text", "file": uploaded("blue")})
    assert house.fresh().live
    (again,) = reading.made_of([one.pk])
    assert (again.pk, (media / again.file.name).read_bytes()) == (made.pk, before)
    (block,) = [block for block in house.fresh().body if block.block_type == "image"]
    assert block.value["image"].contextual_alt_text == ALT
    gc.collect()  # of the form that sent it, Wagtail leaves the file open


def test_a_page_that_goes_live_at_its_time_has_its_pictures(house: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(publishing, "held_back", lambda revision, now: ())
    one = image()
    page = house.fresh()
    page.body = [*page.body.raw_data, image_block(one)]
    assert publishing.publish_scheduled(page.save_revision(), now=timezone.now())
    assert [made.image_id for made in reading.made_of([one.pk])] == [one.pk]
