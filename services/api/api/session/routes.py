"""Sessions over HTTP. API keys mean nothing to them; their cookie is written here and read in `auth`."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from api.body import StrictRoute
from api.dependencies import service, services_of
from api.errors import BODY_ERRORS, responses
from api.session.cookie import SessionCookie
from api.session.schemas import Session, SignInInput
from api.session.service import SessionService
from gateway_core.domain.errors import (
    authentication_failed,
    bad_request,
    cross_site_refused,
    rate_limited,
    sign_in_failed,
)
from gateway_core.domain.sign_in import client_address

FORWARDED_FOR = "x-forwarded-for"
MAX_HOPS = 20
SET_COOKIE: dict[str, Any] = {"headers": {"Set-Cookie": {"$ref": "#/components/headers/Set-Cookie"}}}

Sessions = Annotated[SessionService, service("session")]
Cookie = Annotated[SessionCookie, service("cookie")]

router = APIRouter(prefix="/api/v1/session", tags=["Session"], route_class=StrictRoute)


async def session_token(request: Request) -> str | None:
    """The session's token, None without one; FORBIDDEN_ERROR unless the dashboard made the request."""
    return services_of(request).authenticator.session_token_of(request)


async def address(request: Request) -> str:
    """Where the request comes from, as far as the proxies on its way are trusted."""
    peer = request.client.host if request.client else ""
    entries = ",".join(request.headers.getlist(FORWARDED_FOR)).split(",")
    hops = [entry.strip() for entry in entries[-MAX_HOPS:]]
    return client_address(peer, hops, services_of(request).trusted_proxies)


Token = Annotated[str | None, Depends(session_token)]
Address = Annotated[str, Depends(address)]


@router.get(
    "",
    operation_id="getSession",
    summary="Read the session",
    responses=responses(authentication_failed(), cross_site_refused()),
)
async def current(token: Token, sessions: Sessions) -> Session:
    return await sessions.current(token)


@router.post(
    "",
    operation_id="signIn",
    summary="Sign in to the dashboard",
    responses=responses(
        *BODY_ERRORS,
        bad_request("password is required", field="password"),
        sign_in_failed(),
        cross_site_refused(),
        rate_limited(5),
    )
    | {200: SET_COOKIE},
)
async def sign_in(
    response: Response, token: Token, address: Address, body: SignInInput, sessions: Sessions, cookie: Cookie
) -> Session:
    """For the dashboard's own pages, see the scheme `Session`. Sets the session's cookie; the session that was sent
    along ends. In a local evaluation the seeded merchant takes any password.
    """
    signed_in = await sessions.sign_in(body, address, token)
    response.headers["set-cookie"] = cookie.issue(signed_in.token)
    return signed_in.session


@router.delete(
    "",
    operation_id="signOut",
    summary="Sign out",
    status_code=204,
    responses=responses(cross_site_refused()) | {204: SET_COOKIE},
)
async def sign_out(response: Response, token: Token, sessions: Sessions, cookie: Cookie) -> None:
    """Ends the session, if there is one, and clears its cookie."""
    await sessions.sign_out(token)
    response.headers["set-cookie"] = cookie.clear()
