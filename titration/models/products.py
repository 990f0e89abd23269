"""What a dose is made from. The numbers come from the protocol files; a row exists so that steps can point to it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

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
