"""The application: services, routes and layers put together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import NoReturn

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import Route

from api.api_keys.routes import ApiKeyRoutes
from api.api_keys.service import ApiKeyService
from api.auth import Authenticator
from api.batches import Wake
from api.checkout.routes import CheckoutRoutes
from api.checkout.service import LOCAL_ORIGINS, CheckoutService
from api.describe import Endpoint
from api.docs_page import docs_handlers
from api.health.routes import HealthRoutes
from api.health.service import HealthService, Ping
from api.http_errors import as_gateway_error
from api.idempotency import Keys
from api.live.routes import LiveRoutes
from api.live.service import LiveService
from api.merchants.routes import MerchantRoutes
from api.merchants.service import MerchantService
from api.middleware.body_limit import BodyLimit
from api.middleware.cors import Cors
from api.middleware.errors import Errors, MethodNotAllowed
from api.middleware.head import HeadAsGet
from api.middleware.overload import Overload
from api.middleware.request_id import RequestId
from api.openapi import text
from api.orders.routes import OrderRoutes
from api.orders.service import OrderService
from api.payments.routes import PaymentRoutes
from api.payments.service import PaymentService
from api.refunds.routes import RefundRoutes
from api.refunds.service import RefundService
from api.reports.routes import ReportRoutes
from api.reports.service import ReportService
from api.session.cookie import SessionCookie
from api.session.passwords import Passwords
from api.session.routes import SessionRoutes
from api.session.service import SessionService
from api.session.store import SessionStore
from api.settings import ApiSettings
from api.webhooks.routes import WebhookRoutes
from api.webhooks.service import WebhookService
from gateway_core.db.pool import Pool, create_pool
from gateway_core.domain.errors import method_not_allowed
from gateway_core.runtime.crypto import Cipher
from gateway_core.runtime.http_metrics import HttpMetrics

# The outermost first. Between them stands Cors: refusals must be readable for the checkout too.
OUTER_LAYERS = (HeadAsGet, RequestId, HttpMetrics)
INNER_LAYERS = (Errors, Overload, BodyLimit)


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that the routes call."""

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
        for part in (self.authenticator, self.payments, self.orders, self.live, self.health, self.session):
            await part.aclose()


def make_services(settings: ApiSettings, pool: Pool, *, wake: Wake, redis_ping: Ping) -> Services:
    """The services over ``pool``; nothing is connected yet. ``wake`` tells the relay of committed events."""
    box = Cipher(settings.encryption_key.get_secret_value(), settings.old_encryption_keys)
    keys = Keys(box.fingerprint_key())
    orders = OrderService(pool, keys)
    store = SessionStore(pool)
    return Services(
        authenticator=Authenticator(
            pool, store, SessionCookie(not settings.is_local), settings.allowed_dashboard_origins
        ),
        orders=orders,
        payments=PaymentService(pool, keys, orders, box, wake, challenges=not settings.test_mode),
        checkout=CheckoutService(pool, box, wake, default_origins=LOCAL_ORIGINS if settings.is_local else ()),
        refunds=RefundService(pool, keys, wake),
        webhooks=WebhookService(pool, box, wake, allow_private=settings.private_receivers_allowed),
        merchants=MerchantService(pool),
        reports=ReportService(pool),
        live=LiveService(pool),
        health=HealthService(pool, redis_ping),
        session=SessionService(pool, store, Passwords(), box.fingerprint_key(), settings.gateway_env),
        api_keys=ApiKeyService(pool),
    )


def endpoints_of(settings: ApiSettings, services: Services) -> list[Endpoint]:
    """Every documented route; the busiest first, for they are matched in this order.

    Reports before payments, whose routes would take ``export`` for an id.
    """
    door = services.authenticator
    test_endpoints, origins = settings.test_endpoints_enabled, settings.allowed_dashboard_origins
    cookie = SessionCookie(not settings.is_local)
    return [
        *ReportRoutes(services.reports, door).endpoints(),
        *PaymentRoutes(services.payments, door).endpoints(),
        *CheckoutRoutes(services.checkout, door).endpoints(),
        *OrderRoutes(services.orders, door).endpoints(),
        *RefundRoutes(services.refunds, door).endpoints(),
        *WebhookRoutes(services.webhooks, door).endpoints(),
        *SessionRoutes(services.session, cookie, origins, settings.trusted_networks).endpoints(),
        *LiveRoutes(services.live, door).endpoints(),
        *ApiKeyRoutes(services.api_keys, door).endpoints(),
        *HealthRoutes(services.health, jobs=test_endpoints).endpoints(),
        *(MerchantRoutes(services.merchants).endpoints() if test_endpoints else []),
    ]


def create_app(settings: ApiSettings, services: Services) -> FastAPI:
    """The ASGI application. Its lifespan closes ``services``."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        await services.aclose()

    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False, lifespan=lifespan)
    endpoints = endpoints_of(settings, services)
    for endpoint in endpoints:
        app.add_api_route(endpoint.path, endpoint.handler, methods=[endpoint.method])
    for path, handler in docs_handlers(lambda: text(endpoints).encode()).items():
        app.add_api_route(path, handler, methods=["GET"])
    app.add_exception_handler(HTTPException, _refuse)
    for inner in reversed(INNER_LAYERS):
        app.add_middleware(inner)
    cross_origin = [(endpoint.method, endpoint.path) for endpoint in endpoints if endpoint.cross_origin]
    app.add_middleware(Cors, origins=settings.allowed_checkout_origins, routes=cross_origin)
    for outer in reversed(OUTER_LAYERS):
        app.add_middleware(outer)
    return app


def documented_endpoints() -> Sequence[Endpoint]:
    """Every endpoint there can be, for the committed OpenAPI document; nothing is ever connected."""
    nowhere = ApiSettings(
        gateway_env="local",
        test_endpoints=True,
        database_url="postgresql://nowhere",
        redis_url="redis://nowhere",
    )
    pool = create_pool(nowhere.database_url, size=1, application_name="openapi")

    async def no_ping() -> bool:
        return False

    services = make_services(nowhere, pool, wake=lambda: None, redis_ping=no_ping)
    return endpoints_of(nowhere, services)


def _refuse(request: Request, error: Exception) -> NoReturn:
    """Give the framework's own 404 and 405 to the one place that answers errors."""
    refusal = as_gateway_error(error)
    if isinstance(error, HTTPException) and error.status_code == 405:
        raise MethodNotAllowed(method_not_allowed(), _allowed(request))
    raise refusal


def _allowed(request: Request) -> str:
    """Every method of the path's template, while the framework names only those of the first route that has it."""
    routes = [route for route in request.app.routes if isinstance(route, Route)]
    template = next(route.path for route in routes if route.path_regex.match(request.scope["path"]))
    methods = {method for route in routes if route.path == template for method in route.methods or ()}
    return ", ".join(sorted(methods | {"HEAD"} if "GET" in methods else methods))
