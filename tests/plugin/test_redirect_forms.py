"""A redirect in the place of an item: the form says why not, and keeps what was typed."""

import re
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from wagtail.contrib.redirects.models import Redirect

from otp_policy.wagtail.withdrawals import take_down
from tests.plugin.test_gate import login

pytestmark = pytest.mark.django_db

ELSEWHERE = "https://elsewhere.invalid/typed-by-hand"
WHAT_TO_DO = "โปรดกำหนดที่อยู่อื่น"
STEP_5 = "แนบท้ายประกาศข้อ 1 ขั้นตอน 5"


@pytest.fixture
def live(office):
    """Return a live item."""
    return office.publish(office.draft())


def form_for(page) -> dict[str, str]:
    return {"old_path": page.get_url(), "redirect_link": ELSEWHERE, "is_permanent": "on"}


def explained(answer, page) -> bool:
    text = answer.content.decode()
    return all(part in text for part in (page.title, WHAT_TO_DO, STEP_5, ELSEWHERE))


def test_the_form_says_why_and_what_to_do_and_loses_nothing_typed(live):
    answer = login("admin").post(reverse("wagtailredirects:add"), form_for(live))
    assert answer.status_code == 200
    assert explained(answer, live)
    assert list(answer.context["form"].errors) == ["old_path"]
    assert answer.content.decode().count(WHAT_TO_DO) == 1
    assert not Redirect.objects.exists()


def test_a_changed_redirect_is_asked_about_as_well(live):
    stored = Redirect.objects.create(old_path="/elsewhere", redirect_link=ELSEWHERE)
    answer = login("admin").post(
        reverse("wagtailredirects:edit", args=(stored.pk,)), form_for(live)
    )
    assert explained(answer, live)
    assert Redirect.objects.get().old_path == "/elsewhere"


def test_the_address_of_a_takedown_is_kept_too(office, live):
    take_down(live, office["publisher.web"], reason="ตัวเลขผิด")
    answer = login("admin").post(reverse("wagtailredirects:add"), form_for(live))
    assert explained(answer, live)


def test_an_import_takes_the_other_rows_and_names_the_one_it_leaves_out(live):
    rows = f"from,to\n/old-a,{ELSEWHERE}\n{live.get_url()},{ELSEWHERE}\n/old-b,{ELSEWHERE}\n"
    client = login("admin")
    file = SimpleUploadedFile("redirects.csv", rows.encode(), content_type="text/csv")
    answer = client.post(reverse("wagtailredirects:start_import"), {"import_file": file})
    hidden = {
        name: re.search(rf'name="{name}" value="([^"]+)"', answer.content.decode())[1]
        for name in ("import_file_name", "input_format")
    }
    columns = {"from_index": "0", "to_index": "1", "permanent": "on"}
    answer = client.post(reverse("wagtailredirects:process_import"), {**hidden, **columns})
    assert explained(answer, live)
    assert set(Redirect.objects.values_list("old_path", flat=True)) == {"/old-a", "/old-b"}


def test_the_command_takes_the_other_rows_too(live, tmp_path):
    source = tmp_path / "redirects.csv"
    source.write_text(f"from,to\n{live.get_url()},{ELSEWHERE}\n/old-b,{ELSEWHERE}\n")
    out = StringIO()
    call_command("import_redirects", src=str(source), ask=False, permanent=True, stdout=out)
    assert WHAT_TO_DO in out.getvalue()
    assert Redirect.objects.get().old_path == "/old-b"


def test_other_addresses_and_redirects_to_the_item_are_taken(live):
    client = login("admin")
    for form in (
        {**form_for(live), "old_path": "/somewhere-else/"},
        {"old_path": "/short/", "redirect_page": live.pk, "is_permanent": "on"},
    ):
        client.post(reverse("wagtailredirects:add"), form)
    assert Redirect.objects.count() == 2
