"""The stand-in's two pages for a browser: what was received, and one activity. Everything that was sent is escaped."""

from __future__ import annotations

from html import escape

from ..status import plain
from .scenarios import SCENARIOS
from .state import Activity, Strava, Upload, shown_time

__all__ = ["activity_page", "overview_page"]

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; color: #222;
background: #fff } table { border-collapse: collapse; width: 100% } caption { text-align: left; padding: .5rem 0 } th,
td { text-align: left; vertical-align: top; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid #ddd;
overflow-wrap: break-word } .ready { color: #1a6e2e } .risky { color: #8a5a00 } .refused { color: #a61b1b } ul { margin:
0; padding-left: 1.1rem } form { display: inline } details { margin: 1.5rem 0 }
"""


def overview_page(strava: Strava) -> str:
    """Every upload with our verdict, what Strava's status says, the findings, and the scenario that was at work."""
    rows = "\n".join(_row(upload, strava) for upload in reversed(list(strava.uploads.values())))
    count = f"{len(strava.uploads)} uploads, {len(strava.activities)} activities"
    usage = "; ".join(f"{name} {value}" for name, value in strava.usage.headers().items())
    head = "<tr><th>Received<th>File<th>Sent as<th>Verdict<th>Status<th>Findings<th>Questions<th>Scenario</tr>"
    table = f"<table><caption>{count}</caption>{head}\n{rows}\n</table>" if rows else "<p>Nothing was sent yet.</p>"
    manual = [a for a in strava.activities.values() if a.upload_id is None]
    listed = "".join(f"<li>{_link(a)} {escape(' '.join(a.scenarios))}" for a in reversed(manual))
    created = f"<h2>Created without a file</h2><ul>{listed}</ul>" if manual else ""
    at_work = f"<p>For everything: {escape(', '.join(strava.scenarios))}</p>" if strava.scenarios else ""
    names = "".join(f"<tr><th>{s.name}<td>{escape(s.says)}</tr>" for s in SCENARIOS.values())
    scenarios = f"<details><summary>Scenarios, for a marker such as ride[slow].gpx</summary><table>{names}</table>"
    body = f"<h1>Strava stand-in</h1>\n{at_work}{table}\n{created}<p>{escape(usage)}</p>\n{scenarios}</details>"
    return _page("tracklint sandbox", body)


def activity_page(activity: Activity) -> str:
    """One activity as a list of what ``GET /activities/{id}`` answers, and its picture."""
    facts = dict(activity.facts)
    facts |= {f"sandbox: {key}": value for key, value in facts.pop("sandbox", {}).items()}
    facts["picture"] = activity.picture
    rows = "\n".join(
        f"<tr><th>{escape(key)}<td>{escape(str(value))}</tr>" for key, value in facts.items() if value is not None
    )
    action = f"/activities/{activity.id}/delete"
    delete = f"<form method=post action='{action}'><button>Delete this activity</button></form>"
    name = escape(facts["name"])
    return _page(name, f"<h1>{name}</h1>\n<table>{rows}</table>\n<p>{delete} <a href='/'>all uploads</a></p>")


def _row(upload: Upload, strava: Strava) -> str:
    report = upload.report
    status = escape(plain(upload.error or upload.status))
    activity = strava.activities.get(upload.activity_id or 0)
    if activity is not None:
        status += f" <a href='/activities/{activity.id}'>activity {activity.id}</a>"
        status += f"<br>picture: {escape(str(activity.picture))}" if activity.picture else ""
    findings = "".join(f"<li>{escape(finding)}" for finding in report.findings[:20])
    more = f"<li>and {len(report.findings) - 20} more" if len(report.findings) > 20 else ""
    asked = (
        f"{upload.asked}, {upload.asked_too_fast} of them within 1 s" if upload.asked_too_fast else str(upload.asked)
    )
    cells = (
        shown_time(upload.received),
        f"{escape(upload.file_name)}<br><small>{escape(upload.external_id)}</small>",
        f"{escape(upload.data_type)}, {report.bytes} bytes",
        f"<span class={report.verdict}>{report.verdict}</span>",
        status,
        f"<ul>{findings}{more}</ul>",
        asked,
        "made up" if upload.made_up else escape(", ".join(upload.scenarios)),
    )
    return "<tr>" + "".join(f"<td>{cell}" for cell in cells) + "</tr>"


def _link(activity: Activity) -> str:
    picture = f", picture: {escape(str(activity.picture))}" if activity.picture else ""
    return f"<a href='/activities/{activity.id}'>{escape(activity.facts['name'])}</a>{picture}"


def _page(name: str, body: str) -> str:
    head = f"<meta charset=utf-8><title>{name}</title><style>{_STYLE}</style>"
    return f"<!doctype html>\n<html lang=en>{head}\n{body}\n</html>\n"
