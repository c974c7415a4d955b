"""The content of the HTML, and which sites may frame it."""

from __future__ import annotations

import httpx
import pytest
from web_stubs import ORDER_ID, ApiStub

EMBEDDED = f"/checkout?order_id={ORDER_ID}&embedded=true"


def _policy(answer: httpx.Response) -> dict[str, str]:
    directives = (part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
    return {part[0]: part[1] for part in directives}


@pytest.mark.parametrize("path", ["/", "/checkout", "/success", "/failure", EMBEDDED])
async def test_every_page_is_locked_down(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 200
    assert "React" in answer.text
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["cache-control"] == "no-store"
    assert "camera=()" in answer.headers["permissions-policy"]
    policy = _policy(answer)
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["style-src"] == "'self'"
    assert policy["connect-src"] == "'self' https://api.example.com"
    assert "unsafe" not in answer.headers["content-security-policy"]


async def test_the_merchants_sites_may_frame_the_checkout(client: httpx.AsyncClient, api: ApiStub) -> None:
    api.answer = lambda: api.origins("https://shop.example.com", "http://localhost:*")
    policy = _policy(await client.get(EMBEDDED))
    assert policy["frame-ancestors"] == "https://shop.example.com http://localhost:*"
    assert api.asked == [f"http://api/api/v1/checkout/origins?order_id={ORDER_ID}"]


@pytest.mark.parametrize(
    "path",
    [
        "/",
        f"/checkout?order_id={ORDER_ID}",
        "/checkout?embedded=true",
        f"/success?order_id={ORDER_ID}&embedded=true",
    ],
)
async def test_nothing_else_can_be_framed(client: httpx.AsyncClient, path: str) -> None:
    assert _policy(await client.get(path))["frame-ancestors"] == "'none'"


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500),
        httpx.Response(200, json={}),
        httpx.Response(200, json={"allowed_origins": None}),
        httpx.Response(200, text="<html>"),
        httpx.Response(
            200, json={"allowed_origins": ["*", "https:", "'self'", "https://a; script-src *", "https://a b"]}
        ),
        httpx.Response(200, json={"allowed_origins": []}),
    ],
    ids=["failing", "empty", "null", "no json", "hostile", "none"],
)
async def test_without_a_clear_response_no_site_may_frame_it(
    client: httpx.AsyncClient, api: ApiStub, answer: httpx.Response
) -> None:
    api.answer = lambda: answer
    shown = await client.get(EMBEDDED)
    assert shown.status_code == 200
    assert _policy(shown)["frame-ancestors"] == "'none'"


@pytest.mark.parametrize(
    ("answer", "referer", "refusal"),
    [
        (httpx.Response(404), "https://shop.example.com/", "order_not_found"),
        (httpx.Response(404), None, "order_not_found"),
        (ApiStub.origins("https://shop.example.com"), "https://shop.example.com/", None),
        (ApiStub.origins("https://shop.example.com"), None, None),
        (ApiStub.origins("https://shop.example.com"), "https://other.example.com/", "origin_not_allowed"),
        (ApiStub.origins(), "https://shop.example.com/", "origin_not_allowed"),
    ],
)
async def test_a_refusal_is_told_to_whoever_is_refused(
    client: httpx.AsyncClient, api: ApiStub, answer: httpx.Response, referer: str | None, refusal: str | None
) -> None:
    api.answer = lambda: answer
    shown = await client.get(EMBEDDED, headers={"Referer": referer} if referer else {})
    assert (f'<meta name="refusal" content="{refusal}">' in shown.text) is bool(refusal)
    assert ("preload" in shown.text) is not bool(refusal)
    assert _policy(shown)["frame-ancestors"] == ("*" if refusal else "https://shop.example.com")


async def test_a_framed_page_fits_a_shop_that_is_isolated(client: httpx.AsyncClient) -> None:
    framed, alone = await client.get(EMBEDDED), await client.get(f"/checkout?order_id={ORDER_ID}")
    assert framed.headers["cross-origin-embedder-policy"] == "require-corp"
    assert framed.headers["cross-origin-resource-policy"] == "cross-origin"
    assert "cross-origin-resource-policy" not in alone.headers


async def test_an_api_that_is_down_costs_the_framing_only(client: httpx.AsyncClient, api: ApiStub) -> None:
    def down() -> httpx.Response:
        raise httpx.ConnectError("refused")

    api.answer = down
    assert _policy(await client.get(EMBEDDED))["frame-ancestors"] == "'none'"


