# Two stages: the first builds a virtual environment from hash-pinned requirements and a wheel of the project,
# the second holds that environment and nothing to build or install with.
ARG PYTHON=python:3.11.14-slim-bookworm

FROM ${PYTHON} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_NO_INPUT=1 \
    PIP_ROOT_USER_ACTION=ignore
WORKDIR /build
COPY requirements.txt requirements-build.txt ./
RUN python -m venv --without-pip /opt/signoff \
    && pip --python /opt/signoff/bin/python install --require-hashes --requirement requirements.txt \
    && pip install --require-hashes --requirement requirements-build.txt
COPY pyproject.toml README.md LICENSE ./
COPY bot ./bot
COPY migrations ./migrations
RUN pip wheel --no-deps --no-build-isolation --wheel-dir /dist . \
    && pip --python /opt/signoff/bin/python install --no-deps --no-index /dist/*.whl

FROM ${PYTHON}
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/signoff --shell /usr/sbin/nologin signoff
COPY --from=build /opt/signoff /opt/signoff
# Inside a container the address of the service is the container's. The admin address stays on loopback: give it
# another one only on a network that none but the monitoring can reach.
ENV PATH=/opt/signoff/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    SIGNOFF_CONFIG=/etc/signoff/signoff.yaml \
    SIGNOFF_DATABASE_URL=sqlite+aiosqlite:////var/lib/signoff/signoff.db \
    SIGNOFF_CHECKPOINTS=/var/lib/signoff/checkpoints.jsonl \
    SIGNOFF_SPOOL=/var/lib/signoff/spool \
    SIGNOFF_LISTEN=0.0.0.0:8080
USER 10001
WORKDIR /var/lib/signoff
VOLUME /var/lib/signoff
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8080/healthz', timeout=4)"]
ENTRYPOINT ["signoff"]
CMD ["serve"]
