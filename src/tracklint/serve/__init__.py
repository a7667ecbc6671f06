"""A page on this machine to drop files on: what is wrong with each, its page, the mended file and the prepared one.

Needs the extra ``serve`` (starlette, uvicorn, plotly, Jinja2). Files are held in memory for a while; none is written to
disk.
"""

from __future__ import annotations

from ..extras import how_to_install

try:
    import jinja2  # noqa: F401 - each is there, or the extra is not
    import plotly  # noqa: F401 - the same
    import starlette  # noqa: F401 - the same
    import uvicorn  # noqa: F401 - the same
except ImportError as error:
    raise ImportError(f"`serve` needs {error.name}; {how_to_install('serve')}") from None

from .serving import running_page, serve
from .shelf import Bounds, Shelf

__all__ = ["Bounds", "Shelf", "running_page", "serve"]
