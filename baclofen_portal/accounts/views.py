"""The page where people sign in."""

from typing import Any

from allauth.account.views import LoginView
from allauth.core.internal import ratelimit
from django.http import HttpResponse

from titration.services import audit

# A hospital behind one address is slowed down, never locked out by one account's mistakes.
_RATES = {"sign_in": "100/m/ip"}


def too_many_from_here(request: Any) -> bool:
    """Count one more try at signing in, by password or passkey, from where the request comes; whether that was one too many."""
    return ratelimit.consume(request, app="baclofen_portal", action="sign_in", config=_RATES) is None


class SignInView(LoginView):
    """allauth's page, whose limit for an address counts tries only: a form with an empty box is none."""

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        address, password = (request.POST.get(name, "") for name in ("login", "password"))
        if address.strip() and password and too_many_from_here(request):
            self.limited(request, address)
            return ratelimit.respond_429(request)
        return super().post(request, *args, **kwargs)

    def limited(self, request: Any, address: str) -> None:
        """Write down that there were too many tries from where this one comes."""
        audit.write_refused_sign_in(request=request, address=address, outcome="429")


sign_in = SignInView.as_view()
