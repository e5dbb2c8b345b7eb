"""The public form, the status page and the log, as a visitor meets them."""

import re
from datetime import date
from io import BytesIO
from uuid import uuid4

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from otp_policy.wagtail.information_requests.models import InformationRequest, Sealed
from otp_policy.wagtail.information_requests.requester_mail import send_owed
from otp_policy.wagtail.information_requests.sealing import identity_of, open_file, open_text

from .cases import WHO, move, on_day

ASK, STATUS = "/information-requests/", "/information-requests/status/"


@pytest.fixture(autouse=True)
def quick_hours(settings):
    settings.OTP_POLICY_REQUESTS_AN_HOUR = 0
    settings.OTP_POLICY_REQUEST_LOOKS_AN_HOUR = 0


def picture(name="scan.png"):
    out = BytesIO()
    Image.new("RGB", (4, 4)).save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/png")


def send(client, url=ASK, **more):
    said = {"question": "ขอรายงานการประชุมปี 2568", "wants": "copy", "submission": str(uuid4())}
    return client.post(url, {**said, "step": "send", **more})


def sent(client, **more):
    """Send a request; return the case, its secret and the page."""
    response = send(client, **more)
    assert response.status_code == 200
    secret = re.search(r"<code>([A-Z0-9-]{24})</code>", response.content.decode())[1]
    return InformationRequest.objects.first(), secret, response


@pytest.mark.parametrize(("url", "words"), [(ASK, "ขอข้อมูลข่าวสาร"), ("/en" + ASK, "Continue")])
def test_the_form_demands_neither_purpose_nor_card_nor_name(office, client, url, words):
    page = client.get(url).content.decode()
    assert words in page
    case, _secret, response = sent(client, url=url)
    assert case.reference in response.content.decode()
    assert not identity_of(case)
    assert (case.via, case.language) == ("web", "en" if url.startswith("/en") else "th")
    assert case.owner.code == "data_centre"


def test_what_is_published_is_suggested_before_anything_is_sent(office, client):
    page = office.publish(office.draft(title="รายงานสถานการณ์ราคาข้าวหอมมะลิ ปี 2568"))
    said = {"question": "อยากได้ตัวเลขราคาข้าวหอมมะลิของปีที่แล้วเพื่อทำรายงาน", "step": "look"}
    response = client.post(ASK, said)
    text = response.content.decode()
    assert page.get_url() in text
    assert said["question"] in text  # nothing that was typed is lost
    assert not InformationRequest.objects.exists()


def test_a_draft_is_never_suggested(office, client):
    draft = office.draft(title="ร่างรายงานราคาข้าวหอมมะลิ")
    response = client.post(ASK, {"question": "ราคาข้าวหอมมะลิ", "step": "look"})
    assert draft.title not in response.content.decode()


def test_the_notice_at_collection_says_how_long_and_that_it_was_not_checked(office, client):
    text = client.post("/en" + ASK, {"question": "rice prices", "step": "look"}).content.decode()
    assert "erased 12 months after" in text
    assert "was not checked against the Act" in text


def test_sending_twice_makes_one_case(office, client):
    number = str(uuid4())
    send(client, submission=number)
    again = send(client, submission=number)
    assert InformationRequest.objects.count() == 1
    assert "<code>" not in again.content.decode()


def test_programs_that_fill_everything_in_are_kept_out_and_people_lose_nothing(office, client):
    response = send(client, website="http://spam.example")
    assert response.status_code == 400
    assert "ขอรายงานการประชุมปี 2568" in response.content.decode()
    assert not InformationRequest.objects.exists()


def test_one_client_may_send_only_so_many(office, client, settings):
    settings.OTP_POLICY_REQUESTS_AN_HOUR = 2
    answers = [send(client).status_code for _ in range(3)]
    assert answers == [200, 200, 429]
    assert InformationRequest.objects.count() == 2
    assert send(client, REMOTE_ADDR="10.0.0.9").status_code == 429  # a field is no address


def test_all_together_may_send_only_so_many(office, client, settings):
    settings.OTP_POLICY_ALL_REQUESTS_AN_HOUR = 1
    from django.core.cache import cache

    cache.clear()
    assert send(client).status_code == 200
    assert send(client).status_code == 429


@pytest.mark.parametrize(
    ("question", "files"),
    [
        ("", []),
        (" - ", []),
        ("ก" * 5001, []),
        ("ขอสำเนา", [SimpleUploadedFile("a.png", b"MZ not a picture")]),
        ("ขอสำเนา", "four"),
    ],
)
def test_bad_input_is_told_and_nothing_is_kept(office, client, question, files):
    files = [picture() for _ in range(4)] if files == "four" else files
    response = send(client, question=question, files=files)
    assert response.status_code == 400
    assert 'role="alert"' in response.content.decode()
    assert not InformationRequest.objects.exists()
    assert not Sealed.objects.exists()


def test_a_file_that_is_too_large_is_refused(office, client, settings):
    settings.OTP_POLICY_REQUEST_LARGEST_BYTES = 10
    assert send(client, files=[picture()]).status_code == 400


