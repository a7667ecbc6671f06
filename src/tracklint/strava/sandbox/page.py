"""The stand-in's two pages for a browser: what was received, and one activity. Everything that was sent is escaped."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape

from ..status import plain
from .state import Strava, Upload, activity_answer, title

__all__ = ["activity_page", "overview_page"]

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; color: #222;
background: #fff } table { border-collapse: collapse; width: 100% } caption { text-align: left; padding: .5rem 0 } th,
td { text-align: left; vertical-align: top; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid #ddd;
overflow-wrap: break-word } .ready { color: #1a6e2e } .risky { color: #8a5a00 } .refused { color: #a61b1b } ul { margin:
0; padding-left: 1.1rem } form { display: inline }
"""


def overview_page(strava: Strava) -> str:
    """Every upload with our verdict, what Strava's status says, and the findings."""
    rows = "\n".join(_row(upload) for upload in reversed(strava.uploads.values()))
    count = f"{len(strava.uploads)} uploads, {len(strava.activities)} activities"
    usage = "; ".join(f"{name} {value}" for name, value in strava.limit_headers().items())
    head = "<tr><th>Received<th>File<th>Sent as<th>Verdict<th>Status<th>Findings<th>Questions</tr>"
    table = f"<table><caption>{count}</caption>{head}\n{rows}\n</table>" if rows else "<p>Nothing was sent yet.</p>"
    return _page("tracklint sandbox", f"<h1>Strava stand-in</h1>\n{table}\n<p>{escape(usage)}</p>")


def activity_page(upload: Upload) -> str:
    """One activity as a list of what ``GET /activities/{id}`` answers."""
    facts = activity_answer(upload)
    facts |= {f"sandbox: {key}": value for key, value in facts.pop("sandbox").items()}
    rows = "\n".join(
        f"<tr><th>{escape(key)}<td>{escape(str(value))}</tr>" for key, value in facts.items() if value is not None
    )
    action = f"/activities/{upload.activity_id}/delete"
    delete = f"<form method=post action='{action}'><button>Delete this activity</button></form>"
    name = escape(title(upload))
    return _page(name, f"<h1>{name}</h1>\n<table>{rows}</table>\n<p>{delete} <a href='/'>all uploads</a></p>")


def _row(upload: Upload) -> str:
    report = upload.report
    status = escape(plain(upload.error or upload.status))
    if upload.activity_id is not None and not upload.deleted:
        status += f" <a href='/activities/{upload.activity_id}'>activity {upload.activity_id}</a>"
    findings = "".join(f"<li>{escape(f'{f.severity.label} {f.code}: {f.message}')}" for f in report.findings[:20])
    more = f"<li>and {len(report.findings) - 20} more" if len(report.findings) > 20 else ""
    received = datetime.fromtimestamp(upload.received, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    asked = (
        f"{upload.asked}, {upload.asked_too_fast} of them within 1 s" if upload.asked_too_fast else str(upload.asked)
    )
    cells = (
        received,
        f"{escape(upload.file_name)}<br><small>{escape(upload.external_id)}</small>",
        f"{escape(upload.data_type)}, {report.bytes} bytes",
        f"<span class={report.verdict}>{report.verdict}</span>",
        status,
        f"<ul>{findings}{more}</ul>",
        asked,
    )
    return "<tr>" + "".join(f"<td>{cell}" for cell in cells) + "</tr>"


def _page(name: str, body: str) -> str:
    head = f"<meta charset=utf-8><title>{name}</title><style>{_STYLE}</style>"
    return f"<!doctype html>\n<html lang=en>{head}\n{body}\n</html>\n"
