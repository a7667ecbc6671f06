"""A program of somebody else, over all of the public face: ``mypy --strict`` accepts it, and it runs.

python client.py FILE... checks, reads, mends and prepares the files, and sends them to the signed-in athlete's Strava.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import tracklint as tl
from tracklint import strava


def told(report: tl.Report) -> Iterator[str]:
    verdict: tl.Verdict = report.verdict
    kind: tl.Format = report.format
    yield f"{report.name}: {kind}, {verdict}"
    findings: set[tl.Finding] = set(report.findings)
    for finding in sorted(findings, key=lambda each: each.code):
        rule: tl.Rule | tl.Failure = tl.explain(finding.code)
        mended: tl.Safety | None = finding.fix
        yield f"  {finding.severity >= tl.Severity.WARNING} line {finding.where.line}: {rule.title} {mended or 'no fix'}"
    skipped: tuple[tl.Skipped, ...] = report.skipped
    yield f"  {len(skipped)} skipped: {', '.join(each.code for each in skipped)}"


def measured(path: str, config: tl.Config) -> str:
    ride: tl.Activity = tl.read(path, config=config)
    sessions: tuple[tl.Session, ...] = ride.sessions
    laps: tuple[tl.Lap, ...] = ride.laps
    return f"  {len(ride)} points, {len(sessions)} sessions, {len(laps)} laps, {ride.power.mean()} W, {ride.at(0).line}"


def mended(path: str, config: tl.Config) -> str:
    fixed: tl.Fixed = tl.fix(path, config=config, wishes=tl.Wishes(sport="cycling"), notes=True)
    edits: tuple[tl.Edit, ...] = fixed.edits
    ledger: tuple[tl.Change, ...] = fixed.ledger
    prepared: tl.Prepared = tl.prepare(path, config=config, barometer=True)
    return f"  {len(edits)} edits, {[change.says for change in ledger]}; {prepared.name}: {prepared.data_type}"


def sent(paths: list[str], config: tl.Config) -> Iterator[strava.Uploaded]:
    settings = strava.Settings.from_environment()
    token, athlete = strava.token_source(settings, print), strava.account(settings)
    order = strava.Order(config=config, fields=strava.Fields(title="{sport}, {km} km"))
    with (
        strava.Client(token, api_base=settings.api_base) as client,
        strava.Journal.of(settings, api_base=client.api_base, account=athlete, waiting=print) as journal,
    ):
        uploader = strava.Uploader(client, polls=(1.0,))
        jobs: Iterator[strava.Job] = strava.jobs_for(paths, order, print)
        yield from strava.Batch(uploader, journal, finish=strava.photo_finisher(uploader)).run(jobs)
        gym = strava.Manual(name="Gym", sport_type="Workout", start_date_local="2026-01-31T18:00:00", elapsed_time=3600)
        yield strava.create(client, journal, gym)


def main(paths: list[str], purpose: tl.Purpose = "strava") -> None:
    try:
        limits: tl.Limits = tl.load_config().limits
        config = tl.Config(purpose=purpose, limits=limits)
        alone = [tl.check(path, config=config) for path in paths]
        for path, report in zip(paths, tl.check_many(paths, config=config), strict=True):
            print(*told(report), measured(path, config), mended(path, config), report in alone, sep="\n")
        for uploaded in sent(paths, config):
            print(f"{uploaded.name}: {uploaded.outcome}")
    except (tl.BadConfig, tl.Unreadable, strava.StravaError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main(sys.argv[1:])
