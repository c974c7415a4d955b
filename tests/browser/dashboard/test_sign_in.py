"""Signing in, returning to the requested page, signing out; and which requests may use a session."""

from __future__ import annotations

import httpx
import pytest
from browser_kit.dashboard import COOKIE, EMAIL, PASSWORD, Dashboard, Newcomer
from browser_kit.gateway import Gateway
from browser_kit.looking import look
from browser_kit.serving import served
from playwright.sync_api import Page, expect
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

pytestmark = pytest.mark.e2e


def _sign_in(dashboard: Dashboard, email: str, password: str) -> None:
    dashboard.wait_for("login-form")
    dashboard.get("email-input").fill(email)
    dashboard.get("password-input").fill(password)
    dashboard.get("login-button").click()


def test_the_way_in_leads_back_to_where_one_wanted(signed_out: Dashboard) -> None:
    signed_out.open("/dashboard?days=7")
    _sign_in(signed_out, EMAIL, PASSWORD)
    signed_out.wait_for("dashboard")
    expect(signed_out.page).to_have_url(f"{signed_out.url}/dashboard?days=7")


def test_the_first_address_leads_home(dashboard: Dashboard) -> None:
    dashboard.open("/")
    dashboard.wait_for("dashboard")
    expect(dashboard.page).to_have_url(f"{dashboard.url}/dashboard")


def test_the_session_is_out_of_reach_of_scripts(signed_out: Dashboard) -> None:
    signed_out.open("/login")
    _sign_in(signed_out, EMAIL, PASSWORD)
    signed_out.wait_for("dashboard")
    (cookie,) = [each for each in signed_out.page.context.cookies() if each["name"] == COOKIE]
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Strict", "/")
    assert signed_out.page.evaluate("document.cookie") == ""
    stored = "JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)])"
    assert signed_out.page.evaluate(stored) == "[[],[]]"


def test_a_real_password_is_needed_where_there_is_one(signed_out: Dashboard, newcomer: Newcomer) -> None:
    signed_out.open("/login")
    _sign_in(signed_out, newcomer.email, "not it")
    expect(signed_out.get("error-note")).to_contain_text("Invalid email or password")
    assert signed_out.page.context.cookies() == []
    _sign_in(signed_out, newcomer.email, newcomer.password)
    signed_out.wait_for("dashboard")
    expect(signed_out.get("account-button")).to_contain_text("Chai & Co")


def test_signing_out_ends_the_session(newcomers_dashboard: Dashboard) -> None:
    page = newcomers_dashboard.page
    (cookie,) = page.context.cookies()
    newcomers_dashboard.open()
    newcomers_dashboard.wait_for("account-button").click()
    newcomers_dashboard.get("sign-out-button").click()
    newcomers_dashboard.wait_for("login-form")
    newcomers_dashboard.open("/dashboard/keys")
    newcomers_dashboard.wait_for("login-form")
    stolen = {"Cookie": f"{COOKIE}={cookie['value']}", "Sec-Fetch-Site": "same-origin"}
    answer = httpx.get(f"{newcomers_dashboard.url}/api/v1/session", headers=stolen)
    assert answer.status_code == 401


def test_a_session_that_ended_elsewhere_is_asked_for_in_place(
    newcomers_dashboard: Dashboard, newcomer: Newcomer
) -> None:
    newcomers_dashboard.open()
    newcomers_dashboard.wait_for("dashboard")
    newcomers_dashboard.page.evaluate(
        "fetch('/api/v1/session', {method: 'DELETE', headers: {'X-Gateway-Dashboard': '1'}})"
    )
    newcomers_dashboard.wait_for("session-over")
    expect(newcomers_dashboard.get("email-input")).to_have_value(newcomer.email)
    newcomers_dashboard.get("password-input").fill(newcomer.password)
    newcomers_dashboard.get("login-button").click()
    expect(newcomers_dashboard.get("session-over")).to_have_count(0)
    newcomers_dashboard.wait_for("dashboard")


def test_a_page_of_another_port_cannot_act(dashboard: Dashboard, page: Page) -> None:
    """Cookies ignore ports: the session is sent along, and the request refused for where it comes from."""
    evil = Starlette(routes=[Route("/", lambda _: HTMLResponse("<form method=post enctype=text/plain>"))])
    dashboard.open()
    dashboard.wait_for("dashboard")
    with served(lambda _: evil) as url:
        page.goto(url)
        target = f"{dashboard.url}/api/v1/api-keys"
        with page.expect_response(target) as seen:
            page.evaluate(
                "url => { const form = document.forms[0]; form.action = url; form.submit() }", target
            )
        assert seen.value.request.headers["origin"] == url
        assert COOKIE in seen.value.request.all_headers()["cookie"]
        assert seen.value.status == 403


def test_nobody_may_frame_it(signed_out: Dashboard, page: Page) -> None:
    frame = HTMLResponse(f'<iframe src="{signed_out.url}/login"></iframe>')
    with served(lambda _: Starlette(routes=[Route("/", lambda _: frame)])) as url:
        page.goto(url)
        page.wait_for_load_state("networkidle")
        assert page.frames[1].locator("[data-test-id=login-form]").count() == 0


def test_unknown_addresses_are_refused_by_the_server(gateway: Gateway) -> None:
    assert httpx.get(f"{gateway.dashboard_url}/dashboard/nothing").status_code == 404
    assert "React" in httpx.get(f"{gateway.dashboard_url}/").text


def test_accessible_and_whole(signed_out: Dashboard, page: Page) -> None:
    signed_out.open("/login")
    signed_out.wait_for("login-form")
    look(page, "dashboard-login", full_page=False)
    _sign_in(signed_out, "nobody@example.com", "wrong")
    signed_out.wait_for("error-note")
    look(page, "dashboard-login-refused", full_page=False)
