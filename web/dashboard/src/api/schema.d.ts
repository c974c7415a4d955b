// Made from docs/openapi.json by `npm run schema`.
export interface paths {
    "/api/v1/payments/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export payments as CSV
         * @description Newest first, with the filters of the list. UTF-8, a header row, CRLF (RFC 4180); amounts in the currency's minor unit. Text that a spreadsheet would take for a formula begins with an apostrophe.
         */
        get: operations["exportPayments"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/payments/{payment_id}/timeline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Everything that happened to a payment
         * @description The payment, its order, its refunds, their events and every attempt to deliver them.
         */
        get: operations["getPaymentTimeline"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/dashboard/summary": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Totals of a period
         * @description `days=1` is the current hour and the 23 before it, otherwise the current day (UTC) and those before it. Payments count where they were created, refunds where they were processed.
         */
        get: operations["getDashboardSummary"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/dashboard/queues": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The state of the queues
         * @description The queues and their workers are the gateway's, the last two counts the merchant's.
         */
        get: operations["getDashboardQueues"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/payments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List payments
         * @description Newest first. Follow `Link: <…>; rel="next"`, which is stable while payments are added.
         */
        get: operations["listPayments"];
        put?: never;
        /**
         * Pay an order
         * @description The payment is pending at first; read it again, or wait for its webhook. Where the card's bank asks its holder for a code, `next_action` says so, and `client_secret` lets the payer's browser pass it.
         */
        post: operations["createPayment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/payments/public": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Pay an order as its payer
         * @description For the checkout page: the browser holds no secret but that of its own payment. One payment of an order at a time, at most 10 in all. Keys count within one order.
         */
        post: operations["createPublicPayment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/payments/{payment_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a payment */
        get: operations["getPayment"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/payments/{payment_id}/public": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a payment as its payer */
        get: operations["getPublicPayment"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/payments/{payment_id}/capture": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Capture a payment
         * @description Once, of a successful payment, all of its amount.
         */
        post: operations["capturePayment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/payments/{payment_id}/checkout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a payment with its client secret
         * @description A wrong secret is answered like an unknown payment.
         */
        get: operations["getCheckoutPayment"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/payments/{payment_id}/authenticate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Enter the code that the card's bank asks for
         * @description Within 10 minutes of the payment. 3 wrong codes fail it; `next_action` tells how many tries are left.
         */
        post: operations["authenticatePayment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/payments/{payment_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give up a payment that is not with the bank yet */
        post: operations["cancelPayment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/checkout/origins": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read which sites may frame an order's checkout
         * @description For the server of the checkout's page, which turns them into `frame-ancestors`.
         */
        get: operations["getAllowedOrigins"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/checkout/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the checkout's settings */
        get: operations["getCheckoutSettings"];
        /**
         * Change the checkout's settings
         * @description Replaces the list. An empty one lets no site frame the checkout (local evaluation: this machine).
         */
        put: operations["updateCheckoutSettings"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List orders
         * @description Newest first. Follow `Link: <…>; rel="next"`, which is stable while orders are added.
         */
        get: operations["listOrders"];
        put?: never;
        /** Create an order */
        post: operations["createOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders/{order_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read an order */
        get: operations["getOrder"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders/{order_id}/public": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read an order as its payer
         * @description For the checkout page: whoever knows the id may see this much.
         */
        get: operations["getPublicOrder"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/payments/{payment_id}/refunds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the refunds of a payment */
        get: operations["listRefundsOfPayment"];
        put?: never;
        /**
         * Refund a payment
         * @description All or a part of a successful payment; pending and processed refunds together never exceed it.
         */
        post: operations["createRefund"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/refunds/{refund_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a refund */
        get: operations["getRefund"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List webhook deliveries
         * @description Newest first.
         */
        get: operations["listWebhookDeliveries"];
        /**
         * Configure webhooks
         * @description What is left out stays as it is; a null `webhook_url` stops deliveries. A choice of `webhook_events` counts for events that are not yet in the delivery log, at most about a second old; what is in it goes on to be sent. `webhook.test` is sent whatever is chosen.
         */
        put: operations["updateWebhooks"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/config": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the webhook configuration */
        get: operations["getWebhookConfig"];
        /**
         * Configure webhooks (alias)
         * @description What is left out stays as it is; a null `webhook_url` stops deliveries. A choice of `webhook_events` counts for events that are not yet in the delivery log, at most about a second old; what is in it goes on to be sent. `webhook.test` is sent whatever is chosen.
         */
        put: operations["updateWebhookConfig"];
        /**
         * Configure webhooks (alias)
         * @description What is left out stays as it is; a null `webhook_url` stops deliveries. A choice of `webhook_events` counts for events that are not yet in the delivery log, at most about a second old; what is in it goes on to be sent. `webhook.test` is sent whatever is chosen.
         */
        post: operations["setWebhookConfig"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/regenerate-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a new webhook secret
         * @description Shown this once. What is sent from now on is signed with it; for 24 hours `webhook-signature` has a signature under the secret before it as well.
         */
        post: operations["regenerateWebhookSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/secret/regenerate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a new webhook secret (alias)
         * @description Shown this once. What is sent from now on is signed with it; for 24 hours `webhook-signature` has a signature under the secret before it as well.
         */
        post: operations["regenerateWebhookSecretAlias"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the webhook secret */
        get: operations["revealWebhookSecret"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a test event
         * @description Records a `webhook.test` event that is delivered now, and listed like any other.
         */
        post: operations["sendTestWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/retry-failed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send failed deliveries again
         * @description Every failed delivery created at or after `since` is due at once and has all its attempts again; at most 10000 by one call: call again until `scheduled` is 0.
         */
        post: operations["retryFailedWebhookDeliveries"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{delivery_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a delivery and its attempts
         * @description The exact body, and of each attempt the headers and the answer's beginning, also of the attempts before a manual retry.
         */
        get: operations["getWebhookDelivery"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{delivery_id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a delivery again
         * @description It is due at once and has all its attempts again.
         */
        post: operations["retryWebhookDelivery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read who is signed in */
        get: operations["getSession"];
        put?: never;
        /**
         * Sign in to the dashboard
         * @description For the dashboard's own pages, see the scheme `Session`. Sets the session's cookie; the session that was sent along ends. In a local evaluation the seeded merchant takes any password.
         */
        post: operations["signIn"];
        /**
         * Sign out
         * @description Ends the session and clears its cookie; also without a session.
         */
        delete: operations["signOut"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow events as they happen
         * @description Server-sent events (HTML Living Standard, 9.2): `id` is the event's, `event` is `payment`, `refund` or `webhook`, `data` is a LiveEvent. A reconnect with `Last-Event-ID` resumes; an event may come twice, and those of one payment come in order. `event: reset` means that too much was missed: read the lists again. A comment is sent every 15 s. The stream ends when the credentials do, and when it is read too slowly.
         */
        get: operations["streamEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List API keys
         * @description Newest first.
         */
        get: operations["listApiKeys"];
        put?: never;
        /**
         * Make an API key
         * @description Its secret is shown this once.
         */
        post: operations["createApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/api-keys/{key}/roll": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Replace an API key
         * @description The successor has the old key's name, and is primary if that was. The old one goes on working for `overlap_seconds` (86400 unless said), so that servers change over one by one; 0 ends it now.
         */
        post: operations["rollApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/api-keys/{key}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Revoke an API key
         * @description At once. If it was primary, the newest live key becomes that.
         */
        post: operations["revokeApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What answers here */
        get: operations["getRoot"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Is the gateway healthy
         * @description Redis down is reported, but payments are accepted all the same; PostgreSQL down is a 503.
         */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/test/jobs/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How much work is waiting
         * @description Not in production.
         */
        get: operations["getJobStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/test/merchant": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who to sign in as
         * @description Not in production.
         */
        get: operations["getSeededMerchant"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description The sites that may frame the checkout. */
        AllowedOrigins: {
            /**
             * @example [
             *       "https://shop.example"
             *     ]
             */
            allowed_origins: string[];
        };
        /** @description One key; never its secret. */
        ApiKey: {
            /** @example key_test_abc123 */
            key: string;
            name: string | null;
            /**
             * @description `expiring`: rolled, and still good until `expires_at`.
             * @enum {string}
             */
            status: "active" | "expiring" | "expired" | "revoked";
            /** @description The one that the merchant is shown by. */
            is_primary: boolean;
            /**
             * Format: date-time
             * @description RFC 3339, UTC, in milliseconds.
             * @example 2024-01-15T10:30:00.123Z
             */
            created_at: string;
            /** @description Up to half a minute late. */
            last_used_at: string | null;
            expires_at: string | null;
            revoked_at: string | null;
        };
        /** @description What the new key is called. */
        ApiKeyInput: {
            name?: string | null;
        };
        /** @description Newest first: every live key, and the latest of the others. */
        ApiKeyList: {
            data: components["schemas"]["ApiKey"][];
        };
        /** @description One request to the merchant. Headers are kept up to 64 of them and 8 KiB, the body up to 8 KiB. */
        Attempt: {
            /** @description Counted from 1 again after a manual retry. */
            attempt: number;
            /**
             * Format: date-time
             * @description RFC 3339, UTC, in milliseconds.
             * @example 2024-01-15T10:30:00.123Z
             */
            started_at: string;
            duration_ms: number;
            url: string;
            /** @description As they were set; the HTTP client adds `Host` and the like. */
            request_headers: {
                [key: string]: string;
            };
            response_code: number | null;
            /** @description Names in lower case, repeated ones joined by commas; null without an answer. */
            response_headers: {
                [key: string]: string;
            } | null;
            /** @description Its beginning; null without an answer. */
            response_body: string | null;
            /**
             * @description Why there was no acceptable answer (`timeout`, `connection_refused`, …); null when there was one, or one with another status than 2xx.
             * @example timeout
             */
            error: string | null;
        };
        /** @description All of the payment's amount: there are no partial captures. */
        CaptureInput: {
            /**
             * @description In the currency's minor unit (paise).
             * @example 25000
             */
            amount: number;
        };
        /** @description A card as the payer typed it. Only network and last four digits are ever kept. */
        CardDetails: {
            /**
             * @description 13 to 19 digits with a valid check digit; spaces and dashes are ignored.
             * @example 4111 1111 1111 1111
             */
            number: string;
            /**
             * @description 1 to 12; a number will do.
             * @example 12
             */
            expiry_month: string;
            /**
             * @description Two digits mean 20YY.
             * @example 2030
             */
            expiry_year: string;
            /** @example 123 */
            cvv: string;
            /** @example Asha Rao */
            holder_name: string;
        };
        /** @description Pay an order by card. */
        CardPaymentInput: {
            /** @example order_5kP0aQx8ZrT2mN7vB4cY1d */
            order_id: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            method: "card";
            card: components["schemas"]["CardDetails"];
        };
        /** @description A payment as whoever holds its client secret sees it. */
        CheckoutPayment: {
            /** @example user@paytm */
            vpa?: string;
            /** @enum {string} */
            card_network?: "visa" | "mastercard" | "amex" | "rupay" | "unknown";
            /** @example 1111 */
            card_last4?: string;
            /** @example pay_7Hs2Lw9QeR4tY6uI8oP0aS */
            id: string;
            /** @example order_5kP0aQx8ZrT2mN7vB4cY1d */
            order_id: string;
            /**
             * @description In the currency's minor unit (paise).
             * @example 50000
             */
            amount: number;
            /**
             * @description ISO 4217.
             * @example INR
             */
            currency: string;
            /** @enum {string} */
            method: "upi" | "card";
            /** @enum {string} */
            status: "pending" | "processing" | "success" | "failed";
            /** @example PAYMENT_FAILED */
            error_code: string | null;
            error_description: string | null;
            /** @description What the payer must do, while there is time. */
            next_action: components["schemas"]["NextAction"] | null;
            /** @description Once successful: hex HMAC-SHA256 of `order_id|payment_id` under the webhook secret. */
            signature: string | null;
        };
        /** @description Exact origins; https, or http on localhost and 127.0.0.1. */
        CheckoutSettings: {
            allowed_origins: string[];
        };
        /** @description The code that the card's bank has sent to its holder. */
        CodeInput: {
            /** @example 123456 */
            otp: string;
        };
        /** @description What adds up within one currency. */
        CurrencyTotal: {
            /**
             * @description ISO 4217.
             * @example INR
             */
            currency: string;
            /**
             * @description In the currency's minor unit (paise).
             * @example 1250000
             */
            amount: number;
        };
        /** @description The state of the queues, and what of the merchant's own asks for attention. */
        DashboardQueues: {
            queues: components["schemas"]["QueueState"][];
            /** @description This merchant's, out of attempts. */
            failed_deliveries: number;
            /** @description This merchant's payments and refunds. */
            requires_review: number;
        };
        /** @description The payments created in a period, up to now. */
        DashboardSummary: {
            /**
             * Format: date-time
             * @description RFC 3339, UTC, in milliseconds.
             * @example 2024-01-15T10:30:00.123Z
             */
            from: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC, in milliseconds.
             * @example 2024-01-15T10:30:00.123Z
             */
            to: string;
            /** @enum {string} */
            interval: "hour" | "day";
            /**
             * @description The one that most payments of the period are in.
             * @example INR
             */
            currency: string;
            payments: number;
            successful: number;
            failed: number;
            /** @description Pending and processing. */
            pending: number;
            /** @description Per cent of those that have an outcome; null when none has. */
            success_rate: number | null;
            /** @description Of successful payments. */
            amounts: components["schemas"]["CurrencyTotal"][];
            /** @description Refunds processed in the period. */
            refunded: components["schemas"]["CurrencyTotal"][];
            /** @description The oldest first. */
            series: components["schemas"]["SummaryBucket"][];
        };
        /** @description One event on its way to the merchant. */
        Delivery: {
            /**
             * Format: uuid
             * @example 3f0c8a52-7a34-4b62-9c2e-0a4d5a1f6b11
             */
            id: string;
            /**
             * @example payment.success
             * @enum {string}
             */
            event: "payment.created" | "payment.pending" | "payment.success" | "payment.failed" | "refund.created" | "refund.processed" | "refund.failed" | "webhook.test";
            /**
             * @description The payment, refund or test that the event is about.
             * @example pay_7Hs2Lw9QeR4tY6uI8oP0aS
             */
            subject_id: string;
            /** @enum {string} */
            status: "pending" | "success" | "failed";
            attempts: number;
            response_code: number | null;
            /** @description The `error` of the last attempt; `no_url` when there was no URL to send it to any more. */
            last_error: string | null;
            last_attempt_at: string | null;
            next_retry_at: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC, in milliseconds.
             * @example 2024-01-15T10:30:00.123Z
             */
            created_at: string;
        };
        /** @description A delivery with what is sent and what came of every attempt. */
        DeliveryDetails: {
            /**
             * Format: uuid
             * @example 3f0c8a52-7a34-4b62-9c2e-0a4d5a1f6b11
             */
            id: string;
            /**
             * @example payment.success
             * @enum {string}
             */
            event: "payment.created" | "payment.pending" | "payment.success" | "payment.failed" | "refund.created" | "refund.processed" | "refund.failed" | "webhook.test";
            /**
             * @description The payment, refund or test that the event is about.
             * @example pay_7Hs2Lw9QeR4tY6uI8oP0aS
             */
            subject_id: string;
            /** @enum {string} */
            status: "pending" | "success" | "failed";
            attempts: number;
            response_code: number | null;
            /** @description The `error` of the last attempt; `no_url` when there was no URL to send it to any more. */
            last_error: string | null;
            last_attempt_at: string | null;
            next_retry_at: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC, in milliseconds.
             * @example 2024-01-15T10:30:00.123Z
             */
            created_at: string;
            /** @description The exact body that is sent and signed. */
            payload: string;
            /** @description Where the last attempt went; before the first, where it would go now. */
            url: string | null;
            /** @description Newest first, those before manual retries included; the newest ones of very many. */
            attempt_log: components["schemas"]["Attempt"][];
        };
        /** @description One page of the delivery log, newest first. */
        DeliveryPage: {
            data: components["schemas"]["Delivery"][];
            /** @description On all pages together. */
            total: number;
            limit: number;
            offset: number;
        };
        /** @description Every refusal and every failure has this shape. */
        Error: {
            error: components["schemas"]["ErrorDetail"];
        };
        ErrorDetail: {
            code?: string;
            /** @description For people. Never repeats any input. */
            description?: string;
            /** @description The request field or header that was refused. */
            field?: string;
            /** @description On INTERNAL_ERROR only: what to quote to support. */
            request_id?: string;
        };
        /** @description Redis and the workers are reported; only PostgreSQL decides. */
        Health: {
            /** @enum {string} */
            status: "healthy" | "unhealthy";
            /** @enum {string} */
            database: "connected" | "disconnected";
            /** @enum {string} */
            redis: "connected" | "disconnected";
            /**
             * @description Running: all three queues have a live worker.
             * @enum {string}
             */
            worker: "running" | "stopped";
            /**
             * Format: date-time
             * @description RFC 3339, UTC, in milliseconds.
             * @example 2024-01-15T10:30:00.123Z
             */
            timestamp: string;
        };
        /** @description Payments, refunds and deliveries together; a retry that waits for its time is pending. */
        JobStatus: {
            pending: number;
            processing: number;
            completed: number;
            failed: number;
            /** @enum {string} */
            worker_status: "running" | "stopped";
        };
        /** @description The ``data`` of one message: an event as webhooks tell it, ``{"payment": …}``, ``{"refund": …}`` or a test. */
        LiveEvent: {
            /** @enum {string} */
            type: "payment.created" | "payment.pending" | "payment.success" | "payment.failed" | "refund.created" | "refund.processed" | "refund.failed" | "webhook.test";
            /**
             * Format: date-time
             * @description RFC 3339, UTC, in milliseconds.
             * @example 2024-01-15T10:30:00.123Z
             */
            created_at: string;
            data: {
                [key: string]: unknown;
            };
        };
        /** @description Deliveries that are due now, their attempts counted from 0 again. */
        ManyScheduled: {
            scheduled: number;
            message: string;
        };
        /** @description The key with its secret, shown this once. */
        NewApiKey: {
            /** @example key_test_abc123 */
            key: string;
            name: string | null;
            /**
             * @description `expiring`: rolled, and still good until `expires_at`.
             * @enum {string}
             */
            status: "active" | "expiring" | "expired" | "revoked";
            /** @description The one that the merchant is shown by. */
            is_primary: boolean;
            /**
             * Format: date-time
             * @description RFC 3339, UTC, in milliseconds.
             * @example 2024-01-15T10:30:00.123Z
             */
            created_at: string;
            /** @description Up to half a minute late. */
            last_used_at: string | null;
            expires_at: string | null;
            revoked_at: string | null;
            /** @example secret_9QeR4tY6uI8oP0aS7Hs2Lw */
            secret: string;
        };
        /** @description A payment as it was created; the outcome follows within seconds. */
        NewPayment: {
            /** @example user@paytm */
            vpa?: string;
            /** @enum {string} */
            card_network?: "visa" | "mastercard" | "amex" | "rupay" | "unknown";
            /** @example 1111 */
            card_last4?: string;
            /** @example pay_7Hs2Lw9QeR4tY6uI8oP0aS */
            id: string;
            /** @constant */
            entity: "payment";
            /** @example order_5kP0aQx8ZrT2mN7vB4cY1d */
            order_id: string;
            /**
             * @description In the currency's minor unit (paise).
             * @example 50000
             */
            amount: number;
            /**
             * @description ISO 4217.
             * @example INR
             */
            currency: string;
            /** @enum {string} */
            method: "upi" | "card";
            /** @enum {string} */
            status: "pending" | "processing" | "success" | "failed";
            /**
             * Format: date-time
             * @description RFC 3339, UTC, in milliseconds.
             * @example 2024-01-15T10:30:00.123Z
             */
            created_at: string;
            /** @description Only when the card's bank asks the payer for a code. */
            next_action?: components["schemas"]["NextAction"];
            /**
             * @description For the payer's browser only: guards this payment's details, code and cancellation.
             * @example pay_7Hs2Lw9QeR4tY6uI8oP0aS_secret_2Kc8Vb1Nm4Qw7Er0Ty3Ui6
             */
            client_secret?: string;
        };
        /** @description A payment as the payer's browser gets it; the outcome follows within seconds. */
        NewPublicPayment: {
            /** @example user@paytm */
            vpa?: string;
            /** @enum {string} */
            card_network?: "visa" | "mastercard" | "amex" | "rupay" | "unknown";
            /** @example 1111 */
            card_last4?: string;
            /** @example pay_7Hs2Lw9QeR4tY6uI8oP0aS */
            id: string;
            /** @constant */
            entity: "payment";
            /** @example order_5kP0aQx8ZrT2mN7vB4cY1d */
            order_id: string;
            /**
             * @description In the currency's minor unit (paise).
             * @example 50000
             */
            amount: number;
            /**
             * @description ISO 4217.
             * @example INR
             */
            currency: string;
            /** @enum {string} */
            method: "upi" | "card";
            /** @enum {string} */
            status: "pending" | "processing" | "success" | "failed";
            /**
             * Format: date-time
             * @description RFC 3339, UTC, in milliseconds.
             * @example 2024-01-15T10:30:00.123Z
             */
            created_at: string;
            /**
             * @description For the payer's browser only: guards this payment's details, code and cancellation.
             * @example pay_7Hs2Lw9QeR4tY6uI8oP0aS_secret_2Kc8Vb1Nm4Qw7Er0Ty3Ui6
             */
            client_secret: string;
            next_action: components["schemas"]["NextAction"] | null;
        };
        /** @description A refund as it was created; it is processed within seconds. */
        NewRefund: {
            /** @example rfnd_3Df5Gh7Jk9Lz1Xc2Vb4Nm6 */
            id: string;
            /** @constant */
            entity: "refund";
            /** @example pay_7Hs2Lw9QeR4tY6uI8oP0aS */
            payment_id: string;
            /**
             * @description In the currency's minor unit (paise).
             * @example 25000
             */
            amount: number;
            /**
             * @description ISO 4217.
             * @example INR
             */
            currency: string;
            reason: string | null;
            /** @enum {string} */
            status: "pending" | "processing" | "processed" | "failed";
            /**
             * Format: date-time
             * @description RFC 3339, UTC, in milliseconds.
             * @example 2024-01-15T10:30:00.123Z
             */
            created_at: string;
        };
        /** @description The new secret, shown this once. */
        NewSecret: {
            webhook_url: string | null;
            /** @example whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw */
            webhook_secret: string;
            /** @description The events that are sent; null: every one. */
            webhook_events: ("payment.created" | "payment.pending" | "payment.success" | "payment.failed" | "refund.created" | "refund.processed" | "refund.failed" | "webhook.test")[] | null;
        };
        /** @description What the payer must do before the bank is asked: enter the code that the card's bank has sent. */
        NextAction: {
            /** @constant */
            type: "otp";
            attempts_left: number;
        };
        /** @description What is to be paid. */
        Order: {
            /** @example order_5kP0aQx8ZrT2mN7vB4cY1d */
            id: string;
            /** @constant */
            entity: "order";
            /** Format: uuid */
            merchant_id: string;
            /**
             * @description In the currency's minor unit (paise).
             * @example 50000
             */
            amount: number;
            /**
             * @description ISO 4217.
             * @example INR
             */
            currency: string;
            receipt: string | null;
            notes: {
                [key: string]: unknown;
            };
            /** @enum {string} */
            status: "created" | "attempted" | "paid";
            /**
             * Format: date-time
             * @description RFC 3339, UTC, in milliseconds.
             * @example 2024-01-15T10:30:00.123Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC, in milliseconds.
             * @example 2024-01-15T10:30:00.123Z
             */
            updated_at: string;
        };
        /** @description What to create. */
        OrderInput: {
            /**
             * @description In the currency's minor unit (paise).
             * @example 50000
             */
            amount: number;
            currency?: string | null;
            receipt?: string | null;
            notes?: {
                [key: string]: string | boolean | number | null;
            } | null;
        };
        OrderList: components["schemas"]["Order"][];
        /** @description A payment as its merchant sees it. */
        Payment: {
            /** @example user@paytm */
            vpa?: string;
            /** @enum {string} */
            card_network?: "visa" | "mastercard" | "amex" | "rupay" | "unknown";
            /** @example 1111 */
            card_last4?: string;
            /** @example pay_7Hs2Lw9QeR4tY6uI8oP0aS */
            id: string;
            /** @constant */
            entity: "payment";
            /** @example order_5kP0aQx8ZrT2mN7vB4cY1d */
            order_id: string;
            /**
             * @description In the currency's minor unit (paise).
             * @example 50000
             */
            amount: number;
            /**
             * @description ISO 4217.
             * @example INR
             */
            currency: string;
            /** @enum {string} */
            method: "upi" | "card";
            /** @enum {string} */
            status: "pending" | "processing" | "success" | "failed";
            /**
             * Format: date-time
             * @description RFC 3339, UTC, in milliseconds.
             * @example 2024-01-15T10:30:00.123Z
             */
            created_at: string;
            captured: boolean;
            /** @description Pending and processed refunds together. */
            amount_refunded: number;
            /** @description The bank's answer is unknown for long; a person is asked to look. */
            requires_review: boolean;
            /** @example PAYMENT_FAILED */
            error_code: string | null;
            error_description: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC, in milliseconds.
             * @example 2024-01-15T10:30:00.123Z
             */
            updated_at: string;
        };
        PaymentInput: components["schemas"]["UpiPaymentInput"] | components["schemas"]["CardPaymentInput"];
        PaymentList: components["schemas"]["Payment"][];
        /** @description One payment with all that happened around it. */
        PaymentTimeline: {
            payment: components["schemas"]["Payment"];
            order: components["schemas"]["TimelineOrder"];
            /** @description The newest first, at most 100. */
            refunds: components["schemas"]["Refund"][];
            /** @description The oldest first; the newest 500 of them. */
            entries: components["schemas"]["TimelineEntry"][];
        };
        PaymentsCsv: string;
        /** @description What a payer may see of an order. */
        PublicOrder: {
            /** @example order_5kP0aQx8ZrT2mN7vB4cY1d */
            id: string;
            /**
             * @description In the currency's minor unit (paise).
             * @example 50000
             */
            amount: number;
            /**
             * @description ISO 4217.
             * @example INR
             */
            currency: string;
            /** @enum {string} */
            status: "created" | "attempted" | "paid";
            /** @example Test Merchant */
            merchant_name: string;
            /** @description The successful payment, else the one in flight, else null. */
            payment_id: string | null;
        };
        /** @description What a payer may see of a payment. */
        PublicPayment: {
            /** @example pay_7Hs2Lw9QeR4tY6uI8oP0aS */
            id: string;
            /** @example order_5kP0aQx8ZrT2mN7vB4cY1d */
            order_id: string;
            /**
             * @description In the currency's minor unit (paise).
             * @example 50000
             */
            amount: number;
            /**
             * @description ISO 4217.
             * @example INR
             */
            currency: string;
            /** @enum {string} */
            method: "upi" | "card";
            /** @enum {string} */
            status: "pending" | "processing" | "success" | "failed";
            /**
             * Format: date-time
             * @description RFC 3339, UTC, in milliseconds.
             * @example 2024-01-15T10:30:00.123Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC, in milliseconds.
             * @example 2024-01-15T10:30:00.123Z
             */
            updated_at: string;
        };
        /** @description One queue of the whole gateway. */
        QueueState: {
            /** @enum {string} */
            name: "payment-processing" | "refund-processing" | "webhook-delivery";
            /** @description Everything unfinished: due, scheduled and in work. */
            depth: number;
            /** @description What could be worked on now. */
            due: number;
            /** @description Null when nothing is due. */
            oldest_due_seconds: number | null;
            /** @description At the workers that run. */
            in_flight: number;
            workers: components["schemas"]["WorkerState"][];
        };
        /** @description A refund as its merchant sees it. */
        Refund: {
            /** @example rfnd_3Df5Gh7Jk9Lz1Xc2Vb4Nm6 */
            id: string;
            /** @constant */
            entity: "refund";
            /** @example pay_7Hs2Lw9QeR4tY6uI8oP0aS */
            payment_id: string;
            /**
             * @description In the currency's minor unit (paise).
             * @example 25000
             */
            amount: number;
            /**
             * @description ISO 4217.
             * @example INR
             */
            currency: string;
            reason: string | null;
            /** @enum {string} */
            status: "pending" | "processing" | "processed" | "failed";
            /**
             * Format: date-time
             * @description RFC 3339, UTC, in milliseconds.
             * @example 2024-01-15T10:30:00.123Z
             */
            created_at: string;
            /** @description Null until it is processed. */
            processed_at: string | null;
            requires_review: boolean;
            error_code: string | null;
            error_description: string | null;
        };
        /** @description All or a part of what is left of the payment. */
        RefundInput: {
            /**
             * @description In the currency's minor unit (paise).
             * @example 25000
             */
            amount: number;
            reason?: string | null;
        };
        RefundList: components["schemas"]["Refund"][];
        /** @description Which failed deliveries to send again. */
        RetryFailedInput: {
            /**
             * Format: date-time
             * @description Of those created at or after this time.
             * @example 2024-01-15T10:30:00.123Z
             */
            since: string;
            /** @description Of this event only; null: of any. */
            event?: ("payment.created" | "payment.pending" | "payment.success" | "payment.failed" | "refund.created" | "refund.processed" | "refund.failed" | "webhook.test") | null;
        };
        /** @description The delivery is due now, its attempts counted from 0 again. */
        RetryScheduled: {
            /**
             * Format: uuid
             * @example 3f0c8a52-7a34-4b62-9c2e-0a4d5a1f6b11
             */
            id: string;
            /** @constant */
            status: "pending";
            message: string;
        };
        /** @description What signs the webhooks. */
        RevealedSecret: {
            /**
             * @description Null when there is none, or none that this gateway can still open.
             * @example whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw
             */
            webhook_secret: string | null;
        };
        /** @description How long the old key goes on working. */
        RollInput: {
            overlap_seconds?: number | null;
        };
        /** @description What answers here. */
        Root: {
            /** @constant */
            name: "Payment Gateway API";
            version: string;
            docs: string;
            openapi: string;
            health: string;
        };
        /** @description Who to sign in as in a local evaluation; never a secret. */
        SeededMerchant: {
            /** Format: uuid */
            id: string;
            /** @example test@example.com */
            email: string;
            /** @example key_test_abc123 */
            api_key: string;
            /** @constant */
            seeded: true;
        };
        /** @description The session of this browser. Its token is in the cookie only. */
        Session: {
            merchant: components["schemas"]["SessionMerchant"];
            /** @enum {string} */
            environment: "local" | "production";
            /**
             * Format: date-time
             * @description When it ends at the latest.
             * @example 2024-01-15T10:30:00.123Z
             */
            expires_at: string;
        };
        /** @description Whose dashboard it is; never a secret. */
        SessionMerchant: {
            /**
             * Format: uuid
             * @example 550e8400-e29b-41d4-a716-446655440000
             */
            id: string;
            name: string;
            email: string;
            /**
             * @description The primary key.
             * @example key_test_abc123
             */
            api_key: string;
        };
        /** @description Who signs in. */
        SignInInput: {
            /** @example test@example.com */
            email: string;
            password: string;
        };
        /** @description One hour or day (UTC) of the period; those without payments are there too. */
        SummaryBucket: {
            /**
             * Format: date-time
             * @description RFC 3339, UTC, in milliseconds.
             * @example 2024-01-15T10:30:00.123Z
             */
            start: string;
            payments: number;
            successful: number;
            failed: number;
            /**
             * @description Successful payments in the summary's `currency`.
             * @example 1250000
             */
            amount: number;
        };
        /** @description The test event is recorded and due now; the delivery log shows what became of it. */
        TestScheduled: {
            /** @description The event's subject, as in its body. */
            id: string;
            /** @constant */
            event: "webhook.test";
            /** @constant */
            status: "pending";
            /**
             * @description http or https, ASCII, without user info and fragment.
             * @example https://yoursite.com/webhook
             */
            webhook_url: string;
            message: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC, in milliseconds.
             * @example 2024-01-15T10:30:00.123Z
             */
            created_at: string;
        };
        /** @description An event, or one attempt to deliver one. */
        TimelineEntry: {
            /**
             * Format: date-time
             * @description RFC 3339, UTC, in milliseconds.
             * @example 2024-01-15T10:30:00.123Z
             */
            at: string;
            /** @enum {string} */
            kind: "event" | "attempt";
            /** @example payment.success */
            event: string;
            /** @description The payment or the refund. */
            subject_id: string;
            /** Format: uuid */
            delivery_id?: string;
            /** @enum {string} */
            delivery_status?: "pending" | "success" | "failed";
            next_retry_at?: string | null;
            attempt?: number;
            response_code?: number | null;
            duration_ms?: number;
            error?: string | null;
        };
        /** @description The order that was paid. */
        TimelineOrder: {
            /** @example order_5kP0aQx8ZrT2mN7vB4cY1d */
            id: string;
            /**
             * @description In the currency's minor unit (paise).
             * @example 50000
             */
            amount: number;
            /**
             * @description ISO 4217.
             * @example INR
             */
            currency: string;
            receipt: string | null;
            notes: {
                [key: string]: unknown;
            };
            /** @enum {string} */
            status: "created" | "attempted" | "paid";
            /**
             * Format: date-time
             * @description RFC 3339, UTC, in milliseconds.
             * @example 2024-01-15T10:30:00.123Z
             */
            created_at: string;
        };
        /** @description Pay an order from a UPI address. */
        UpiPaymentInput: {
            /** @example order_5kP0aQx8ZrT2mN7vB4cY1d */
            order_id: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            method: "upi";
            /** @example user@paytm */
            vpa: string;
        };
        /** @description Where webhooks go and the beginning of what signs them. */
        WebhookConfig: {
            webhook_url: string | null;
            /**
             * @description The first characters; null when there is none.
             * @example whsec_new***
             */
            webhook_secret: string | null;
            /** @description The events that are sent; null: every one. */
            webhook_events: ("payment.created" | "payment.pending" | "payment.success" | "payment.failed" | "refund.created" | "refund.processed" | "refund.failed" | "webhook.test")[] | null;
        };
        /** @description What to change; what is left out stays as it is, at least one field must be there. */
        WebhookConfigInput: {
            /** @description Null: send nothing. */
            webhook_url?: string | null;
            webhook_secret?: string | null;
            /** @description Null: every event. */
            webhook_events?: ("payment.created" | "payment.pending" | "payment.success" | "payment.failed" | "refund.created" | "refund.processed" | "refund.failed" | "webhook.test")[] | null;
        };
        /** @description One worker process on one queue. */
        WorkerState: {
            id: string;
            in_flight: number;
            last_beat_seconds: number;
            /** @enum {string} */
            status: "running" | "stopped";
        };
    };
    responses: {
        /** @description Missing, wrong or inactive credentials. */
        AuthenticationError: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Not from there, or not with an API key. */
        ForbiddenError: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Not acceptable as it is. */
        BadRequestError: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The body is too large. */
        PayloadTooLarge: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The body is not JSON. */
        UnsupportedMediaType: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The first request with this key is still running. */
        IdempotencyKeyInUse: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The key was used with another body. */
        IdempotencyKeyReused: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Our fault. */
        InternalError: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Try again shortly. */
        ServiceUnavailable: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
    };
    parameters: {
        /**
         * @description Makes a repeat of this request harmless.
         * @example unique-key-123
         */
        IdempotencyKey: string;
        /**
         * @description The payment's `client_secret`.
         * @example pay_7Hs2Lw9QeR4tY6uI8oP0aS_secret_2Kc8Vb1Nm4Qw7Er0Ty3Ui6
         */
        ClientSecret: string;
        /**
         * @description The order that is to be paid.
         * @example order_5kP0aQx8ZrT2mN7vB4cY1d
         */
        OrderOfCheckout: string;
        /** @example order_5kP0aQx8ZrT2mN7vB4cY1d */
        OrderIdInPath: string;
        /** @example pay_7Hs2Lw9QeR4tY6uI8oP0aS */
        PaymentIdInPath: string;
        /** @example rfnd_3Df5Gh7Jk9Lz1Xc2Vb4Nm6 */
        RefundIdInPath: string;
        /** @example key_test_abc123 */
        ApiKeyInPath: string;
        /** @example 3f0c8a52-7a34-4b62-9c2e-0a4d5a1f6b11 */
        DeliveryIdInPath: string;
        /**
         * @description How many at most.
         * @example 20
         */
        Limit: number;
        /**
         * @description How many at most.
         * @example 10
         */
        DeliveryLimit: number;
        /**
         * @description Only in this status, or in one of several.
         * @example failed
         */
        DeliveryStatus: string;
        /** @description Only of this event, or of one of several. */
        DeliveryEvent: string;
        /**
         * @description The beginning of the id of a payment, refund or test.
         * @example pay_7Hs2
         */
        DeliverySubject: string;
        /**
         * @description How many to leave out.
         * @example 0
         */
        Offset: number;
        /** @description Opaque; from a `Link` header. Excludes `offset`. */
        Cursor: string;
        /** @description Only in this status, or in one of several: `success,failed`. */
        PaymentStatus: string;
        /** @description Only of this method, or of one of several. */
        PaymentMethod: string;
        /**
         * @description The beginning of a payment's or of its order's id.
         * @example pay_7Hs2
         */
        PaymentQuery: string;
        /**
         * @description How long a period, up to now.
         * @example 30
         */
        Days: 1 | 7 | 30 | 90;
        /** @description The `id` of the last message that arrived; browsers send it when they reconnect. */
        LastEventId: string;
        /** @description Only payments of this order. */
        OrderIdInQuery: string;
        /**
         * @description Created at or after.
         * @example 2024-01-15T00:00:00Z
         */
        CreatedFrom: string;
        /**
         * @description Created before.
         * @example 2030-01-01T00:00:00Z
         */
        CreatedTo: string;
        /**
         * @description Of at least this amount.
         * @example 100
         */
        AmountMin: number;
        /**
         * @description Of at most this amount.
         * @example 1000000
         */
        AmountMax: number;
    };
    requestBodies: never;
    headers: {
        /** @description Names this request in the logs; the caller's own when it sent a plain one. */
        "X-Request-Id": string;
        /** @description The next page, `<…>; rel="next"` (RFC 8288); absent on the last. */
        Link: string;
        /** @description How many there are on all pages together. */
        "X-Total-Count": number;
        /**
         * @description A name for the file.
         * @example attachment; filename="payments-2024-01-15.csv"
         */
        "Content-Disposition": string;
        /** @description Seconds to wait before the next try. */
        "Retry-After": number;
        /** @description The session's cookie, HttpOnly and SameSite=Strict. */
        "Set-Cookie": string;
        /** @description `true` on an answer that was stored before. */
        "Idempotent-Replayed": "true";
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    exportPayments: {
        parameters: {
            query?: {
                /**
                 * @description The beginning of a payment's or of its order's id.
                 * @example pay_7Hs2
                 */
                q?: components["parameters"]["PaymentQuery"];
                /** @description Only in this status, or in one of several: `success,failed`. */
                status?: components["parameters"]["PaymentStatus"];
                /** @description Only of this method, or of one of several. */
                method?: components["parameters"]["PaymentMethod"];
                /** @description Only payments of this order. */
                order_id?: components["parameters"]["OrderIdInQuery"];
                /**
                 * @description Created at or after.
                 * @example 2024-01-15T00:00:00Z
                 */
                created_from?: components["parameters"]["CreatedFrom"];
                /**
                 * @description Created before.
                 * @example 2030-01-01T00:00:00Z
                 */
                created_to?: components["parameters"]["CreatedTo"];
                /**
                 * @description Of at least this amount.
                 * @example 100
                 */
                amount_min?: components["parameters"]["AmountMin"];
                /**
                 * @description Of at most this amount.
                 * @example 1000000
                 */
                amount_max?: components["parameters"]["AmountMax"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Content-Disposition": components["headers"]["Content-Disposition"];
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": components["schemas"]["PaymentsCsv"];
                };
            };
            /** @description Not acceptable as it is. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["ForbiddenError"];
            /** @description Too many of these for now. */
            429: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getPaymentTimeline: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example pay_7Hs2Lw9QeR4tY6uI8oP0aS */
                payment_id: components["parameters"]["PaymentIdInPath"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PaymentTimeline"];
                };
            };
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["ForbiddenError"];
            /** @description Not there, or not yours. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getDashboardSummary: {
        parameters: {
            query?: {
                /**
                 * @description How long a period, up to now.
                 * @example 30
                 */
                days?: components["parameters"]["Days"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DashboardSummary"];
                };
            };
            /** @description Not acceptable as it is. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["ForbiddenError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getDashboardQueues: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DashboardQueues"];
                };
            };
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["ForbiddenError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listPayments: {
        parameters: {
            query?: {
                /**
                 * @description How many at most.
                 * @example 20
                 */
                limit?: components["parameters"]["Limit"];
                /**
                 * @description How many to leave out.
                 * @example 0
                 */
                offset?: components["parameters"]["Offset"];
                /** @description Opaque; from a `Link` header. Excludes `offset`. */
                cursor?: components["parameters"]["Cursor"];
                /**
                 * @description The beginning of a payment's or of its order's id.
                 * @example pay_7Hs2
                 */
                q?: components["parameters"]["PaymentQuery"];
                /** @description Only in this status, or in one of several: `success,failed`. */
                status?: components["parameters"]["PaymentStatus"];
                /** @description Only of this method, or of one of several. */
                method?: components["parameters"]["PaymentMethod"];
                /** @description Only payments of this order. */
                order_id?: components["parameters"]["OrderIdInQuery"];
                /**
                 * @description Created at or after.
                 * @example 2024-01-15T00:00:00Z
                 */
                created_from?: components["parameters"]["CreatedFrom"];
                /**
                 * @description Created before.
                 * @example 2030-01-01T00:00:00Z
                 */
                created_to?: components["parameters"]["CreatedTo"];
                /**
                 * @description Of at least this amount.
                 * @example 100
                 */
                amount_min?: components["parameters"]["AmountMin"];
                /**
                 * @description Of at most this amount.
                 * @example 1000000
                 */
                amount_max?: components["parameters"]["AmountMax"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    Link: components["headers"]["Link"];
                    "X-Total-Count": components["headers"]["X-Total-Count"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PaymentList"];
                };
            };
            /** @description Not acceptable as it is. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["ForbiddenError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    createPayment: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Makes a repeat of this request harmless.
                 * @example unique-key-123
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PaymentInput"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewPayment"];
                };
            };
            /** @description Not acceptable as it is. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["ForbiddenError"];
            /** @description Not there, or not yours. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            409: components["responses"]["IdempotencyKeyInUse"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    createPublicPayment: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Makes a repeat of this request harmless.
                 * @example unique-key-123
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PaymentInput"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewPublicPayment"];
                };
            };
            /** @description Not acceptable as it is. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not there, or not yours. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            409: components["responses"]["IdempotencyKeyInUse"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getPayment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example pay_7Hs2Lw9QeR4tY6uI8oP0aS */
                payment_id: components["parameters"]["PaymentIdInPath"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Payment"];
                };
            };
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["ForbiddenError"];
            /** @description Not there, or not yours. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getPublicPayment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example pay_7Hs2Lw9QeR4tY6uI8oP0aS */
                payment_id: components["parameters"]["PaymentIdInPath"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PublicPayment"];
                };
            };
            /** @description Not there, or not yours. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    capturePayment: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Makes a repeat of this request harmless.
                 * @example unique-key-123
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @example pay_7Hs2Lw9QeR4tY6uI8oP0aS */
                payment_id: components["parameters"]["PaymentIdInPath"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CaptureInput"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Payment"];
                };
            };
            /** @description Not acceptable as it is. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["ForbiddenError"];
            /** @description Not there, or not yours. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            409: components["responses"]["IdempotencyKeyInUse"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getCheckoutPayment: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description The payment's `client_secret`.
                 * @example pay_7Hs2Lw9QeR4tY6uI8oP0aS_secret_2Kc8Vb1Nm4Qw7Er0Ty3Ui6
                 */
                "X-Client-Secret": components["parameters"]["ClientSecret"];
            };
            path: {
                /** @example pay_7Hs2Lw9QeR4tY6uI8oP0aS */
                payment_id: components["parameters"]["PaymentIdInPath"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CheckoutPayment"];
                };
            };
            /** @description Not there, or not yours. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    authenticatePayment: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description The payment's `client_secret`.
                 * @example pay_7Hs2Lw9QeR4tY6uI8oP0aS_secret_2Kc8Vb1Nm4Qw7Er0Ty3Ui6
                 */
                "X-Client-Secret": components["parameters"]["ClientSecret"];
            };
            path: {
                /** @example pay_7Hs2Lw9QeR4tY6uI8oP0aS */
                payment_id: components["parameters"]["PaymentIdInPath"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CodeInput"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CheckoutPayment"];
                };
            };
            /** @description Not acceptable as it is. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not there, or not yours. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    cancelPayment: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description The payment's `client_secret`.
                 * @example pay_7Hs2Lw9QeR4tY6uI8oP0aS_secret_2Kc8Vb1Nm4Qw7Er0Ty3Ui6
                 */
                "X-Client-Secret": components["parameters"]["ClientSecret"];
            };
            path: {
                /** @example pay_7Hs2Lw9QeR4tY6uI8oP0aS */
                payment_id: components["parameters"]["PaymentIdInPath"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CheckoutPayment"];
                };
            };
            /** @description Not acceptable as it is. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not there, or not yours. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getAllowedOrigins: {
        parameters: {
            query: {
                /**
                 * @description The order that is to be paid.
                 * @example order_5kP0aQx8ZrT2mN7vB4cY1d
                 */
                order_id: components["parameters"]["OrderOfCheckout"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AllowedOrigins"];
                };
            };
            /** @description Not there, or not yours. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getCheckoutSettings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CheckoutSettings"];
                };
            };
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["ForbiddenError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    updateCheckoutSettings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CheckoutSettings"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CheckoutSettings"];
                };
            };
            /** @description Not acceptable as it is. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["ForbiddenError"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listOrders: {
        parameters: {
            query?: {
                /**
                 * @description How many at most.
                 * @example 20
                 */
                limit?: components["parameters"]["Limit"];
                /**
                 * @description How many to leave out.
                 * @example 0
                 */
                offset?: components["parameters"]["Offset"];
                /** @description Opaque; from a `Link` header. Excludes `offset`. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    Link: components["headers"]["Link"];
                    "X-Total-Count": components["headers"]["X-Total-Count"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderList"];
                };
            };
            /** @description Not acceptable as it is. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["ForbiddenError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    createOrder: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Makes a repeat of this request harmless.
                 * @example unique-key-123
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OrderInput"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Order"];
                };
            };
            /** @description Not acceptable as it is. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["ForbiddenError"];
            409: components["responses"]["IdempotencyKeyInUse"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getOrder: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example order_5kP0aQx8ZrT2mN7vB4cY1d */
                order_id: components["parameters"]["OrderIdInPath"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Order"];
                };
            };
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["ForbiddenError"];
            /** @description Not there, or not yours. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getPublicOrder: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example order_5kP0aQx8ZrT2mN7vB4cY1d */
                order_id: components["parameters"]["OrderIdInPath"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PublicOrder"];
                };
            };
            /** @description Not there, or not yours. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listRefundsOfPayment: {
        parameters: {
            query?: {
                /**
                 * @description How many at most.
                 * @example 20
                 */
                limit?: components["parameters"]["Limit"];
                /**
                 * @description How many to leave out.
                 * @example 0
                 */
                offset?: components["parameters"]["Offset"];
                /** @description Opaque; from a `Link` header. Excludes `offset`. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path: {
                /** @example pay_7Hs2Lw9QeR4tY6uI8oP0aS */
                payment_id: components["parameters"]["PaymentIdInPath"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    Link: components["headers"]["Link"];
                    "X-Total-Count": components["headers"]["X-Total-Count"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RefundList"];
                };
            };
            /** @description Not acceptable as it is. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["ForbiddenError"];
            /** @description Not there, or not yours. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    createRefund: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Makes a repeat of this request harmless.
                 * @example unique-key-123
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @example pay_7Hs2Lw9QeR4tY6uI8oP0aS */
                payment_id: components["parameters"]["PaymentIdInPath"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RefundInput"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewRefund"];
                };
            };
            /** @description Not acceptable as it is. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["ForbiddenError"];
            /** @description Not there, or not yours. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            409: components["responses"]["IdempotencyKeyInUse"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getRefund: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example rfnd_3Df5Gh7Jk9Lz1Xc2Vb4Nm6 */
                refund_id: components["parameters"]["RefundIdInPath"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Refund"];
                };
            };
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["ForbiddenError"];
            /** @description Not there, or not yours. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listWebhookDeliveries: {
        parameters: {
            query?: {
                /**
                 * @description Only in this status, or in one of several.
                 * @example failed
                 */
                status?: components["parameters"]["DeliveryStatus"];
                /** @description Only of this event, or of one of several. */
                event?: components["parameters"]["DeliveryEvent"];
                /**
                 * @description The beginning of the id of a payment, refund or test.
                 * @example pay_7Hs2
                 */
                q?: components["parameters"]["DeliverySubject"];
                /**
                 * @description Created at or after.
                 * @example 2024-01-15T00:00:00Z
                 */
                created_from?: components["parameters"]["CreatedFrom"];
                /**
                 * @description Created before.
                 * @example 2030-01-01T00:00:00Z
                 */
                created_to?: components["parameters"]["CreatedTo"];
                /**
                 * @description How many at most.
                 * @example 10
                 */
                limit?: components["parameters"]["DeliveryLimit"];
                /**
                 * @description How many to leave out.
                 * @example 0
                 */
                offset?: components["parameters"]["Offset"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryPage"];
                };
            };
            /** @description Not acceptable as it is. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["ForbiddenError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    updateWebhooks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookConfigInput"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookConfig"];
                };
            };
            /** @description Not acceptable as it is. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["ForbiddenError"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getWebhookConfig: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookConfig"];
                };
            };
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["ForbiddenError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    updateWebhookConfig: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookConfigInput"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookConfig"];
                };
            };
            /** @description Not acceptable as it is. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["ForbiddenError"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    setWebhookConfig: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookConfigInput"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookConfig"];
                };
            };
            /** @description Not acceptable as it is. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["ForbiddenError"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    regenerateWebhookSecret: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewSecret"];
                };
            };
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["ForbiddenError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    regenerateWebhookSecretAlias: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewSecret"];
                };
            };
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["ForbiddenError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    revealWebhookSecret: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RevealedSecret"];
                };
            };
            401: components["responses"]["AuthenticationError"];
            /** @description Not from there, or not with an API key. */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    sendTestWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TestScheduled"];
                };
            };
            /** @description Not acceptable as it is. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["ForbiddenError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    retryFailedWebhookDeliveries: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RetryFailedInput"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ManyScheduled"];
                };
            };
            /** @description Not acceptable as it is. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["ForbiddenError"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getWebhookDelivery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 3f0c8a52-7a34-4b62-9c2e-0a4d5a1f6b11 */
                delivery_id: components["parameters"]["DeliveryIdInPath"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryDetails"];
                };
            };
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["ForbiddenError"];
            /** @description Not there, or not yours. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    retryWebhookDelivery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 3f0c8a52-7a34-4b62-9c2e-0a4d5a1f6b11 */
                delivery_id: components["parameters"]["DeliveryIdInPath"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RetryScheduled"];
                };
            };
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["ForbiddenError"];
            /** @description Not there, or not yours. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description Missing, wrong or inactive credentials. */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not from there, or not with an API key. */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    signIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignInInput"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Set-Cookie": components["headers"]["Set-Cookie"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description Not acceptable as it is. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Missing, wrong or inactive credentials. */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not from there, or not with an API key. */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            /** @description Too many of these for now. */
            429: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    signOut: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; no content. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Set-Cookie": components["headers"]["Set-Cookie"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not from there, or not with an API key. */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    streamEvents: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `id` of the last message that arrived; browsers send it when they reconnect. */
                "Last-Event-ID"?: components["parameters"]["LastEventId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["LiveEvent"];
                };
            };
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["ForbiddenError"];
            /** @description Too many of these for now. */
            429: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listApiKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyList"];
                };
            };
            401: components["responses"]["AuthenticationError"];
            /** @description Not from there, or not with an API key. */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    createApiKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApiKeyInput"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewApiKey"];
                };
            };
            /** @description Not acceptable as it is. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["AuthenticationError"];
            /** @description Not from there, or not with an API key. */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    rollApiKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example key_test_abc123 */
                key: components["parameters"]["ApiKeyInPath"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RollInput"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewApiKey"];
                };
            };
            /** @description Not acceptable as it is. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["AuthenticationError"];
            /** @description Not from there, or not with an API key. */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not there, or not yours. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    revokeApiKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example key_test_abc123 */
                key: components["parameters"]["ApiKeyInPath"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKey"];
                };
            };
            401: components["responses"]["AuthenticationError"];
            /** @description Not from there, or not with an API key. */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not there, or not yours. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getRoot: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Root"];
                };
            };
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            500: components["responses"]["InternalError"];
            /** @description Try again shortly. */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"] | components["schemas"]["Error"];
                };
            };
        };
    };
    getJobStatus: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobStatus"];
                };
            };
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getSeededMerchant: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SeededMerchant"];
                };
            };
            /** @description Not there, or not yours. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
}
