"""Signing in at Strava: the page for the athlete, the exchange of its code, renewal, and the end.

Scopes are separated by commas. An access token lives for six hours; one with more than an hour left comes back the
same. Source: https://developers.strava.com/docs/authentication/.
"""

from __future__ import annotations

import contextlib
import json
import re
import secrets as random
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

from .address import base_address
from .errors import BadAnswer, NotSignedIn, StravaError, error_from
from .exchange import TIMEOUT, Answer, exchange, http_client
from .limits import server_time
from .redirect import PATH, NotThisSignIn, Redirect
from .settings import OAUTH_BASE
from .tokens import Tokens, printable

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["SCOPES", "WRITE", "Application", "OAuth", "SignIn", "TokenSource", "sign_in"]

WRITE = "activity:write"
#: What tracklint asks for. Uploads need the second alone; the third shows Strava's numbers beside the predicted ones.
SCOPES = ("read", WRITE, "activity:read")
_SEPARATORS = re.compile(r"[,\s]+")
_AGAIN = "sign in again with `tracklint login`"


class TokenSource(Protocol):
    """Gives the token for each request, and a new one for a token that Strava did not accept."""

    def token(self) -> str:
        """A token that holds for some minutes at least. Raises `StravaError`."""

    def renewed(self, refused: str) -> str | None:
        """Another token, after Strava refused this one; ``None`` where there is none. Raises `StravaError`."""


@dataclass(frozen=True, slots=True)
class Application:
    """The API application that an athlete signs in to: https://www.strava.com/settings/api."""

    client_id: str
    client_secret: str = field(repr=False)


