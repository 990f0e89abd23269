"""A plain HTTP client for measuring: keeps its connection and its cookies, and reads form fields."""

import http.client
import re
import time
from dataclasses import dataclass
from urllib.parse import urlencode

_FIELD = re.compile(r"<input[^>]*>")
_ATTRIBUTE = re.compile(r'(\w[\w-]*)="([^"]*)"')


@dataclass(frozen=True)
class Answer:
    """One answer and what it cost: seconds of waiting, bytes of the body as sent, statements sent to the database."""

    status: int
    text: str
    seconds: float
    size: int
    statements: int
    location: str


class Browser:
    def __init__(self, host: str, port: int, cookies: dict[str, str] | None = None) -> None:
        self._connection = http.client.HTTPConnection(host, port, timeout=60)
        self._host = f"{host}:{port}"
        self.cookies = dict(cookies or {})

    def close(self) -> None:
        self._connection.close()

    def get(self, path: str) -> Answer:
        return self._send("GET", path, None)

    def post(self, path: str, fields: dict[str, str] | list[tuple[str, str]], *, htmx: bool = False) -> Answer:
        """Send a form with the token that the last form page gave."""
        return self._send("POST", path, urlencode(fields), htmx=htmx)

    def cut(self, path: str, fields: dict[str, str], part: float) -> None:
        """Send the head and this part of a form (1: all of it) on a connection of its own, and hang up without an answer."""
        body = urlencode(fields).encode()
        connection = http.client.HTTPConnection(self._connection.host, self._connection.port, timeout=60)
        connection.putrequest("POST", path, skip_host=True)
        for name, value in {**self._headers(form=True), "Content-Length": str(len(body))}.items():
            connection.putheader(name, value)
        connection.endheaders(body[: int(len(body) * part)])
        connection.close()

    def _headers(self, *, form: bool) -> dict[str, str]:
        headers = {"Host": self._host, "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if form:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{self._host}"}
        return headers

    def _send(self, method: str, path: str, body: str | None, *, htmx: bool = False) -> Answer:
        headers = self._headers(form=body is not None)
        if htmx:
            headers["HX-Request"] = "true"
        began = time.perf_counter()
        self._connection.request(method, path, body=body, headers=headers)
        answer = self._connection.getresponse()
        content = answer.read()
        seconds = time.perf_counter() - began
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _, rest = line.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        return Answer(
            status=answer.status,
            text=content.decode("utf-8", "replace"),
            seconds=seconds,
            size=len(content),
            statements=int(answer.headers.get("X-Statements", "0")),
            location=answer.headers.get("Location", ""),
        )


def hidden_fields(page: str, form_action: str = "") -> dict[str, str]:
    """Names and values of the hidden inputs of a page, or of the one form whose action holds ``form_action``."""
    if form_action:
        for form in re.findall(r"<form.*?</form>", page, re.DOTALL):
            if form_action in form.split(">", 1)[0]:
                page = form
                break
    found = {}
    for tag in _FIELD.findall(page):
        attributes = dict(_ATTRIBUTE.findall(tag))
        if attributes.get("type") == "hidden" and "name" in attributes:
            found[attributes["name"]] = attributes.get("value", "")
    return found
