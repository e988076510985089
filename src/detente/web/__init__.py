"""The web site and the HTTP interface: reads only, asks nobody, works without a script.

Pages are made on the server from the same replies as their JSON twins. Every answer has an ETag, and is kept for as
long as the data are the same. What it refuses: anything that writes, bodies over a megabyte, slow clients, script
from anywhere but its own one file.
"""

from __future__ import annotations

from detente.web.app import create_app
from detente.web.server import serve

__all__ = ["create_app", "serve"]
