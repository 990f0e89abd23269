"""A drawing or a script that a browser opens by its own address is bound by the policy of pages."""

import pytest
from django.test import Client

pytestmark = [pytest.mark.bar("B-25")]


def policy(answer) -> set[str]:
    return set(answer.headers.get("Content-Security-Policy", "").split("; "))


@pytest.mark.django_db
def test_a_static_file_has_the_policy_of_a_page():
    page, file = Client().get("/help/"), Client().get("/static/portal/chart.js")
    file.close()
    assert file.status_code == 200
    assert policy(file) == policy(page) >= {"default-src 'none'", "frame-ancestors 'none'", "script-src 'self'"}
    for name in ("X-Content-Type-Options", "Referrer-Policy", "X-Frame-Options"):
        assert file.headers[name] == page.headers[name], name
