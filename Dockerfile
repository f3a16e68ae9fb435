# The program without embedded servers: it is told DATABASE_URL, REDIS_URL and SECRET_KEY (see docker-compose.yml).

FROM python:3.12-slim AS assets
WORKDIR /build
COPY requirements/node.txt package.json package-lock.json .npmrc ./
RUN pip install --no-cache-dir --require-hashes -r node.txt && npm ci --ignore-scripts --no-audit --no-fund
# The sprite holds the icons that templates and code use: all of it is read.
COPY . .
RUN cd scripts && python -c "import assets; assets.copy_files(); assets.draw_sprite()"

FROM python:3.12-slim AS packages
RUN python -m venv /opt/ferma
COPY requirements/base.txt ./
RUN /opt/ferma/bin/pip install --no-cache-dir --require-hashes -r base.txt

FROM python:3.12-slim
RUN useradd --system --uid 10001 --create-home --home-dir /srv/home ferma \
    && install -d -o ferma /srv/var
ENV PATH=/opt/ferma/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    FERMA_VAR=/srv/var \
    STATIC_ROOT=/srv/static
WORKDIR /srv/ferma
COPY --from=packages /opt/ferma /opt/ferma
COPY . .
COPY --from=assets /build/static/vendor static/vendor
# Settings demand the addresses; nothing here connects to them.
RUN python -m crm.messages \
    && DATABASE_URL=postgresql://build/build REDIS_URL=redis://build SECRET_KEY=build \
        python manage.py collectstatic --noinput --verbosity 0
USER ferma
VOLUME /srv/var
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["gunicorn", "--bind", "0.0.0.0:8000"]
