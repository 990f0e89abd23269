"""Steps point to products, so every product of the protocols has its row in every database."""

import pytest
from django.core.management import call_command

from tests.database import as_owner
from titration.dosing.protocol import JURISDICTIONS, load_protocol
from titration.models import Product
from titration.models.products import fill_products

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_emptied_database_has_its_products_again() -> None:
    with as_owner():
        call_command("flush", interactive=False, verbosity=0)
    told = {one.code for jurisdiction in JURISDICTIONS for one in load_protocol(jurisdiction).products}
    assert set(Product.objects.values_list("code", flat=True)) == told


def test_what_a_code_means_is_never_changed_by_filling() -> None:
    with as_owner():
        one = Product.objects.filter(form="tablet").order_by("code")[0]
        Product.objects.filter(pk=one.pk).update(name="As it was prescribed")
        fill_products()
    assert Product.objects.get(pk=one.pk).name == "As it was prescribed"
