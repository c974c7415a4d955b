"""Webhooks: the endpoint, the delivery log, retries, and a delivery in detail."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from browser_kit.dashboard import Dashboard, Newcomer
from browser_kit.gateway import Gateway
from browser_kit.looking import look
from browser_kit.receiver import Received, Receiver, running_receiver
from playwright.sync_api import Page, expect

from gateway_core.domain.signing import sign_body

pytestmark = pytest.mark.e2e

PATH = "/dashboard/webhooks"
PAGE_ROWS = 20
DELIVERED_WITHIN_MS = 10_000
CURL_TIMEOUT_S = 20


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with running_receiver() as running:
        yield running


@pytest.fixture
def listening(newcomer: Newcomer, receiver: Receiver) -> Receiver:
    """The newcomer's own endpoint."""
    newcomer.merchant.request("PUT", "/webhooks/config", {"webhook_url": receiver.url})
    return receiver


def open_log(dashboard: Dashboard, search: str = "") -> None:
    dashboard.open(PATH + search)
    dashboard.wait_for("webhook-logs-table")


def is_test(received: Received) -> bool:
    return received.headers["x-webhook-event"] == "webhook.test"


def delivered_test(newcomer: Newcomer, receiver: Receiver) -> str:
    """The id of a test's delivery that has had its first attempt."""
    newcomer.merchant.request("POST", "/webhooks/test")
    return receiver.wait_for(is_test).headers["webhook-id"]


def fail_all(gateway: Gateway, newcomer: Newcomer) -> int:
    """As after five attempts: how many deliveries were waiting for their next one."""
    with psycopg.connect(gateway.database_url) as conn:
        ended = conn.execute(
            """
            UPDATE webhook_logs l SET status = 'failed', attempts = 5, next_retry_at = NULL, leased_until = NULL
            FROM merchants m WHERE m.id = l.merchant_id AND m.email = %s AND l.status = 'pending'
            """,
            (newcomer.email,),
        )
        return ended.rowcount


def test_an_endpoint_is_configured_with_a_choice_of_events(
    newcomers_dashboard: Dashboard, newcomer: Newcomer, receiver: Receiver, page: Page
) -> None:
    open_log(newcomers_dashboard)
    expect(newcomers_dashboard.get("no-deliveries")).to_contain_text("Enter your endpoint’s URL above")
    url = newcomers_dashboard.get("webhook-url-input")
    save = newcomers_dashboard.get("save-webhook-button")
    url.fill("ftp://example.com")
    save.click()
    expect(newcomers_dashboard.get("webhook-config").get_by_role("alert")).to_have_text(
        "webhook_url must start with http:// or https://."
    )
    expect(url).to_have_attribute("aria-invalid", "true")
    url.fill(receiver.url)
    page.get_by_role("radio", name="Only these").check()
    for event in ("payment.created", "payment.pending", "payment.failed"):
        newcomers_dashboard.get(f"event-{event}").uncheck()
    save.click()
    expect(newcomers_dashboard.get("toasts")).to_contain_text("Saved")
    config = newcomer.merchant.request("GET", "/webhooks/config")
    assert config["webhook_url"] == receiver.url
    assert config["webhook_events"] == [
        "payment.success",
        "refund.created",
        "refund.processed",
        "refund.failed",
    ]
    page.reload()
    newcomers_dashboard.wait_for("webhook-url-input")
    expect(url).to_have_value(receiver.url)
    expect(newcomers_dashboard.get("event-payment.failed")).not_to_be_checked()


def test_no_event_at_all_is_not_a_choice(newcomers_dashboard: Dashboard, page: Page) -> None:
    open_log(newcomers_dashboard)
    page.get_by_role("radio", name="Only these").check()
    for box in newcomers_dashboard.get("webhook-config").get_by_role("checkbox").all():
        box.uncheck()
    expect(newcomers_dashboard.get("events-note")).to_have_text("Choose at least one event.")


