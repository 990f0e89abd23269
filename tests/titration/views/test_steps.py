import pytest
from datetime import timedelta
from django.urls import reverse
from django.utils import timezone
from tests.world import PASSWORD, start
pytestmark = pytest.mark.django_db

def test_get(world, client):
    start(world, world.alder, by=world.ann, days_ago=0, as_of=timezone.now())
    client.force_login(world.ann)
    r = client.get(reverse("steps:add", args=[world.alder.pk]))
    print(r.content.decode())
    assert r.status_code == 200
