"""That a page was read."""

from django import forms

from titration.forms.base import KeyedForm


class ReadForm(KeyedForm):
    """``revision`` is the version that stood on the page."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**63 - 1)