def test_a_test_without_an_endpoint_says_so_at_the_field(newcomers_dashboard: Dashboard) -> None:
    open_log(newcomers_dashboard)
    newcomers_dashboard.wait_for("test-webhook-button").click()
    alert = newcomers_dashboard.get("webhook-config").get_by_role("alert")
    expect(alert).to_have_text("No webhook_url is configured.")


def test_a_test_is_delivered_and_appears_by_itself(
    newcomers_dashboard: Dashboard, newcomer: Newcomer, listening: Receiver
) -> None:
    open_log(newcomers_dashboard)
    newcomers_dashboard.wait_until_live()
    newcomers_dashboard.get("test-webhook-button").click()
    row = newcomers_dashboard.get("webhook-log-item")
    expect(row).to_have_count(1, timeout=DELIVERED_WITHIN_MS)
    expect(row.locator('[data-test-id="webhook-status"]')).to_have_text("success")
    expect(row.locator('[data-test-id="webhook-event"]')).to_have_text("webhook.test")
    expect(row.locator('[data-test-id="webhook-attempts"]')).to_have_text("1")
    expect(row.locator('[data-test-id="webhook-response-code"]')).to_have_text("200")
    expect(row.locator('[data-test-id="webhook-last-attempt"] time')).to_be_visible()
    expect(newcomers_dashboard.get("retry-webhook-button")).to_have_count(0)
    received = listening.wait_for(is_test)
    assert row.get_attribute("data-webhook-id") == received.headers["webhook-id"]


def test_the_secret_is_masked_revealed_and_replaced(
    newcomers_dashboard: Dashboard, newcomer: Newcomer, listening: Receiver
) -> None:
    open_log(newcomers_dashboard)
    secret = newcomers_dashboard.wait_for("webhook-secret")
    expect(secret).to_have_text(re.compile(r"^whsec_\S{3}\*\*\*$"))
    newcomers_dashboard.get("reveal-secret-button").click()
    expect(secret).to_have_text(re.compile(r"^whsec_[A-Za-z0-9+/=_-]{20,}$"))
    old = secret.inner_text()
    newcomers_dashboard.get("reveal-secret-button").click()
    expect(secret).to_have_text(re.compile(r"\*\*\*$"))
    newcomers_dashboard.get("regenerate-secret-button").click()
    newcomers_dashboard.wait_for("regenerate-dialog").get_by_role("button", name="Cancel").click()
    newcomers_dashboard.get("regenerate-secret-button").click()
    newcomers_dashboard.wait_for("confirm-button").click()
    new = newcomers_dashboard.wait_for("new-webhook-secret").inner_text()
    assert new not in ("", old)
    newcomers_dashboard.get("new-secret-done").click()
    assert new not in newcomers_dashboard.page.content()
    newcomers_dashboard.get("test-webhook-button").click()
    received = listening.wait_for(is_test)
    assert received.headers["x-webhook-signature"] == sign_body(received.body, new)
    newcomers_dashboard.get("reveal-secret-button").click()
    expect(secret).to_have_text(new)


def test_a_failure_is_retried_from_the_log(
    newcomers_dashboard: Dashboard, newcomer: Newcomer, listening: Receiver
) -> None:
    listening.status = 500
    delivery_id = delivered_test(newcomer, listening)
    open_log(newcomers_dashboard)
    row = newcomers_dashboard.get("webhook-log-item")
    expect(row.locator('[data-test-id="webhook-status"]')).to_have_text("pending")
    expect(row.locator('[data-test-id="webhook-response-code"]')).to_have_text("500")
    listening.status = 200
    retry = newcomers_dashboard.get("retry-webhook-button")
    expect(retry).to_have_attribute("data-webhook-id", delivery_id)
    retry.click()
    expect(newcomers_dashboard.get("toasts")).to_contain_text("Webhook retry scheduled")
    expect(row.locator('[data-test-id="webhook-status"]')).to_have_text(
        "success", timeout=DELIVERED_WITHIN_MS
    )
    expect(retry).to_have_count(0)


