#!/usr/bin/env python
"""``python tests/fuzz/run.py FOLDER [SECONDS]``: all targets, two at a time, for so many seconds each (1,200).

Goals are 100 executions a second for reading and 15 for mending, of CPU time, so that a busy machine does not hide it.

What is found is kept in FOLDER, where the next run goes on from it; a crash leaves ``crash-...`` there, and status 1.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
#: Bytes of an input; what they take to read grows with them, and so many hold every construct of a format.
MOST = {"fit": 768, "xml": 2048}
PAIRS = (("fit-read", "xml-read"), ("fit-mend", "xml-mend"))


def started(target: str, folder: Path, seconds: int) -> subprocess.Popen[bytes]:
    format_ = target.partition("-")[0]
    found, seeds = folder / f"found-{target}", folder / f"seeds-{format_}"
    found.mkdir(parents=True, exist_ok=True)
    subprocess.run([sys.executable, HERE / "seeds.py", format_, seeds, str(MOST[format_])], check=True)
    corpora = [found, seeds, HERE.parent / "data" / "fuzz" / format_]
    options = [
        f"-dict={HERE / format_}.dict", f"-max_len={MOST[format_]}", "-timeout=60", "-rss_limit_mb=6000",
        f"-max_total_time={seconds}", f"-artifact_prefix={folder}/", "-print_final_stats=1", "-verbosity=1",
    ]  # fmt: skip
    command = [sys.executable, str(HERE / "target.py"), target, *map(str, corpora), *options]
    with (folder / f"{target}.log").open("w") as log:
        return subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)


def main(folder: Path, seconds: int = 1200) -> int:
    """Run them, print the executions a second of each, and say whether one crashed."""
    status = 0
    for pair in PAIRS:
        running = {target: started(target, folder, seconds) for target in pair}
        for target, child in running.items():
            _, ended, used = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(ended)
            told = (folder / f"{target}.log").read_text(errors="replace")
            ran = re.search(r"stat::number_of_executed_units:\s+(\d+)", told)
            cpu = used.ru_utime + used.ru_stime
            speed = f"{int(ran[1]) / cpu:.0f}" if ran else "?"
            print(f"{target}: {speed} executions a second of CPU time, exit status {child.returncode}")  # noqa: T201 - the figures of the run
            status |= child.returncode != 0
    return status


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *map(int, sys.argv[2:3])))
