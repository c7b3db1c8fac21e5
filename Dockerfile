# One image for every role; the role is the command (see docker-compose.yml).
ARG PYTHON=3.13

FROM python:${PYTHON}-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /venv
WORKDIR /app
# Dependencies first: their layer stays while only our code changes.
COPY pyproject.toml requirements.lock README.md ./
RUN mkdir pipeline workers config \
    && /venv/bin/pip install --constraint requirements.lock --editable .

FROM python:${PYTHON}-slim
# The same path as in the build stage: the editable install points here, so imports equal paths.
WORKDIR /app
COPY --from=build /venv /venv
COPY pyproject.toml README.md ./
COPY config config
COPY pipeline pipeline
COPY workers workers
RUN useradd --uid 10001 --no-create-home --home-dir /nonexistent copydesk \
    && install --directory --owner copydesk --mode 0750 /data \
    && /venv/bin/python -m compileall -q /app
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    COPYDESK_DATA_DIR=/data
USER copydesk
# A warm stop: workers end what they began, within stop_grace_period.
STOPSIGNAL SIGTERM
ENTRYPOINT ["copydesk"]
CMD ["--help"]
