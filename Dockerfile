# syntax=docker/dockerfile:1

# Front-end files, exactly as locked.
FROM node:22-slim AS assets
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

# Python packages by hash, compiled translations, and compressed static files.
FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
WORKDIR /app
COPY requirements-image.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements-image.lock
COPY . .
COPY --from=assets /build/node_modules node_modules
# Settings want every key; none of these values stays in the image, and no server is asked.
RUN SECRET_KEY=only-for-this-step-of-the-build-0123456789abcdef \
    DATABASE_URL=postgresql://alliance_runtime@localhost/alliance \
    DATABASE_OWNER_URL=postgresql://alliance_owner@localhost/alliance \
    DATABASE_OPERATOR_URL=postgresql://alliance_operator@localhost/alliance \
    REDIS_URL=redis://localhost:6379/0 \
    COLLECTED_STATIC=1 STATIC_DIR=/app/collected \
    sh -c 'python manage.py compile_catalogues && python manage.py collectstatic --noinput' \
    && rm -rf node_modules

FROM python:3.13-slim
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=alliance.settings \
    COLLECTED_STATIC=1 \
    STATIC_DIR=/app/collected \
    DATA_DIR=/data
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin alliance \
    && install -d -o alliance -g alliance -m 0700 /data
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
USER alliance
VOLUME /data
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "8", "alliance.wsgi:application"]