def test_everything_that_failed_since_a_moment_is_retried(
    newcomers_dashboard: Dashboard, newcomer: Newcomer, listening: Receiver, gateway: Gateway
) -> None:
    listening.status = 503
    for _ in range(2):
        newcomer.merchant.request("POST", "/webhooks/test")
    listening.wait_for(lambda _: len(listening.received) == 2)
    open_log(newcomers_dashboard)
    expect(newcomers_dashboard.get("webhook-response-code").get_by_text("503")).to_have_count(2)
    assert fail_all(gateway, newcomer) == 2
    listening.status = 200
    newcomers_dashboard.get("retry-failed-button").click()
    newcomers_dashboard.wait_for("retry-since").fill("")
    newcomers_dashboard.get("retry-failed-confirm").click()
    expect(newcomers_dashboard.get("retry-failed-dialog").get_by_role("alert")).to_have_text(
        "Enter a date and a time."
    )
    since = (datetime.now(UTC) - timedelta(hours=1)).astimezone()
    newcomers_dashboard.get("retry-since").fill(since.strftime("%Y-%m-%dT%H:%M"))
    newcomers_dashboard.get("retry-failed-confirm").click()
    expect(newcomers_dashboard.get("toasts")).to_contain_text("2 deliveries scheduled")
    statuses = newcomers_dashboard.get("webhook-status").get_by_text("success")
    expect(statuses).to_have_count(2, timeout=DELIVERED_WITHIN_MS)


def test_the_logs_filters_and_pages_are_its_address(
    newcomers_dashboard: Dashboard, newcomer: Newcomer, listening: Receiver, page: Page
) -> None:
    payment_ids = [newcomer.merchant.pay(vpa="failure@bank") for _ in range(8)]
    for payment_id in payment_ids:
        newcomer.merchant.settled(payment_id)
    listening.wait_for(lambda _: len(listening.received) >= 3 * len(payment_ids))
    open_log(newcomers_dashboard)
    rows = newcomers_dashboard.get("webhook-log-item")
    expect(newcomers_dashboard.get("delivery-total")).to_have_text("24")
    expect(rows).to_have_count(PAGE_ROWS)
    newcomers_dashboard.get("next-page").click()
    expect(page).to_have_url(re.compile(r"\?page=2$"))
    expect(rows).to_have_count(4)
    page.reload()
    expect(rows).to_have_count(4)
    newcomers_dashboard.get("event-filter").select_option("payment.failed")
    expect(page).to_have_url(re.compile(r"\?event=payment\.failed$"))
    expect(rows).to_have_count(8)
    newcomers_dashboard.get("subject-filter").fill(payment_ids[0])
    expect(rows).to_have_count(1)
    newcomers_dashboard.get("status-filter").select_option("failed")
    newcomers_dashboard.wait_for("no-matches")
    page.go_back()
    expect(rows).to_have_count(1)
    newcomers_dashboard.get("clear-filters").click()
    expect(rows).to_have_count(PAGE_ROWS)
    newcomers_dashboard.open(PATH + "?status=nonsense")
    newcomers_dashboard.wait_for("bad-filters").get_by_role("button", name="Clear filters").click()
    expect(rows).to_have_count(PAGE_ROWS)