def test_a_file_is_kept_sealed_with_its_name(office, client):
    case, _secret, _page = sent(client, files=[picture("สมชาย.png")])
    sealed = case.sealed.get(what="upload")
    assert open_file(sealed).name == "สมชาย.png"
    assert "สมชาย".encode() not in bytes(sealed.token)


def test_whoever_has_number_and_secret_sees_the_state_and_the_working(office, client):
    with on_day("2026-11-23"):
        case, secret, _page = sent(client)
        response = client.post("/en" + STATUS, {"reference": case.reference, "secret": secret})
    text = response.content.decode()
    assert "8 December 2026" in text
    assert "day 15 of 15" in text
    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("more", [{}, {"secret": "AAAA-AAAA-AAAA-AAAA-AAAA"}])
def test_a_wrong_secret_shows_nothing_not_even_that_there_is_such_a_case(office, client, more):
    case, secret, _page = sent(client)
    wrong = {"reference": case.reference, "secret": "2222-2222-2222-2222-2222", **more}
    there = client.post("/en" + STATUS, wrong)
    absent = client.post("/en" + STATUS, {**wrong, "reference": "999/2569"})
    assert there.status_code == absent.status_code == 400
    problem = "There is no request with this number and this secret"
    assert problem in there.content.decode()
    assert problem in absent.content.decode()
    assert client.get(STATUS, {"reference": case.reference, "secret": secret}).context["form"]


def test_tries_of_secrets_are_bounded(office, client, settings):
    case, secret, _page = sent(client)
    settings.OTP_POLICY_REQUEST_LOOKS_AN_HOUR = 3
    wrong = {"reference": case.reference, "secret": "wrong"}
    assert [client.post(STATUS, wrong).status_code for _ in range(4)] == [400, 400, 400, 429]
    # The right one too: nobody learns by the answer that it was right.
    assert client.post(STATUS, {**wrong, "secret": secret}).status_code == 429


def test_a_requester_answers_back_and_the_clock_goes_on(office, client):
    with on_day("2026-11-23"):
        case, secret, _page = sent(client)
        key = {"reference": case.reference, "secret": secret}
        move(office, case, "clarification_asked", note="ปีใด")
    with on_day("2026-11-25"):
        assert "ปีใด" in client.post(STATUS, key).content.decode()
        client.post(STATUS, {**key, "answer": "ปี 2568"})
    case.refresh_from_db()
    assert case.due_on == date(2026, 12, 10)  # two days stood: the 24th and the 25th
    event = case.events.get(kind="clarified")
    assert event.by is None
    assert open_text(Sealed.objects.get(pk=event.sealed_id)) == "ปี 2568"


def test_nobody_answers_what_was_not_asked(office, client):
    case, secret, _page = sent(client)
    said = {"reference": case.reference, "secret": secret, "answer": "อะไรก็ได้"}
    client.post(STATUS, said)
    assert case.events.count() == 1


def test_what_a_third_party_was_told_is_not_shown_to_the_requester(office, client):
    case, secret, _page = sent(client)
    move(office, case, "third_party_notified", note="ถึงบริษัทหนึ่ง")
    text = client.post(STATUS, {"reference": case.reference, "secret": secret}).content.decode()
    assert "ถึงบริษัทหนึ่ง" not in text


def test_a_requester_gets_files_of_the_answer_and_no_other(office, client):
    from otp_policy.wagtail.information_requests.division_work import prepare
    from otp_policy.wagtail.scans import read_scan

    case, secret, _page = sent(client, files=[picture()])
    prepare(case.pk, user=office["publisher.web"], note="", files=[read_scan(picture("raw.png"))])
    key = {"reference": case.reference, "secret": secret}
    draft = case.sealed.get(what="draft")
    asked = "/information-requests/status/file/"
    assert client.post(asked, {**key, "file": draft.pk}).status_code == 404
    move(office, case, "decided", outcome="full", files=[read_scan(picture("answer.png"))])
    answer = case.sealed.get(what="answer")
    assert client.post(asked, {**key, "file": draft.pk}).status_code == 404
    given = client.post(asked, {**key, "file": answer.pk})
    assert given.status_code == 200
    assert given["Cache-Control"].startswith("no-store")
    assert given["Content-Disposition"].startswith("attachment")
    assert client.post(asked, {**key, "secret": "x", "file": answer.pk}).status_code == 404
    assert client.get(asked).status_code == 405


def test_e_mails_say_that_there_is_news_and_nothing_else(office, client):
    case, secret, _page = sent(client, name=WHO.name, e_mail=WHO.e_mail, phone=WHO.phone)
    move(office, case, "clarification_asked", note="ขอรายละเอียดเพิ่ม")
    assert send_owed() == 2
    assert send_owed() == 0
    for message in mail.outbox:
        whole = f"{message.subject}\n{message.body}"
        assert case.reference in message.subject
        assert message.to == [WHO.e_mail]
        for kept in (WHO.name, WHO.phone, WHO.e_mail, secret, "ขอรายละเอียดเพิ่ม", "ประชุม"):
            assert kept not in whole
