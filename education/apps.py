"""The education application: pages that explain baclofen, and what its editors work with."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class EducationConfig(AppConfig):
    name = "education"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from wagtail.signals import page_published

        from education.models import LearnPage
        from education.models.groundwork import lay_groundwork
        from education.services.pictures import page_was_published
        from education.services.rule_marks import keep_quoted

        post_migrate.connect(lay_groundwork, sender=self)
        page_published.connect(page_was_published, sender=LearnPage)
        page_published.connect(keep_quoted, sender=LearnPage)
