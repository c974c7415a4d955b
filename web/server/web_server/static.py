"""Responses of every site: a built file, an error, and the health check."""

from __future__ import annotations

import gzip
from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from web_server import headers
from web_server.files import BuiltFile

GZIP_LEVEL = 5


def html(request: Request, page: bytes, sent: dict[str, str]) -> Response:
    """A page, compressed if the browser accepts that."""
    if "gzip" in request.headers.get("accept-encoding", ""):
        page = gzip.compress(page, GZIP_LEVEL, mtime=0)
        sent = {**sent, "Content-Encoding": "gzip"}
    return Response(page, headers=sent, media_type="text/html")


def file(request: Request, files: Mapping[str, BuiltFile], name: str, sent: Mapping[str, str]) -> Response:
    """The built file of that name; 404 if there is none, 304 if the browser has it."""
    found = files.get(name)
    if found is None:
        raise HTTPException(404)
    common = {**headers.EVERYWHERE, **sent, "ETag": found.etag, "Vary": "Accept-Encoding"}
    if found.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=common)
    encoding, body = found.choose(request.headers.get("accept-encoding", ""))
    if encoding != "identity":
        common["Content-Encoding"] = encoding
    return Response(body, headers={**common, "Content-Type": found.content_type})


async def refuse(_request: Request, error: Exception) -> Response:
    """404 and 405, locked down like a page."""
    assert isinstance(error, HTTPException)
    sent = {**headers.page_headers("", ()), **(error.headers or {})}
    return PlainTextResponse(error.detail, status_code=error.status_code, headers=sent)


async def health(_request: Request) -> Response:
    """This process is alive, even if the API is not."""
    return JSONResponse({"status": "alive"}, headers={"Cache-Control": "no-store"})
