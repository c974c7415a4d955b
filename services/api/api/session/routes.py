"""Sessions over HTTP. API keys mean nothing to them; their cookie is written here and read in `auth`."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BeforeValidator

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

OPTIONAL_RULE = "optional must be true or false"


def check_optional(value: object) -> bool:
    """A query's ``optional``, or BAD_REQUEST_ERROR."""
    if value not in ("true", "false", False):
        raise bad_request(OPTIONAL_RULE, field="optional")
    return value == "true"


Optional = Annotated[
    bool,
    Query(
        description="Answer 204 instead of 401 when nobody is signed in: browsers log every 401 as an error."
    ),
    BeforeValidator(check_optional),
]
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
    response_model=Session,
    responses=responses(
        authentication_failed(), cross_site_refused(), bad_request(OPTIONAL_RULE, field="optional")
    )
    | {204: {"description": "Nobody is signed in, and `optional` is `true`."}},
)
async def current(token: Token, sessions: Sessions, optional: Optional = False) -> Session | Response:
    found = await sessions.find(token)
    if found is None and not optional:
        raise authentication_failed()
    return Response(status_code=204) if found is None else found


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
