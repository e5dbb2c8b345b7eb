"""Lighthouse on a phone, the median of five runs for each page; a score too low ends with 1."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from served import need, npm_tool, publish_samples, set_up_site, site_served

VERSION = "13.5.0"
RUNS, ATTEMPTS = 5, 3
BOUNDS = {"performance": 90, "accessibility": 95, "best-practices": 95, "seo": 95}
# A page of results is not to be found by other search engines, which Lighthouse takes for a fault.
MEANT = {"/search/?q=policy": {"seo": 60}}


def scores(tool: Path, url: str) -> tuple[dict[str, float], list[str]]:
    """Return the scores of one run, and what cost points."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        flags = "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage"
        command = ["node", str(tool / "cli" / "index.js"), url, "--quiet", "--output=json"]
        how = [f"--output-path={report}", f"--chrome-flags={flags}", "--max-wait-for-load=60000"]
        only = [f"--only-categories={','.join(BOUNDS)}"]
        environment = {**os.environ, "CHROME_PATH": os.environ.get("CHROME_PATH", "chromium")}
        for chance in range(ATTEMPTS):  # a browser on a busy machine does not always start
            last = chance == ATTEMPTS - 1
            subprocess.run([*command, *how, *only], check=last, env=environment, cwd=folder)
            if report.exists():
                break
        found = json.loads(report.read_text(encoding="utf-8"))
    categories = found["categories"]
    wanting = [
        f"{name}: {found['audits'][ref['id']]['title']}"
        for name, category in categories.items()
        for ref in category["auditRefs"]
        if ref["weight"]
        and (found["audits"][ref["id"]]["score"] or 0) < 0.9
        and found["audits"][ref["id"]]["score"] is not None
    ]
    return {name: category["score"] * 100 for name, category in categories.items()}, wanting


def main() -> int:
    """Measure and tell, one JSON line for each page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS)
    runs = parser.parse_args().runs
    need("npm", "node", "chromium")
    os.environ.setdefault("CHROME_PATH", "/usr/bin/chromium")
    tool = npm_tool("lighthouse", VERSION)
    set_up_site()
    news = publish_samples()["NewsPage"]
    failed = 0
    with site_served() as site:
        for url in ("/", news, "/news/", "/search/", "/search/?q=policy", "/disclosure/"):
            made = [scores(tool, f"{site}{url}") for _run in range(runs)]
            medians = {name: statistics.median(one[name] for one, _why in made) for name in BOUNDS}
            bounds = BOUNDS | MEANT.get(url, {})
            holds = all(medians[name] >= bound for name, bound in bounds.items())
            failed += not holds
            wanting = sorted({why for _scores, whys in made for why in whys})
            print(
                json.dumps({"url": url, **medians, "holds": holds, "wanting": wanting}), flush=True
            )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
