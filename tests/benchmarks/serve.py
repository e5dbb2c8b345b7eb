"""Pages over HTTP from one gunicorn: kept ones beside a file, new ones beside a plain page."""

from __future__ import annotations

import http.client
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from tests.serving import gunicorn

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
KEPT_PAIRS, NEW_PAIRS = 2000, 200
KEPT_BOUND, NEW_BOUND = 0.6, 0.9
BODY = "<p>" + "</p><p>".join(["สำนักงานเผยแพร่ข้อมูลข่าวสารต่อสาธารณะ " * 10] * 6) + "</p>"
TEXTS = {"title": "ข่าวการสัมมนา", "summary": "สรุปข่าว " * 10, "body": BODY}
FILE = "bench/page.html"


def set_up_site() -> Path:
    """Make a site of its own in a temporary folder, and return that."""
    sys.path[:0] = [str(ROOT), str(ROOT / "site"), str(HERE)]
    folder = Path(tempfile.mkdtemp(prefix="otp-policy-bench-"))
    os.environ |= {
        "DATABASE_URL": f"sqlite:///{folder}/site.sqlite3",
        "DJANGO_SETTINGS_MODULE": "tests.benchmarks.served_settings",
        "EMAIL_URL": "dummymail://",
        "LOG_LEVEL": "ERROR",
        "OTP_VAR_DIR": str(folder),
        "PYTHONPATH": f"{ROOT}:{ROOT / 'site'}",
        "SECRET_KEY": "for-benchmarks-only",
    }
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    return folder


def publish_pages() -> tuple[str, str]:
    """Publish an item and a plain page with the same text; return their addresses."""
    from django.utils import timezone

    from otp_policy.wagtail.models import Unit
    from tests.benchmarks.plain.models import PlainPage
    from tests.office import Office

    office = Office()
    day = timezone.now().date()
    item = office.publish(office.draft(event_on=day, **TEXTS))
    unit = Unit.objects.get(code="division-a")
    plain = PlainPage(owning_unit=unit, event_on=day, slug="plain", **TEXTS)
    office.home.refresh_from_db()
    office.home.add_child(instance=plain)
    plain.save_revision().publish()
    return item.url, plain.url


class Reader:
    """One connection that asks again and again."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def read(self, url: str, cookie: str = "") -> bytes:
        """Return the body of *url*; with a cookie it is made anew."""
        # A page names its own address: the same host, whatever the port.
        headers = {"Host": "127.0.0.1"} | ({"Cookie": cookie} if cookie else {})
        self.connection.request("GET", url, headers=headers)
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{url} answers {answer.status}")
        return content

    def seconds(self, url: str, cookie: str = "") -> float:
        """Return how long the answer takes."""
        began = time.perf_counter()
        self.read(url, cookie)
        return time.perf_counter() - began


def paired(reader: Reader, urls: tuple[str, str], times: int, cookie: str = "") -> list[float]:
    """Return the median requests a second of both addresses, asked for in turn, one by one."""
    taken: dict[str, list[float]] = {url: [] for url in urls}
    for number in range(times):
        for url in urls if number % 2 else reversed(urls):
            taken[url].append(reader.seconds(url, cookie))
    return [1 / statistics.median(taken[url]) for url in urls]


def report(name: str, found: list[float], bound: float, detail: str) -> None:
    """Print one line."""
    from lines import line

    value, peer = found
    line(
        name,
        value=value,
        unit="requests/s",
        peer=peer,
        bound=f"value / peer >= {bound}",
        better="higher",
        holds=value / peer >= bound,
        detail=f"{value / peer:.2f} x, {detail}",
    )


def main() -> None:
    """Measure kept pages, then new ones."""
    folder = set_up_site()
    item, plain = publish_pages()
    with gunicorn(threads=2) as port:
        content = Reader(port).read(item)
    # WhiteNoise reads the folder when it starts.
    file = folder / "static" / FILE
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    with gunicorn(threads=2) as port:
        reader = Reader(port)
        if reader.read(item) != content or reader.read(f"/static/{FILE}") != content:
            raise RuntimeError("page and file differ")
        kept = paired(reader, (item, f"/static/{FILE}"), KEPT_PAIRS)
        detail = (
            f"{len(content)} bytes each, one worker, WhiteNoise in the same process; "
            f"medians of {KEPT_PAIRS} pairs"
        )
        report("cached_page_vs_static", kept, KEPT_BOUND, detail)
        new = paired(reader, (item, plain), NEW_PAIRS, cookie="bench=1")
        sizes = [len(reader.read(url, "bench=1")) for url in (item, plain)]
        detail = (
            f"{sizes[0]} and {sizes[1]} bytes, the same frame and text; "
            f"medians of {NEW_PAIRS} pairs"
        )
        report("page_vs_wagtail", new, NEW_BOUND, detail)


if __name__ == "__main__":
    main()