def test_a_delivery_in_detail_and_its_curl(
    newcomers_dashboard: Dashboard, newcomer: Newcomer, listening: Receiver, page: Page
) -> None:
    listening.status, listening.answer = 500, b'{"oops": "it\'s broken"}'
    listening.answer_headers = {"X-Trace": "abc"}
    payment_id = newcomer.merchant.pay(
        receipt='it\'s $(touch /tmp/x) `id` "₹" 🙂 \\n !! ;', vpa="success@bank"
    )
    sent = listening.wait_for(lambda received: received.headers["x-webhook-event"] == "payment.created")
    open_log(newcomers_dashboard, f"?event=payment.created&q={payment_id}")
    newcomers_dashboard.get("webhook-event").get_by_role("link").click()
    newcomers_dashboard.wait_for("attempt")
    expect(newcomers_dashboard.get("attempt-result")).to_have_text("500")
    signature = f"X-Webhook-Signature: {sent.headers['x-webhook-signature']}"
    expect(newcomers_dashboard.get("request-headers")).to_contain_text(signature)
    expect(newcomers_dashboard.get("response-headers")).to_contain_text("x-trace: abc")
    expect(newcomers_dashboard.get("response-body")).to_have_text('{"oops": "it\'s broken"}')
    expect(newcomers_dashboard.get("attempt")).to_contain_text(re.compile(r"\d ms"))
    page.get_by_role("radio", name="As sent").check()
    assert newcomers_dashboard.get("delivery-payload").text_content() == sent.body.decode()

    command = newcomers_dashboard.get("delivery-curl").text_content() or ""
    listening.received.clear()
    subprocess.run(["bash", "-c", command], check=True, capture_output=True, timeout=CURL_TIMEOUT_S)
    again = listening.wait_for(lambda received: received.headers["webhook-id"] == sent.headers["webhook-id"])
    assert again.body == sent.body
    for name in (
        "x-webhook-signature",
        "webhook-id",
        "webhook-timestamp",
        "webhook-signature",
        "content-type",
    ):
        assert again.headers[name] == sent.headers[name]

    listening.status = 200
    newcomers_dashboard.get("retry-webhook-button").click()
    expect(newcomers_dashboard.get("webhook-status")).to_have_text("success", timeout=DELIVERED_WITHIN_MS)
    expect(newcomers_dashboard.get("attempt")).to_have_count(2)
    expect(newcomers_dashboard.get("retry-webhook-button")).to_have_count(0)


def test_another_merchants_delivery_is_not_shown(newcomers_dashboard: Dashboard) -> None:
    newcomers_dashboard.open(f"{PATH}/3f0c8a52-7a34-4b62-9c2e-0a4d5a1f6b11")
    newcomers_dashboard.wait_for("no-delivery")
    newcomers_dashboard.open(f"{PATH}/%3Cscript%3E")
    newcomers_dashboard.wait_for("no-delivery")


def test_the_debugger_finds_the_cause_for_a_real_delivery(
    newcomers_dashboard: Dashboard, newcomer: Newcomer, listening: Receiver, page: Page
) -> None:
    delivery_id = delivered_test(newcomer, listening)
    body = listening.received[0].body.decode()
    newcomers_dashboard.open(f"{PATH}/{delivery_id}")
    newcomers_dashboard.wait_for("attempt")
    page.get_by_role("link", name="Debug signature").click()
    expect(newcomers_dashboard.wait_for("debug-headers")).to_have_value(re.compile("webhook-id: "))
    secret = page.evaluate("fetch('/api/v1/webhooks/secret').then((r) => r.json())")["webhook_secret"]
    pretty = page.evaluate("(body) => JSON.stringify(JSON.parse(body), null, 2)", body)
    ordered = page.evaluate(
        "(body) => { const v = JSON.parse(body); return JSON.stringify({data: v.data, ...v}) }", body
    )
    both = ("hex", "standard")
    cases = [
        (body, secret, both, ""),
        (pretty, secret, both, "body-indented"),
        (ordered, secret, both, "body-reformatted"),
        (body, "whsec_older", both, "secret-other"),
        # Only the text of the secret has the space: decoding base64, as the libraries do, skips it.
        (body, f"{secret} ", ("hex",), "secret-space"),
        (body, f"{secret} ", ("standard",), ""),
        (body.replace("test", "tset", 1), secret, both, "altered"),
    ]
    for pasted, used, schemes, causes in cases:
        newcomers_dashboard.get("debug-body").fill(pasted)
        newcomers_dashboard.get("debug-secret").fill(used)
        newcomers_dashboard.get("debug-check").click()
        for scheme in schemes:
            verdict = newcomers_dashboard.get(f"verdict-{scheme}")
            expect(verdict).to_have_attribute("data-causes", causes)


CORPUS = [
    "<script>window.pwned=1</script>",
    '"><img src=x onerror=window.pwned=1>',
    "<svg/onload=window.pwned=1>",
    "javascript:window.pwned=1",
    "</textarea></code><iframe srcdoc='<script>parent.pwned=1</script>'>",
    "{{constructor.constructor('window.pwned=1')()}}",
]


