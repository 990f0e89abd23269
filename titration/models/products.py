"""What a dose is made from. The numbers come from the protocol files; a row exists so that steps can point to it."""

from typing import Any, ClassVar

from django.apps import apps as installed
from django.db import DEFAULT_DB_ALIAS, models
from django.db.models import Q

from titration.dosing.protocol import JURISDICTIONS, load_protocol
from titration.models.base import FINITE


class Product(models.Model):
    """A tablet (``strength_mg``) or a liquid (``mg_per_ml``)."""

    code = models.CharField(max_length=40, primary_key=True)
    name = models.CharField(max_length=80)
    form = models.CharField(max_length=10)
    strength_mg = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    mg_per_ml = models.DecimalField(max_digits=6, decimal_places=2, null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="product_form_with_strength",
                condition=Q(
                    form="tablet",
                    strength_mg__isnull=False,
                    strength_mg__gt=0,
                    strength_mg__lt=FINITE,
                    mg_per_ml__isnull=True,
                )
                | Q(
                    form="liquid",
                    mg_per_ml__isnull=False,
                    mg_per_ml__gt=0,
                    mg_per_ml__lt=FINITE,
                    strength_mg__isnull=True,
                ),
                violation_error_message="A tablet has milligrams, a liquid has milligrams in a millilitre.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


def fill_products(*, apps: Any = installed, using: str = DEFAULT_DB_ALIAS, **_signal: Any) -> None:
    """Give every product of the protocols its row, after each ``migrate`` and each flush; rows that exist stay.

    What a code means is never changed: steps point to it. A protocol with another strength names another code.
    """
    try:
        model = apps.get_model("titration", "Product")
    except LookupError:  # migrated to before the table existed
        return
    model._default_manager.using(using).bulk_create(
        (
            model(
                code=one.code,
                name=one.name,
                form=one.form,
                strength_mg=one.strength.value if one.strength is not None else None,
                mg_per_ml=one.mg_per_ml,
            )
            for jurisdiction in JURISDICTIONS
            for one in load_protocol(jurisdiction).products
        ),
        ignore_conflicts=True,
    )
