"""The tables of the education pages."""

from education.models.pages import Audience, LearnHub, LearnPage, PageKind
from education.models.reviews import MarkKind, PageReview, ReviewMark, SeenRule, ShippedPage
from education.models.sources import Source, SourceKind
from education.models.stop_words import WarningChange
from education.models.tasks import ClinicalApproval, ContentCheck, Decision
from education.models.warnings import StopWarning

__all__ = [
    "Audience", "ClinicalApproval", "ContentCheck", "Decision", "LearnHub", "LearnPage", "MarkKind", "PageKind",
    "PageReview", "ReviewMark", "SeenRule", "ShippedPage", "Source", "SourceKind", "StopWarning",
    "WarningChange",
]  # fmt: skip
