"""Search at 10,000 pages: ours beside Wagtail's own backend, in one run, on the database given."""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PAGES, FEW_PAGES = 10_000, 100
ROUNDS, SAVES, SAVES_IN_TURN = 7, 60, 5
LATENCY_BOUND, SAVE_BOUND = 0.5, 1.1
SEED = 2562
# Each stands between spaces, so that the stock backend finds them too.
WORDS = tuple(
    """
    ข้อมูลข่าวสาร ประกาศ สำนักงาน นโยบาย ยุทธศาสตร์ การค้า เศรษฐกิจ จัดซื้อจัดจ้าง งบประมาณ แผนงาน โครงการ
    รายงาน ประจำปี ผู้บริหาร วิสัยทัศน์ พันธกิจ ความโปร่งใส ป้องกัน ทุจริต เผยแพร่ สาธารณะ เว็บไซต์ กิจกรรม
    ประชาสัมพันธ์ หน่วยงาน ระเบียบ ขั้นตอน ราคา สินค้า ส่งออก ตลาด ผู้บริโภค ดัชนี ทุเรียน มังคุด
    ข้าวหอมมะลิ น้ำตาล policy trade export index 2569 2026
    """.split()  # noqa: SIM905
)
RARE = [f"สินค้ารหัส{number}" for number in range(500)]
QUERIES = ("ข้อมูลข่าวสาร", "ทุเรียน มังคุด", "policy export", "งบประมาณ", "ดัชนี ราคา ผู้บริโภค", "2569")


def set_up_site() -> None:
    """Make an empty site of its own, with both backends, on `DATABASE_URL` or in a folder."""
    sys.path[:0] = [str(ROOT), str(ROOT / "site"), str(HERE)]
    folder = tempfile.mkdtemp(prefix="otp-policy-bench-")
    os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/site.sqlite3")
    os.environ["LOG_LEVEL"] = "ERROR"
    from django.conf import settings

    from tests import settings as ours

    values = {name: getattr(ours, name) for name in dir(ours) if name.isupper()}
    values["INSTALLED_APPS"] = [*ours.INSTALLED_APPS, "tests.benchmarks.plain"]
    values["WAGTAILSEARCH_BACKENDS"] = {
        "default": {**ours.WAGTAILSEARCH_BACKENDS["default"], "AUTO_UPDATE": False},
        "stock": {"BACKEND": "wagtail.search.backends.database", "AUTO_UPDATE": False},
    }
    settings.configure(**values)
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def text(source: random.Random, words: int) -> str:
    """Return made-up office text: of a few subjects each, as a page is."""
    subjects = source.sample(WORDS, 5)
    return " ".join(
        source.choice(subjects) if source.random() < 0.3 else source.choice(RARE)
        for _word in range(words)
    )


def make_pages(count: int, source: random.Random, parent: Any, unit: Any) -> None:
    """Add live pages below *parent*, quickly, and index them with both backends."""
    from django.contrib.contenttypes.models import ContentType
    from django.db import transaction
    from wagtail.models import Page, Site
    from wagtail.search.backends import get_search_backend

    from tests.benchmarks.plain.models import PlainPage

    parent.refresh_from_db()
    kind = ContentType.objects.get_for_model(PlainPage)
    first = parent.numchild + 1
    made = []
    for number in range(first, first + count):
        title, slug = text(source, 6), f"page-{number}"
        made.append(
            PlainPage(
                title=title,
                draft_title=title,
                slug=slug,
                path=Page._get_path(parent.path, parent.depth + 1, number),
                depth=parent.depth + 1,
                url_path=f"{parent.url_path}{slug}/",
                content_type=kind,
                live=True,
                locale_id=parent.locale_id,
                summary=text(source, 20),
                body=text(source, 120),
                owning_unit=unit,
            )
        )
    with transaction.atomic():
        names = [field.attname for field in Page._meta.concrete_fields if field.attname != "id"]
        rows = [Page(**{name: getattr(page, name) for name in names}) for page in made]
        Page.objects.bulk_create(rows)
        for page, row in zip(
            made,
            Page.objects.filter(path__in=[row.path for row in rows]).order_by("path"),
            strict=True,
        ):
            page.pk = page.page_ptr_id = row.pk
            page.save_base(raw=True, force_insert=True)
        type(parent).objects.filter(pk=parent.pk).update(numchild=first + count - 1)
        for name in ("default", "stock"):
            get_search_backend(name).add_bulk(PlainPage, made)
    Site.clear_site_root_paths_cache()


def seconds(work: Callable[[], object]) -> float:
    """Return how long *work* takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def searches(backend: str) -> Iterator[Callable[[], object]]:
    """Yield what a results page asks: how many there are, and the first ten."""
    from wagtail.models import Page

    for query in QUERIES:

        def ask(query: str = query) -> None:
            results = Page.objects.live().search(query, backend=backend)
            if not results.count() or not list(results[:10]):
                raise RuntimeError(f"{backend} finds nothing for {query}")

        yield ask


def latencies() -> tuple[float, float]:
    """Return the median seconds of ours and of the stock backend's, taken in turn."""
    ours, stock = [], []
    for _round in range(ROUNDS):
        for one, other in zip(searches("default"), searches("stock"), strict=True):
            ours.append(seconds(one))
            stock.append(seconds(other))
    return statistics.median(ours), statistics.median(stock)


