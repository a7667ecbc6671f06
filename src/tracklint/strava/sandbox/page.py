"""The stand-in's pages for a browser: what was received, one upload, one activity. Everything that was sent is
escaped."""

from __future__ import annotations

from html import escape

from ..status import plain
from .scenarios import SCENARIOS
from .state import Activity, Strava, Upload, shown_time

__all__ = ["VERDICTS", "activity_page", "overview_page", "upload_page"]

VERDICTS = ("ready", "risky", "refused")
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; color: #222;
background: #fff } table { border-collapse: collapse; width: 100% } caption { text-align: left; padding: .5rem 0 } th,
td { text-align: left; vertical-align: top; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid #ddd;
overflow-wrap: anywhere } .list td, .list th { overflow-wrap: normal } .list td:nth-child(2), .list td:nth-child(6) {
overflow-wrap: anywhere } .ready { color: #1a6e2e } .risky { color: #8a5a00 } .refused { color: #a61b1b } ul { margin:
0; padding-left: 1.1rem } form { display: inline } details { margin: 1.5rem 0 } nav { margin: 1rem 0 }
button, input, select { font: inherit; padding: .2rem .5rem }
@media (max-width: 45rem) { body { margin: 1rem auto } .list thead { display: none } .list tr { display: block;
padding: .6rem 0; border-bottom: 1px solid #ddd } .list td { display: block; border: 0; padding: .1rem 0 } .list
td:empty { display: none } .list td::before { content: attr(data-label) ": "; color: #666 } }
"""
_COLUMNS = ("Received", "File", "Sent as", "Verdict", "Status", "Findings", "Questions", "Scenario")


def overview_page(strava: Strava, verdict: str = "", text: str = "") -> str:
    """Every upload with our verdict, what Strava's status says, a link to its findings, and the scenario that was at
    work. ``verdict`` and ``text`` show only the uploads with that verdict, and with that text in a name or a
    finding."""
    shown = [upload for upload in reversed(list(strava.uploads.values())) if _fits(upload, verdict, text.casefold())]
    rows = "\n".join(_row(upload, strava) for upload in shown)
    count = f"{len(strava.uploads)} uploads, {len(strava.activities)} activities"
    count += f"; {len(shown)} shown" if verdict or text else ""
    usage = "; ".join(f"{name} {value}" for name, value in strava.usage.headers().items())
    head = "<thead><tr>" + "".join(f"<th>{name}" for name in _COLUMNS) + "</tr></thead>"
    empty = "<p>Nothing was sent yet.</p>" if not strava.uploads else f"<p>{count}.</p>"
    table = f"<table class=list><caption>{count}</caption>{head}\n{rows}\n</table>" if rows else empty
    manual = [a for a in strava.activities.values() if a.upload_id is None]
    listed = "".join(f"<li>{_link(a)} {escape(' '.join(a.scenarios))}" for a in reversed(manual))
    created = f"<h2>Created without a file</h2><ul>{listed}</ul>" if manual else ""
    at_work = f"<p>For everything: {escape(', '.join(strava.scenarios))}</p>" if strava.scenarios else ""
    names = "".join(f"<tr><th>{s.name}<td>{escape(s.says)}</tr>" for s in SCENARIOS.values())
    scenarios = f"<details><summary>Scenarios, for a marker such as ride[slow].gpx</summary><table>{names}</table>"
    forget = _button(strava, "/reset", "Forget everything")
    body = f"<h1>Strava stand-in</h1>\n{at_work}{_filter(verdict, text)}{table}\n{created}<p>{escape(usage)}</p>\n"
    return _page("tracklint sandbox", f"{body}<p>{forget}</p>{scenarios}</details>")


def upload_page(upload: Upload, strava: Strava) -> str:
    """One upload: what was sent with it, what is told of it, and every finding."""
    facts = {
        "received": shown_time(upload.received), "external id": upload.external_id,
        "sent as": f"{upload.data_type}, {upload.report.bytes} bytes uncompressed", **upload.fields,
        "questions": _questions(upload), "scenario": "made up" if upload.made_up else ", ".join(upload.scenarios),
    }  # fmt: skip
    rows = "\n".join(f"<tr><th>{escape(key)}<td>{escape(str(value))}</tr>" for key, value in facts.items() if value)
    findings = "".join(f"<li>{escape(finding)}" for finding in upload.report.findings)
    verdict = upload.report.verdict
    body = (
        f"<h1>{escape(upload.file_name)}</h1>\n<p><span class={verdict}>{verdict}</span>. {_status(upload, strava)}</p>"
        f"<h2>Findings</h2>\n{f'<ul>{findings}</ul>' if findings else '<p>None.</p>'}\n<h2>What was sent</h2>\n"
        f"<table>{rows}</table>\n<p><a href='/'>all uploads</a></p>"
    )
    return _page(escape(upload.file_name), body)


def activity_page(activity: Activity, strava: Strava) -> str:
    """One activity as a list of what ``GET /activities/{id}`` answers, and its picture."""
    facts = dict(activity.facts)
    facts |= {f"sandbox: {key}": value for key, value in facts.pop("sandbox", {}).items()}
    facts["picture"] = activity.picture
    rows = "\n".join(
        f"<tr><th>{escape(key)}<td>{escape(str(value))}</tr>" for key, value in facts.items() if value is not None
    )
    delete = _button(strava, f"/activities/{activity.id}/delete", "Delete this activity")
    findings = f" <a href='/uploads/{activity.upload_id}'>findings</a>" if activity.upload_id is not None else ""
    name = escape(facts["name"])
    return _page(name, f"<h1>{name}</h1>\n<table>{rows}</table>\n<p>{delete}{findings} <a href='/'>all uploads</a></p>")


def _fits(upload: Upload, verdict: str, text: str) -> bool:
    if verdict and upload.report.verdict != verdict:
        return False
    said = (upload.file_name, upload.external_id, upload.error or upload.status, *upload.report.findings)
    return any(text in each.casefold() for each in said)


def _filter(verdict: str, text: str) -> str:
    options = "".join(f"<option{' selected' * (name == verdict)}>{name}</option>" for name in VERDICTS)
    reset = " <a href='/'>reset</a>" if verdict or text else ""
    return (
        "<nav><form action='/'><label>Verdict <select name=verdict><option value=''>any</option>"
        f"{options}</select></label> <label>Text <input name=text size=16 value='{escape(text)}'></label> "
        f"<button>Filter</button></form>{reset}</nav>\n"
    )


def _button(strava: Strava, action: str, label: str) -> str:
    """A button that changes something: it carries a token, which no other page knows."""
    token = f"<input type=hidden name=token value={strava.token_for(action)}>"
    return f"<form method=post action='{action}'>{token}<button>{label}</button></form>"


def _row(upload: Upload, strava: Strava) -> str:
    report = upload.report
    found = f"{len(report.findings)} findings" if len(report.findings) != 1 else "1 finding"
    first = f"<br><small>{escape(report.findings[0])}</small>" if report.findings else ""
    other = f"<br><small>{escape(upload.external_id)}</small>" if upload.external_id != upload.file_name else ""
    cells = (
        shown_time(upload.received),
        f"<a href='/uploads/{upload.id}'>{escape(upload.file_name)}</a>{other}",
        f"{escape(upload.data_type)}, {report.bytes} bytes",
        f"<span class={report.verdict}>{report.verdict}</span>",
        _status(upload, strava),
        f"<a href='/uploads/{upload.id}'>{found}</a>{first}",
        _questions(upload),
        "made up" if upload.made_up else escape(", ".join(upload.scenarios)),
    )
    labelled = zip(_COLUMNS, cells, strict=True)
    return "<tr>" + "".join(f"<td data-label='{name}'>{cell}" for name, cell in labelled) + "</tr>"


def _status(upload: Upload, strava: Strava) -> str:
    status = escape(plain(upload.error or upload.status))
    activity = strava.activities.get(upload.activity_id or 0)
    if activity is not None:
        status += f" <a href='/activities/{activity.id}'>activity {activity.id}</a>"
        status += f"<br>picture: {escape(str(activity.picture))}" if activity.picture else ""
    return status


def _questions(upload: Upload) -> str:
    fast = f", {upload.asked_too_fast} of them within 1 s" if upload.asked_too_fast else ""
    return f"{upload.asked}{fast}"


def _link(activity: Activity) -> str:
    picture = f", picture: {escape(str(activity.picture))}" if activity.picture else ""
    return f"<a href='/activities/{activity.id}'>{escape(activity.facts['name'])}</a>{picture}"


def _page(name: str, body: str) -> str:
    head = (
        "<meta charset=utf-8><meta name=viewport content='width=device-width, initial-scale=1'>"
        f"<title>{name}</title><style>{_STYLE}</style>"
    )
    return f"<!doctype html>\n<html lang=en>{head}\n{body}\n</html>\n"
