"""gunicorn's settings: threads, since a request spends its time waiting for the database."""

from launchpad import environment

# Without it anybody could sign a session of their own.
environment.text("SECRET_KEY")

bind = f"{environment.text('BIND', '127.0.0.1')}:{environment.text('PORT', '8000')}"
worker_class = "gthread"
workers = int(environment.text("WEB_CONCURRENCY", "2"))
threads = 8
# Read once and shared by all: half the memory, and a start in half the time.
preload_app = True
timeout = 30
graceful_timeout = 20
keepalive = 5
forwarded_allow_ips = environment.text("TRUSTED_PROXIES", "127.0.0.1,::1")
control_socket_disable = True
# Requests are logged by django-structlog, with a request id and without addresses.
accesslog = None
errorlog = "-"
loglevel = "warning"
