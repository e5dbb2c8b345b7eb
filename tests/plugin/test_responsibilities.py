"""`/responsibilities/`: who answers for each step, from the policy and the posts of the day."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from otp_policy.wagtail.conf import office_day
from otp_policy.wagtail.disclosure.responsibilities import responsibilities
from otp_policy.wagtail.models import Post, Unit


def test_the_six_steps_stand_with_the_words_and_clauses_of_the_announcement(office, client):
    rows = responsibilities()
    assert [row.number for row in rows] == [1, 2, 3, 4, 5, 6]
    assert rows[0].responsible == "ผู้แทนทีมประชาสัมพันธ์ของกอง"
    assert rows[2].clause == "annex 1 step 3"
    page = client.get("/responsibilities/").content.decode()
    for row in rows:
        assert row.text in page
    english = client.get("/en/responsibilities/").content.decode()
    assert "Representative of the public-relations team of the division" in english
    assert "ผู้แทนทีมประชาสัมพันธ์" not in english


def test_only_posts_that_are_held_today_count_and_an_empty_one_is_told(office):
    today = office_day()
    before = responsibilities()[2].holders
    division = Unit.objects.create(code="division-x", name_th="กอง เอ็กซ์")
    new = Post.objects.create(
        user=office["director.division-a"],
        role="division_director",
        unit=division,
        from_on=today + timedelta(days=1),
    )
    assert responsibilities()[2].holders == before
    tomorrow = responsibilities(on=today + timedelta(days=1))[2].holders
    assert {one.unit for one in tomorrow} - {one.unit for one in before} == {"กอง เอ็กซ์"}
    Post.objects.filter(role="office_director").update(until_on=today - timedelta(days=1))
    assert len(responsibilities()[2].vacant) == 1
    assert new.pk


def test_an_order_is_named_while_it_holds(office):
    today = office_day()
    office.delegate("pr.division-b", first=today, last=today)
    (order,) = responsibilities()[2].orders
    assert order.until_on == today
    assert responsibilities(on=today + timedelta(days=1))[2].orders == ()


def test_no_person_is_named_and_the_page_takes_as_many_queries_for_many(office, client):
    for user in office.users.values():
        user.first_name = f"บุคคลที่ {user.pk} ของการทดสอบ"
        user.save()
    for url in ("/responsibilities/", "/responsibilities.json"):
        said = client.get(url).content.decode()
        for user in office.users.values():
            assert user.username not in said
            assert user.get_full_name() not in said

    def queries():
        with CaptureQueriesContext(connection) as captured:
            responsibilities()
        return len(captured)

    few = queries()
    for number in range(30):
        unit = Unit.objects.create(code=f"division-{number}", name_th=f"กอง {number}")
        Post.objects.create(
            user=office["pr.division-a"],
            role="pr_representative",
            unit=unit,
            from_on=office_day(),
        )
    assert queries() == few <= 3
