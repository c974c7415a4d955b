"""Webhooks over HTTP."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from api.describe import Endpoint
from api.paging import page_request
from api.requests import Door, read_object, respond
from api.webhooks import docs
from api.webhooks.service import WebhookService

DEFAULT_LIMIT = 10


class WebhookRoutes:
    """The endpoints of webhooks, with the contract's aliases."""

    def __init__(self, service: WebhookService, door: Door) -> None:
        self._service = service
        self._door = door

    def endpoints(self) -> list[Endpoint]:
        """In the order in which they are matched."""
        base = "/api/v1/webhooks"
        return [
            Endpoint("GET", base, self.list_deliveries, docs.LIST),
            Endpoint("PUT", base, self.set_config, docs.PUT),
            Endpoint("GET", f"{base}/config", self.get_config, docs.GET_CONFIG),
            Endpoint("PUT", f"{base}/config", self.set_config, docs.PUT_CONFIG),
            Endpoint("POST", f"{base}/config", self.set_config, docs.POST_CONFIG),
            Endpoint("POST", f"{base}/regenerate-secret", self.regenerate_secret, docs.REGENERATE),
            Endpoint("POST", f"{base}/secret/regenerate", self.regenerate_secret, docs.REGENERATE_ALIAS),
            Endpoint("GET", f"{base}/secret", self.reveal_secret, docs.REVEAL),
            Endpoint("POST", f"{base}/test", self.send_test, docs.SEND_TEST),
            Endpoint("POST", f"{base}/retry-failed", self.retry_failed, docs.RETRY_FAILED),
            # Below the fixed names, which are no delivery's id.
            Endpoint("GET", f"{base}/{{delivery_id}}", self.get_delivery, docs.GET_DELIVERY),
            Endpoint("POST", f"{base}/{{delivery_id}}/retry", self.retry, docs.RETRY),
        ]

    async def list_deliveries(self, request: Request) -> Response:
        merchant_id = await self._door.merchant_of(request)
        wanted = page_request(request.query_params, default_limit=DEFAULT_LIMIT)
        return respond(await self._service.list_deliveries(merchant_id, request.query_params, wanted))

    async def get_delivery(self, request: Request) -> Response:
        merchant_id = await self._door.merchant_of(request)
        return respond(await self._service.get_delivery(merchant_id, request.path_params["delivery_id"]))

    async def get_config(self, request: Request) -> Response:
        merchant_id = await self._door.merchant_of(request)
        return respond(await self._service.get_config(merchant_id))

    async def set_config(self, request: Request) -> Response:
        merchant_id = await self._door.merchant_of(request)
        return respond(await self._service.set_config(merchant_id, await read_object(request)))

    async def regenerate_secret(self, request: Request) -> Response:
        merchant_id = await self._door.merchant_of(request)
        return respond(await self._service.regenerate_secret(merchant_id))

    async def reveal_secret(self, request: Request) -> Response:
        merchant_id = await self._door.signed_in_merchant_of(request)
        return respond(await self._service.reveal_secret(merchant_id))

    async def send_test(self, request: Request) -> Response:
        merchant_id = await self._door.merchant_of(request)
        return respond(await self._service.send_test(merchant_id))

    async def retry(self, request: Request) -> Response:
        merchant_id = await self._door.merchant_of(request)
        return respond(await self._service.retry(merchant_id, request.path_params["delivery_id"]))

    async def retry_failed(self, request: Request) -> Response:
        merchant_id = await self._door.merchant_of(request)
        return respond(await self._service.retry_failed(merchant_id, await read_object(request)))
