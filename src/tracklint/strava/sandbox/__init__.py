"""A stand-in of Strava on this machine: its upload endpoints, statuses, texts and limits, with our own check behind.

Needs the extra ``sandbox`` (starlette, uvicorn, python-multipart). What it answers follows Strava's documents and
what users have seen of the live service; it creates nothing anywhere and keeps everything in memory.
"""

from __future__ import annotations

from ...extras import how_to_install

try:
    import python_multipart  # noqa: F401  starlette needs it, and says so only at the first upload
    import starlette  # noqa: F401 - each is there, or the extra is not
    import uvicorn  # noqa: F401 - the same
except ImportError as error:
    raise ImportError(f"the sandbox needs {error.name}; {how_to_install('sandbox')}") from None

from .api import app
from .scenarios import SCENARIOS
from .serving import Running, running_sandbox, serve
from .state import SANDBOX_TOKEN, Options, Strava

__all__ = ["SANDBOX_TOKEN", "SCENARIOS", "Options", "Running", "Strava", "app", "running_sandbox", "serve"]
