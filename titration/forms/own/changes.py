"""That a change was seen."""

from django import forms

from titration.forms.base import KeyedForm


class SeenForm(KeyedForm):
    """``digest`` stands for what the page showed."""

    digest = forms.CharField(widget=forms.HiddenInput, max_length=32)