async def test_the_page_knows_the_api_and_fetches_the_order_early(client: httpx.AsyncClient) -> None:
    page = (await client.get(f"/checkout?order_id={ORDER_ID}")).text
    assert '<meta name="api-base" content="https://api.example.com">' in page
    href = f"https://api.example.com/api/v1/orders/{ORDER_ID}/public"
    assert f'<link rel="preload" as="fetch" crossorigin="anonymous" href="{href}">' in page


@pytest.mark.parametrize("order_id", ['"><script>', "order_%22%3E", "../../etc", "order_" + "a" * 65])
async def test_what_is_no_order_id_is_not_in_the_page(
    client: httpx.AsyncClient, api: ApiStub, order_id: str
) -> None:
    answer = await client.get("/checkout", params={"order_id": order_id, "embedded": "true"})
    assert "preload" not in answer.text
    assert "<script>" not in answer.text
    assert api.asked == []


async def test_texts_cannot_end_their_element(client: httpx.AsyncClient) -> None:
    page = (await client.get("/")).text
    assert (
        '<script type="application/json" id="messages-en">{"title":"\\u003c/script>\\u003cb>"}</script>'
        in page
    )


@pytest.mark.parametrize(
    ("query", "header", "locale"),
    [
        ("", "", "en"),
        ("", "hi-IN,hi;q=0.9,en;q=0.8", "hi"),
        ("", "fr,hi;q=0.5", "hi"),
        ("", "en-GB,hi", "en"),
        ("?locale=hi", "en", "hi"),
        ("?locale=en", "hi", "en"),
        ("?locale=xx", "hi", "hi"),
    ],
)
async def test_locale(client: httpx.AsyncClient, query: str, header: str, locale: str) -> None:
    page = (await client.get(f"/{query}", headers={"Accept-Language": header})).text
    assert f'<html lang="{locale}"' in page
    assert f'id="messages-{locale}"' in page


@pytest.mark.parametrize(
    ("theme", "attribute"),
    [("dark", ' data-theme="dark"'), ("light", ' data-theme="light"'), ('x" onload="', "")],
)
async def test_theme(client: httpx.AsyncClient, theme: str, attribute: str) -> None:
    assert f'<html lang="en"{attribute}>' in (await client.get("/checkout", params={"theme": theme})).text


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://shop.example.com/done?a=1&b=2", True),
        ("https://shop.example.com:443/", True),
        ("https://SHOP.example.com/", True),
        ("http://shop.example.com/", False),
        ("https://shop.example.com.evil.com/", False),
        ("https://evil.com/?https://shop.example.com", False),
        ("https://shop.example.com@evil.com/", False),
        ("https://user@shop.example.com/", False),
        ("https://shop.example.com\\@evil.com/", False),
        ("https://shop.example.com:8443/", False),
        ("javascript:alert(1)", False),
        ("//shop.example.com/", False),
        ("https://shop.example.com:99999/", False),
    ],
)
async def test_a_way_back_is_offered_to_the_merchants_sites_only(
    client: httpx.AsyncClient, url: str, allowed: bool
) -> None:
    page = (await client.get("/success", params={"order_id": ORDER_ID, "return_url": url})).text
    assert ('name="return-url"' in page) is allowed


async def test_a_way_back_to_any_port_of_this_machine(client: httpx.AsyncClient, api: ApiStub) -> None:
    api.answer = lambda: api.origins("http://localhost:*", "https://*.shops.example")
    for url, allowed in (
        ("http://localhost:4000/done", True),
        ("https://one.shops.example/", True),
        ("https://shops.example/", False),
        ("http://localhost.evil.com/", False),
    ):
        page = (await client.get("/success", params={"order_id": ORDER_ID, "return_url": url})).text
        assert (url, 'name="return-url"' in page) == (url, allowed)


async def test_gzip_when_the_browser_takes_it(client: httpx.AsyncClient) -> None:
    plain = await client.get("/", headers={"Accept-Encoding": "identity"})
    packed = await client.get("/", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.text == plain.text


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nothing", 404), ("POST", "/checkout", 405)])
async def test_other_addresses_are_refused_just_as_safely(
    client: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    answer = await client.request(method, path)
    assert answer.status_code == status
    assert _policy(answer)["default-src"] == "'none'"


async def test_alive(client: httpx.AsyncClient, api: ApiStub) -> None:
    assert (await client.get("/healthz")).json() == {"status": "alive"}
    assert api.asked == []