class OAuth:
    """Strava's side of a sign-in, or a stand-in's at another ``oauth_base``.

    ``skew`` is by how many seconds Strava's clock is ahead of ours, as the last answer with tokens told. Raises
    ValueError for an ``oauth_base`` that would send secrets in the clear over a network.
    """

    def __init__(
        self,
        oauth_base: str = OAUTH_BASE,
        *,
        timeout: httpx.Timeout | float = TIMEOUT,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        base, self._local = base_address(oauth_base, "oauth_base")
        self.oauth_base = str(base)
        self.clock = clock
        self.skew = 0.0
        self._sleep = sleep
        self._timeout, self._transport = timeout, transport

    def __repr__(self) -> str:
        return f"OAuth({self.oauth_base!r})"

    def page(self, client_id: str, *, redirect_uri: str, state: str) -> str:
        """The address of the page where the athlete says yes or no."""
        asked = {
            "client_id": client_id,
            "redirect_uri": redirect_uri,
            "response_type": "code",
            "approval_prompt": "force",  # so that boxes that were left unticked can be ticked now
            "scope": ",".join(SCOPES),
            "state": state,
        }
        return f"{self.oauth_base}/authorize?{urlencode(asked)}"

    def exchange(self, application: Application, code: str, *, scopes: tuple[str, ...]) -> Tokens:
        """Tokens for the code that the page gave; ``scopes`` hold where the answer names none.

        A code that is not known is sent once more after 2 s: Strava's own servers do not always know it at once
        (StravaPHP#96). Raises `StravaError`.
        """
        form = {
            "client_id": application.client_id,
            "client_secret": application.client_secret,
            "grant_type": "authorization_code",
            "code": code,
        }
        secret = (application.client_secret, code)
        answer = self._post("token", secret, data=form)
        if _names(answer, "AuthorizationCode", "invalid"):
            self._sleep(2.0)
            answer = self._post("token", secret, data=form)
        return self._tokens(answer, application, scopes=scopes, before=None)

    def refresh(self, tokens: Tokens) -> Tokens:
        """The tokens that follow these. The old refresh token may be dead from now on. Raises `StravaError`."""
        application = Application(tokens.client_id, tokens.client_secret)
        form = {
            "client_id": tokens.client_id,
            "client_secret": tokens.client_secret,
            "grant_type": "refresh_token",
            "refresh_token": tokens.refresh_token,
        }
        answer = self._post("token", tokens.secrets, data=form)
        return self._tokens(answer, application, scopes=tokens.scopes, before=tokens)

    def revoke(self, tokens: Tokens) -> None:
        """End the sign-in at Strava: no token of it is accepted any more. Raises `StravaError`."""
        answer = self._post(
            "revoke",
            tokens.secrets,
            data={"token": tokens.refresh_token, "token_type_hint": "refresh_token"},
            auth=httpx.BasicAuth(tokens.client_id, tokens.client_secret),
        )
        if not answer.success:
            raise self._refusal(answer, tokens.client_id)

    def _post(self, what: str, secrets: tuple[str, ...], **content: Any) -> Answer:
        url = f"{self.oauth_base}/{what}"
        with http_client(local=self._local, timeout=self._timeout, transport=self._transport) as http:
            answer = exchange(http, "POST", url, base=self.oauth_base, secrets=secrets, **content)
        return answer if answer.success else answer.without(secrets)

    def _tokens(
        self, answer: Answer, application: Application, *, scopes: tuple[str, ...], before: Tokens | None
    ) -> Tokens:
        if not answer.success:
            raise self._refusal(answer, application.client_id)
        told = _parse(answer)
        now = self.clock()
        life, expires_at = _seconds(told.get("expires_in")), _seconds(told.get("expires_at"))
        if expires_at is None and life is not None:
            expires_at = now + life
        access_token, refresh_token = told.get("access_token"), told.get("refresh_token")
        if before is not None and not refresh_token:
            refresh_token = before.refresh_token
        if not printable(access_token) or not printable(refresh_token) or expires_at is None:
            # the text of the answer stays out of the error: it may hold a token
            raise BadAnswer(
                f"the answer of {self.oauth_base} holds no access token, refresh token and end of life",
                http_status=answer.http_status,
            )
        self.skew = server_time(answer.headers, now if life is None else expires_at - life) - now
        athlete = told.get("athlete")
        number = athlete.get("id") if isinstance(athlete, dict) else before.athlete_id if before else None
        scope = told.get("scope")
        return Tokens(
            access_token=str(access_token),
            refresh_token=str(refresh_token),
            expires_at=expires_at,
            scopes=_scopes(scope) if isinstance(scope, str) and scope else scopes,
            athlete_id=number if isinstance(number, int) else None,
            client_id=application.client_id,
            client_secret=application.client_secret,
        )

    def _refusal(self, answer: Answer, client_id: str) -> StravaError:
        error = error_from(answer.http_status, answer.headers, answer.body, now=self.clock())
        resources = {item.resource.casefold(): item for item in error.items}
        if answer.http_status not in (400, 401):
            return error
        if "refreshtoken" in resources:
            says = f"the sign-in has ended: Strava does not accept its refresh token any more; {_AGAIN}"
        elif "authorizationcode" in resources:
            says = "Strava does not accept the code: it was used already or is too old; run `tracklint login` again"
        elif "application" in resources:
            wrong = "client secret" if "secret" in resources["application"].field else "client id or client secret"
            says = f"Strava does not accept the {wrong} of application {client_id}; {_AGAIN}"
        else:
            return error
        return NotSignedIn(says, http_status=answer.http_status, items=error.items, body=answer.body)


class SignIn:
    """One sign-in under way. ``page`` is the address to open in a browser; it ends at ``redirect_uri``."""

    def __init__(self, oauth: OAuth, application: Application, redirect_uri: str) -> None:
        self._oauth, self._application = oauth, application
        self._path = urlsplit(redirect_uri).path
        self._state = random.token_urlsafe(24)
        self._scopes: tuple[str, ...] = SCOPES
        self.page = oauth.page(application.client_id, redirect_uri=redirect_uri, state=self._state)

    def code(self, address: str) -> str:
        """The code in the address that the browser was sent to, whole or from its path on.

        Raises `NotThisSignIn` where the address is another, or its state is not the one that was sent; `NotSignedIn`
        where the athlete said no or left the permission to upload unticked.
        """
        try:
            parts = urlsplit(address.strip())
        except ValueError:
            raise NotThisSignIn("it is no address") from None
        if parts.path != self._path:
            raise NotThisSignIn(f"its path is not {self._path}")
        told = {key: values[0] for key, values in parse_qs(parts.query).items()}
        if not random.compare_digest(told.get("state", "").encode(), self._state.encode()):
            raise NotThisSignIn("it belongs to another sign-in: its state is not the one that tracklint sent")
        if error := told.get("error"):
            why = "you did not agree to it" if error == "access_denied" else f"Strava says {error[:60]!r}"
            raise NotSignedIn(f"nothing was signed in: {why}")
        if not printable(told.get("code")):
            raise NotThisSignIn("it holds no code")
        self._scopes = _enough(_scopes(told["scope"]) if told.get("scope") else SCOPES)
        return told["code"]

    def finish(self, code: str) -> Tokens:
        """Exchange the code for tokens. Raises `StravaError`."""
        tokens = self._oauth.exchange(self._application, code, scopes=self._scopes)
        _enough(tokens.scopes)
        return tokens


def sign_in(
    oauth: OAuth, application: Application, *, show: Callable[[str], object], port: int = 0, seconds: float = 300.0
) -> Tokens:
    """Sign in through a browser on this machine: ``show`` opens the page, whose address it is given.

    Raises `NotSignedIn` where the athlete says no or ``seconds`` are over, `StravaError`, and OSError where ``port``
    is taken.
    """
    with Redirect(port) as redirect:
        under_way = SignIn(oauth, application, redirect.uri)
        redirect.listen(under_way.code)
        show(under_way.page)
        return under_way.finish(redirect.wait(seconds))


def pasted_redirect(port: int) -> str:
    """A ``redirect_uri`` for a browser on another machine. Nobody answers there: the athlete copies the address."""
    return f"http://127.0.0.1:{port or 8098}{PATH}"


def _enough(scopes: tuple[str, ...]) -> tuple[str, ...]:
    if WRITE not in scopes:
        error = NotSignedIn(
            f"the permission to upload ({WRITE}) was not given, only {', '.join(scopes) or 'nothing'}; "
            "run `tracklint login` again and leave its box ticked"
        )
        error.missing_scope = WRITE
        raise error
    return scopes


def _scopes(text: str) -> tuple[str, ...]:
    """Strava separates with commas, and OAuth elsewhere with blanks."""
    return tuple(sorted({scope for scope in _SEPARATORS.split(text) if printable(scope)}))


def _names(answer: Answer, resource: str, code: str) -> bool:
    if answer.http_status != 400:
        return False
    items = error_from(400, answer.headers, answer.body, now=0.0).items
    return any((i.resource, i.code) == (resource, code) for i in items)


def _parse(answer: Answer) -> dict[str, Any]:
    told: object = None
    with contextlib.suppress(ValueError, RecursionError):
        told = json.loads(answer.body)
    return told if isinstance(told, dict) else {}


def _seconds(value: object) -> float | None:
    usable = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 2**53
    return value if usable and isinstance(value, int | float) else None
