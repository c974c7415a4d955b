"""The application: services, routers and layers put together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, FastAPI
from starlette.middleware import Middleware

from api import docs_page
from api.api_keys import routes as api_keys
from api.api_keys.service import ApiKeyService
from api.auth import Authenticator
from api.batches import Wake
from api.body import CrossOriginRoute
from api.checkout import routes as checkout
from api.checkout.service import LOCAL_ORIGINS, CheckoutService
from api.errors import ANY_ERRORS, add_error_handlers, responses
from api.health import routes as health
from api.health.service import HealthService, Ping
from api.live import routes as live
from api.live.service import LiveService
from api.merchants import routes as merchants
from api.merchants import settings as merchant_settings
from api.merchants.service import MerchantService
from api.middleware.body_limit import BodyLimit
from api.middleware.cors import Cors
from api.middleware.head import HeadAsGet
from api.middleware.overload import Overload
from api.middleware.request_context import RequestContext
from api.orders import routes as orders
from api.orders.service import OrderService
from api.payments import routes as payments
from api.payments.service import PaymentService
from api.refunds import routes as refunds
from api.refunds.service import RefundService
from api.reports import routes as reports
from api.reports.service import ReportService
from api.session import routes as session
from api.session.cookie import SessionCookie
from api.session.passwords import Passwords
from api.session.service import SessionService
from api.session.store import SessionStore
from api.settings import ApiSettings
from api.webhooks import routes as webhooks
from api.webhooks.service import WebhookService
from gateway_core.db.pool import Pool, create_pool
from gateway_core.domain.sign_in import Network
from gateway_core.runtime.crypto import Cipher
from gateway_core.runtime.http_metrics import HttpMetrics

# Matched in this order: the busiest first, but reports before payments, whose routes would take ``export`` for an id.
ROUTERS: Final[Sequence[APIRouter]] = (
    reports.of_payments,
    payments.public,
    payments.router,
    checkout.public,
    checkout.router,
    orders.public,
    orders.router,
    refunds.router,
    webhooks.router,
    session.router,
    live.router,
    api_keys.router,
    reports.router,
    merchant_settings.router,
    health.router,
)
TEST_ROUTERS: Final[Sequence[APIRouter]] = (health.test, merchants.router)


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything that the operations call."""

    fingerprint_key: bytes
    cookie: SessionCookie
    trusted_proxies: Sequence[Network]
    authenticator: Authenticator
    orders: OrderService
    payments: PaymentService
    checkout: CheckoutService
    refunds: RefundService
    webhooks: WebhookService
    merchants: MerchantService
    reports: ReportService
    live: LiveService
    health: HealthService
    session: SessionService
    api_keys: ApiKeyService

    async def aclose(self) -> None:
        """Answer what is being worked on, refuse what comes."""
        for part in (
            self.authenticator,
            self.payments,
            self.orders,
            self.refunds,
            self.live,
            self.health,
            self.session,
        ):
            await part.aclose()


def make_services(settings: ApiSettings, pool: Pool, *, wake: Wake, redis_ping: Ping) -> Services:
    """The services over ``pool``; nothing is connected yet. ``wake`` tells the relay of committed events."""
    cipher = Cipher(settings.encryption_key.get_secret_value(), settings.old_encryption_keys)
    fingerprint_key = cipher.fingerprint_key()
    store = SessionStore(pool)
    cookie = SessionCookie(not settings.is_local)
    orders = OrderService(pool)
    return Services(
        fingerprint_key=fingerprint_key,
        cookie=cookie,
        trusted_proxies=settings.trusted_networks,
        authenticator=Authenticator(pool, store, cookie, settings.allowed_dashboard_origins),
        orders=orders,
        payments=PaymentService(pool, orders, cipher, wake, challenges=not settings.test_mode),
        checkout=CheckoutService(
            pool, cipher, wake, default_origins=LOCAL_ORIGINS if settings.is_local else ()
        ),
        refunds=RefundService(pool, wake),
        webhooks=WebhookService(
            pool,
            cipher,
            wake,
            allow_private=settings.private_receivers_allowed,
            is_production=not settings.is_local,
        ),
        merchants=MerchantService(pool),
        reports=ReportService(pool),
        live=LiveService(pool),
        health=HealthService(pool, redis_ping),
        session=SessionService(pool, store, Passwords(), fingerprint_key, settings.gateway_env),
        api_keys=ApiKeyService(pool),
    )


def create_app(settings: ApiSettings, services: Services) -> FastAPI:
    """The ASGI application. Its lifespan closes ``services``."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        await services.aclose()

    app = FastAPI(
        title="Payment Gateway API",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        responses=responses(*ANY_ERRORS),
        middleware=[
            Middleware(HeadAsGet),
            Middleware(HttpMetrics),
            Middleware(Cors, origins=settings.allowed_checkout_origins, routes=_cross_origin_routes()),
            Middleware(RequestContext),
            Middleware(Overload),
            Middleware(BodyLimit),
        ],
    )
    app.state.services = services
    add_error_handlers(app)
    for router in (*ROUTERS, *(TEST_ROUTERS if settings.test_endpoints_enabled else ()), docs_page.router):
        app.include_router(router)
    return app


def documented_app() -> FastAPI:
    """An application with every endpoint there can be, for the OpenAPI document; nothing is ever connected."""
    nowhere = ApiSettings(
        gateway_env="local",
        test_endpoints=True,
        database_url="postgresql://nowhere",
        redis_url="redis://nowhere",
    )
    pool = create_pool(nowhere.database_url, size=1, application_name="openapi")

    async def no_ping() -> bool:
        return False

    return create_app(nowhere, make_services(nowhere, pool, wake=lambda: None, redis_ping=no_ping))


def _cross_origin_routes() -> list[tuple[str, str]]:
    return [
        (method, route.path)
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, CrossOriginRoute)
        for method in route.methods or ()
    ]