def test_what_receivers_say_is_text(
    newcomers_dashboard: Dashboard, newcomer: Newcomer, receiver: Receiver, page: Page
) -> None:
    receiver.status, receiver.answer = 400, "\n".join(CORPUS).encode()
    receiver.answer_headers = {f"X-Evil-{number}": text for number, text in enumerate(CORPUS)}
    url = receiver.url + "?" + CORPUS[0] + CORPUS[2]
    newcomer.merchant.request("PUT", "/webhooks/config", {"webhook_url": url})
    receipt, vpa = "".join(CORPUS[:2]), "success@bank"
    newcomer.merchant.pay(receipt=receipt, vpa=vpa, notes={"note": "".join(CORPUS)})
    delivery = receiver.wait_for(lambda received: received.headers["x-webhook-event"] == "payment.created")
    open_log(newcomers_dashboard)
    expect(newcomers_dashboard.get("webhook-url-input")).to_have_value(url)
    newcomers_dashboard.open(f"{PATH}/{delivery.headers['webhook-id']}")
    newcomers_dashboard.wait_for("attempt")
    expect(newcomers_dashboard.get("response-body")).to_have_text("\n".join(CORPUS))
    for text in CORPUS:
        expect(newcomers_dashboard.get("response-headers")).to_contain_text(text)
    expect(newcomers_dashboard.get("delivery-url")).to_contain_text(CORPUS[0])
    expect(newcomers_dashboard.get("delivery-payload")).to_contain_text("onerror=window.pwned=1")
    newcomers_dashboard.open(f"{PATH}?view=debugger")
    newcomers_dashboard.wait_for("debug-body").fill("".join(CORPUS))
    newcomers_dashboard.get("debug-headers").fill("".join(CORPUS))
    newcomers_dashboard.get("debug-secret").fill("".join(CORPUS))
    newcomers_dashboard.get("debug-check").click()
    newcomers_dashboard.wait_for("verdict-hex")
    assert page.evaluate("window.pwned") is None
    assert page.evaluate("document.querySelectorAll('main :is(script, iframe, img)').length") == 0


def test_accessible_and_whole(
    newcomers_dashboard: Dashboard, newcomer: Newcomer, receiver: Receiver, page: Page
) -> None:
    open_log(newcomers_dashboard)
    newcomers_dashboard.wait_for("webhook-url-input")
    look(page, "dashboard-webhooks-empty")
    newcomer.merchant.request(
        "PUT", "/webhooks/config", {"webhook_url": receiver.url, "webhook_events": None}
    )
    newcomer.merchant.request("POST", "/webhooks/test")
    receiver.wait_for(is_test)
    receiver.status = 500
    newcomer.merchant.pay()
    failed = receiver.wait_for(lambda received: received.headers["x-webhook-event"] == "payment.success")
    open_log(newcomers_dashboard)
    expect(newcomers_dashboard.get("webhook-log-item")).to_have_count(4)
    page.get_by_role("radio", name="Only these").check()
    look(page, "dashboard-webhooks")
    newcomers_dashboard.get("retry-failed-button").click()
    newcomers_dashboard.wait_for("retry-failed-dialog")
    look(page, "dashboard-webhooks-retry")
    newcomers_dashboard.open(f"{PATH}/{failed.headers['webhook-id']}")
    newcomers_dashboard.wait_for("attempt")
    look(page, "dashboard-delivery")
    newcomers_dashboard.open(f"{PATH}?view=debugger")
    newcomers_dashboard.wait_for("debug-body").fill(failed.body.decode() + "\n")
    look(page, "dashboard-debugger-empty")
    newcomers_dashboard.get("debug-headers").fill("\n".join(f"{n}: {v}" for n, v in failed.headers.items()))
    newcomers_dashboard.get("debug-secret").fill("whsec_older")
    newcomers_dashboard.get("debug-check").click()
    newcomers_dashboard.wait_for("verdict-standard")
    look(page, "dashboard-debugger")
