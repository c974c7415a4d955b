# One image for each service, built from the root of the repository:
#   docker build --build-arg SERVICE=api .
ARG PYTHON_IMAGE=python:3.12-slim-bookworm
# One of the stages below that have a CMD.
ARG SERVICE

FROM ${PYTHON_IMAGE} AS packages
ARG SERVICE
COPY requirements /requirements
RUN python -m venv --without-pip /opt/gateway \
 && pip --python /opt/gateway/bin/python install --no-cache-dir --no-deps --require-hashes --only-binary :all: -r /requirements/${SERVICE}.txt

FROM ${PYTHON_IMAGE} AS base
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin gateway
COPY --from=packages /opt/gateway /opt/gateway
COPY core/gateway_core /opt/gateway/app/gateway_core
ENV PATH=/opt/gateway/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONPATH=/opt/gateway/app PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1

FROM base AS api
COPY cli/gateway_cli /opt/gateway/app/gateway_cli
RUN printf '#!/bin/sh\nexec python -m gateway_cli "$@"\n' > /opt/gateway/bin/gateway && chmod 755 /opt/gateway/bin/gateway
COPY services/api/api /opt/gateway/app/api
EXPOSE 8000
CMD ["python", "-m", "api"]

FROM base AS payment_processor
COPY services/payment_processor/payment_processor /opt/gateway/app/payment_processor
CMD ["python", "-m", "payment_processor"]

FROM base AS refund_processor
COPY services/refund_processor/refund_processor /opt/gateway/app/refund_processor
CMD ["python", "-m", "refund_processor"]

FROM base AS webhook_dispatcher
COPY services/webhook_dispatcher/webhook_dispatcher /opt/gateway/app/webhook_dispatcher
CMD ["python", "-m", "webhook_dispatcher"]

# All workers in one process.
FROM base AS worker
COPY services/payment_processor/payment_processor /opt/gateway/app/payment_processor
COPY services/refund_processor/refund_processor /opt/gateway/app/refund_processor
COPY services/webhook_dispatcher/webhook_dispatcher /opt/gateway/app/webhook_dispatcher
COPY services/worker/worker /opt/gateway/app/worker
CMD ["python", "-m", "worker"]

FROM ${SERVICE}
RUN ["python", "-m", "compileall", "-q", "/opt/gateway/app"]
# Last, so that another revision changes no layer.
ARG SERVICE
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Payment gateway: ${SERVICE}" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="MIT"
USER 10001:10001
EXPOSE 9100
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s CMD ["python", "-m", "gateway_core.runtime.probe"]
