"""Who may talk to the page: this machine's own browser, from the page itself.

Owns the checks of Host, Origin and token on every request, and the headers of every answer. The page impersonates
people by design, so a foreign site must neither read it (DNS rebinding) nor click in it (cross-site requests).
"""

from __future__ import annotations

import hmac
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

LOOPBACK_NAMES = {"localhost", "127.0.0.1", "::1"}
API = "/sandbox/api/"
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Guard:
    """Checks requests. With ``expose_token`` any Host is served, but the API only with the token."""

    def __init__(self, expose_token: str = "") -> None:
        self._token = expose_token

    @property
    def middleware(self) -> Middleware:
        """For ``web.Application(middlewares=...)``."""

        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            refused = self._refuse(request)
            if refused is not None:
                return refused
            try:
                return await handler(request)
            except web.HTTPException as error:
                return web.Response(status=error.status, text=error.text, headers=HEADERS)

        return guard

    def _refuse(self, request: web.Request) -> web.Response | None:
        host = urlsplit(f"//{request.host}")
        if not self._token and host.hostname not in LOOPBACK_NAMES:
            return _refusal("This page answers on this machine only.")
        origin = request.headers.get("Origin")
        if origin is not None and origin != f"{request.scheme}://{request.host}":
            return _refusal("This page answers to itself only.")
        is_api = request.path.startswith(API)
        # The page itself may be the target of a link elsewhere (a permalink in an Odoo note); its API may not.
        if is_api and request.headers.get("Sec-Fetch-Site", "none") not in {"same-origin", "none"}:
            return _refusal("This page answers to itself only.")
        if request.method == "POST" and request.content_type != "application/json":
            return _refusal("Send JSON.")
        if self._token and is_api and not self._has_token(request):
            return _refusal("Open the address that was printed at the start: it carries a token.")
        return None

    def _has_token(self, request: web.Request) -> bool:
        # An EventSource cannot send headers.
        sent = request.headers.get("X-Sandbox-Token") or request.query.get("token", "")
        return hmac.compare_digest(sent.encode(), self._token.encode())


async def protect(_request: web.Request, response: web.StreamResponse) -> None:
    """Put the security headers on an answer; for ``on_response_prepare``."""
    response.headers.update(HEADERS)


def _refusal(reason: str) -> web.Response:
    return web.Response(status=403, text=reason)
