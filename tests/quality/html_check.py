"""Has the Nu HTML Checker read every public page type in both languages; an error ends with 1."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from served import FRAME, PREFIXES, need, npm_tool, publish_samples, set_up_site, site_served

VERSION = "26.9.27"


def fetched(url: str) -> bytes:
    """Return a page, that of an error included."""
    try:
        with urllib.request.urlopen(urllib.parse.quote(url, safe=":/?=&%"), timeout=60) as answer:
            return answer.read()
    except urllib.error.HTTPError as error:
        return error.read()


def checked(checker: Path, folder: Path) -> list[dict[str, object]]:
    """Return what the checker says of the files in *folder*."""
    command = ["java", "-jar", str(checker), "--format", "json", "--exit-zero-always"]
    done = subprocess.run(
        [*command, *map(str, sorted(folder.glob("*.html")))], capture_output=True, check=True
    )
    return json.loads(done.stderr or done.stdout)["messages"]


def main() -> int:
    """Fetch, check and tell."""
    need("java", "npm")
    checker = npm_tool("vnu-jar", VERSION) / "build" / "dist" / "vnu.jar"
    set_up_site()
    addresses = [*FRAME, *publish_samples().values(), "/not-here/"]
    urls = [f"{prefix}{address}" for prefix in PREFIXES for address in addresses]
    with tempfile.TemporaryDirectory() as folder:
        with site_served() as site:
            for number, url in enumerate(urls):
                Path(folder, f"{number:03}.html").write_bytes(fetched(f"{site}{url}"))
        found = checked(checker, Path(folder))
    errors = [one for one in found if one["type"] != "info"]
    for one in found:
        url = urls[int(Path(str(one["url"])).stem)]
        print(f"{one['type']}: {url}: {one['message']}: {str(one.get('extract', ''))[:120]!r}")
    print(f"{len(urls)} pages, {len(errors)} errors, {len(found) - len(errors)} remarks")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
