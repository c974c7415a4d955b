"""How built files are served."""

from __future__ import annotations

import httpx
import pytest
from web_stubs import SCRIPT

from web_server.checkout import make_app
from web_server.files import NotBuilt
from web_server.origins import AllowedOrigins
from web_server.settings import WebSettings


async def test_the_sdk_is_open_to_every_site(client: httpx.AsyncClient) -> None:
    answer = await client.get("/checkout.js")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"


async def test_the_floating_script_is_asked_for_again_and_the_pinned_one_never(
    client: httpx.AsyncClient,
) -> None:
    floating = await client.get("/checkout.js")
    pinned = await client.get("/checkout.0123456789abcdef.js")
    assert "max-age=300" in floating.headers["cache-control"]
    assert "immutable" in pinned.headers["cache-control"]
    assert "immutable" in (await client.get("/assets/index-abc.js")).headers["cache-control"]


async def test_an_asset_is_not_open_to_other_sites(client: httpx.AsyncClient) -> None:
    assert "access-control-allow-origin" not in (await client.get("/assets/index-abc.js")).headers


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("br, gzip", "br"),
        ("gzip, deflate", "gzip"),
        ("gzip;q=1.0, br;q=0", "gzip"),
        ("br; q=0, gzip; q=0", None),
        ("identity", None),
        ("", None),
        ("BR", "br"),
    ],
)
async def test_encodings(client: httpx.AsyncClient, accepted: str, encoding: str | None) -> None:
    async with client.stream("GET", "/checkout.js", headers={"Accept-Encoding": accepted}) as answer:
        assert answer.headers.get("content-encoding") == encoding
        assert answer.headers["vary"] == "Accept-Encoding"


async def test_unchanged_is_not_sent_again(client: httpx.AsyncClient) -> None:
    plain = {"Accept-Encoding": "identity"}
    first = await client.get("/checkout.js", headers=plain)
    assert first.text == SCRIPT
    again = await client.get("/checkout.js", headers={**plain, "If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = await client.get("/checkout.js", headers={**plain, "If-None-Match": '"something"'})
    assert other.status_code == 200


async def test_head(client: httpx.AsyncClient) -> None:
    answer = await client.head("/checkout.js", headers={"Accept-Encoding": "identity"})
    assert (answer.status_code, answer.headers["content-length"]) == (200, str(len(SCRIPT)))


@pytest.mark.parametrize(
    "path",
    [
        "/assets/..%2findex.html",
        "/assets/%2e%2e/index.html",
        "/assets/index.html",
        "/index.html",
        "/checkout.js.gz",
    ],
)
async def test_nothing_but_the_named_files(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 404


@pytest.mark.parametrize(
    ("folder", "name"), [("checkout", "index.html"), ("checkout", "assets/hi-2.json"), ("sdk", "checkout.js")]
)
async def test_an_incomplete_build_is_said_at_once(
    settings: WebSettings, origins: AllowedOrigins, folder: str, name: str
) -> None:
    dist = settings.checkout_dist if folder == "checkout" else settings.sdk_dist
    (dist / name).unlink()
    with pytest.raises(NotBuilt):
        make_app(settings, origins)


async def test_a_page_without_its_places_is_refused(settings: WebSettings, origins: AllowedOrigins) -> None:
    (settings.checkout_dist / "index.html").write_text("<html></html>", encoding="utf-8")
    with pytest.raises(NotBuilt):
        make_app(settings, origins)
