# One image for every role; the role is the command (see docker-compose.yml).
ARG PYTHON=3.13

FROM python:${PYTHON}-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
# Without pip: it is lent from outside, so that what is copied on can install nothing.
RUN python -m venv --without-pip /venv
WORKDIR /app
# Dependencies first: their layer stays while only our code changes.
COPY pyproject.toml requirements.lock README.md ./
RUN mkdir pipeline workers config \
    && pip --python /venv/bin/python install --constraint requirements.lock --editable .

FROM python:${PYTHON}-slim
# The same path as in the build stage: the editable install points here, so imports equal paths.
WORKDIR /app
RUN pip uninstall --yes --root-user-action ignore pip \
    && useradd --uid 10001 --no-create-home --home-dir /nonexistent copydesk \
    && install --directory --owner copydesk --mode 0750 /data
COPY --from=build /venv /venv
COPY pyproject.toml README.md ./
COPY config config
COPY pipeline pipeline
COPY workers workers
RUN /venv/bin/python -m compileall -q /app
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    COPYDESK_DATA_DIR=/data
USER copydesk
# A warm stop: workers end what they began, within stop_grace_period (docs/decisions/0004).
STOPSIGNAL SIGTERM
ENTRYPOINT ["copydesk"]
CMD ["--help"]