def saving(backend: str, pages: list[Any], source: random.Random) -> list[float]:
    """Return the processor seconds of each saving, publishing and indexing, of *pages*."""
    from wagtail.search.backends import get_search_backend

    index = get_search_backend(backend)
    taken = []
    for page in pages:
        page.title = text(source, 6)
        page.body = text(source, 120)
        began = time.process_time() if in_process() else time.perf_counter()
        page.save_revision().publish()
        index.add(page)
        taken.append((time.process_time() if in_process() else time.perf_counter()) - began)
    return taken


class SmallSite:
    """The same site with few pages, in a process of its own: both sizes are measured in turn."""

    def __init__(self) -> None:
        environment = dict(os.environ)
        self.drop: Callable[[], None] = lambda: None
        if environment["DATABASE_URL"].startswith("sqlite"):
            del environment["DATABASE_URL"]
        else:
            environment["DATABASE_URL"] = self._database(environment["DATABASE_URL"])
        self.process = subprocess.Popen(
            [sys.executable, __file__, "--serve-saves"],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def _database(self, url: str) -> str:
        from django.db import connection

        server, _slash, name = url.rpartition("/")
        few = f"{name}_few"
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {few} TEMPLATE template0")
        self.drop = lambda: connection.cursor().execute(f"DROP DATABASE {few} WITH (FORCE)")
        return f"{server}/{few}"

    def saving(self, backend: str, count: int) -> list[float]:
        """Let it save *count* pages, and return what `saving` returns there."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{backend} {count}\n")
        self.process.stdin.flush()
        for answer in self.process.stdout:
            if answer.startswith("["):
                taken: list[float] = json.loads(answer)
                return taken
        raise RuntimeError("the small site ended")

    def end(self) -> None:
        """End the process, and take its database away."""
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(30)
        self.drop()


def serve_saves() -> None:
    """Be the small site: save as many pages as each line of the input asks for."""
    from otp_policy.wagtail.models import Unit
    from tests.office import Office

    source = random.Random(SEED)
    office, unit = Office(), Unit.objects.get(code="division-a")
    make_pages(FEW_PAGES, source, office.home, unit)
    analyse()
    for asked in sys.stdin:
        backend, count = asked.split()
        print(json.dumps(saving(backend, sample(source, int(count)), source)), flush=True)


def analyse() -> None:
    """Let PostgreSQL know how large its tables are, as it finds out by itself; SQLite does not."""
    from django.db import connection

    if in_process():
        return
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def costs_of_saving(source: random.Random) -> dict[str, tuple[float, float]]:
    """Return by backend the median seconds of a saving on few pages, and on all of them."""
    few_pages = SmallSite()
    try:
        found = {}
        for backend in ("default", "stock"):
            few: list[float] = []
            many: list[float] = []
            for turn in range(SAVES // SAVES_IN_TURN + 1):
                one = few_pages.saving(backend, SAVES_IN_TURN)
                other = saving(backend, sample(source, SAVES_IN_TURN), source)
                if turn:  # in the first, each process looks up what it looks up once
                    few += one
                    many += other
            found[backend] = (statistics.median(few), statistics.median(many))
        return found
    finally:
        few_pages.end()


def in_process() -> bool:
    """Tell whether the database works in this process, so that its processor time is ours."""
    from django.db import connection

    return connection.vendor == "sqlite"


def sample(source: random.Random, count: int = SAVES) -> list[Any]:
    """Return some pages, as the database has them."""
    from tests.benchmarks.plain.models import PlainPage

    keys = list(PlainPage.objects.values_list("pk", flat=True))
    return list(PlainPage.objects.filter(pk__in=source.sample(keys, count)))


def measure(pages: int) -> None:
    """Print the lines of the database that is set up."""
    from django.db import connection
    from lines import line

    from otp_policy.wagtail.models import Unit
    from tests.office import Office

    source = random.Random(SEED)
    office, unit = Office(), Unit.objects.get(code="division-a")
    make_pages(pages, source, office.home, unit)
    analyse()
    costs = costs_of_saving(source)
    ours, stock = latencies()
    line(
        "search_latency_vs_stock",
        value=ours * 1000,
        unit="ms",
        peer=stock * 1000,
        bound=f"value / peer <= {LATENCY_BOUND}",
        better="lower",
        holds=ours / stock <= LATENCY_BOUND,
        detail=f"{ours / stock:.2f} x, {connection.vendor}, {pages} pages; medians of "
        f"{ROUNDS * len(QUERIES)} searches with their count",
    )
    few, many = costs["default"]
    stock_few, stock_many = costs["stock"]
    line(
        "search_save_at_10000_pages",
        value=many * 1000,
        unit="ms",
        peer=few * 1000,
        bound=f"value / peer <= {SAVE_BOUND}",
        better="lower",
        holds=many / few <= SAVE_BOUND,
        detail=f"{many / few:.2f} x what {FEW_PAGES} pages cost, {connection.vendor}; the stock "
        f"backend {stock_many / stock_few:.2f} x; medians of {SAVES}, in turn",
    )


def main() -> None:
    """Set up and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=PAGES)
    parser.add_argument("--serve-saves", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    set_up_site()
    if arguments.serve_saves:
        serve_saves()
    else:
        measure(arguments.pages)


if __name__ == "__main__":
    main()
