"""
The ways of the walk that code has: saves, updates, actions, commands, raw SQL on the page table.

`update()` of a text in its own table and files changed inside the storage are left out: no gate
sees those, and `otp_audit` finds them (tests/plugin/test_audit.py).
"""

import json
from datetime import timedelta

from django.core import serializers
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from wagtail.actions.copy_for_translation import CopyPageForTranslationAction
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Collection, Locale, Page, PageViewRestriction

from otp_policy.wagtail.break_glass import break_glass
from otp_policy.wagtail.models import Publication
from otp_policy.wagtail.notice_rounds import NoticeRounds
from otp_policy.wagtail.publishing import publish_due
from tests.exhibits.models import Case, Contact, ExhibitPage, Footer, Topic


def save(walk, page, other, number):
    if number % 3 == 2:  # text that no trigger sees: it stands in the page's own table
        page.summary = walk.said("เขียน")
        page.save(update_fields=["summary"])
        return
    page.title, page.live = walk.said("เขียน"), bool(number % 2) or page.live
    page.save(**({} if number % 3 else {"update_fields": ["title", "live"]}))


def save_base_row(walk, page, other, number):
    base = Page.objects.get(pk=page.pk)
    base.title, base.live = walk.said("ฐาน"), True
    base.save()


def save_another_object(walk, page, other, number):
    """Save a page made in memory over the stored one."""
    forged = type(page)(
        **{field.attname: getattr(page, field.attname) for field in page._meta.fields}
    )
    forged.title, forged.live = walk.said("ปลอม"), bool(number % 2)
    forged.save()


def update(walk, page, other, number):
    columns = (
        {"live": True},
        {"live": True, "live_revision_id": page.latest_revision_id},
        {"live_revision_id": page.latest_revision_id},
        {"expire_at": timezone.now()},
        {"go_live_at": timezone.now()},
        {"title": walk.said("ตรง")},
    )[number % 6]
    Page.objects.filter(pk=page.pk).update(**columns)


def bulk_save(walk, page, other, number):
    row = Page.objects.get(pk=page.pk)
    row.live, row.title = True, walk.said("ชุด")
    Page.objects.bulk_update([row], ["live", "title"])


def raw_sql(walk, page, other, number):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE wagtailcore_page SET live = %s WHERE id = %s", [True, page.pk])


def publish_revision(walk, page, other, number):
    revisions = list(page.revisions.order_by("pk"))
    if revisions:
        revisions[number % len(revisions)].publish(skip_permission_checks=True)


def overwrite_revision(walk, page, other, number):
    """Put other words into the very revision that somebody may have approved."""
    revision = page.get_latest_revision()
    if revision is None:
        return
    text = revision.as_object()
    text.title = walk.said("ทับ")
    if number % 2:
        text.save_revision(overwrite_revision=revision)
    else:
        revision.content = {**revision.content, "title": text.title}
        revision.save()


def draft(walk, page, other, number):
    text = page.get_latest_revision_as_object()
    text.summary = walk.said("ร่าง")
    if text.live:
        text.correction_note = walk.said("แก้ไข")
    text.save_revision()


def schedule_revision(walk, page, other, number):
    page.save_revision(approved_go_live_at=timezone.now() - timedelta(minutes=1))


def slip_a_schedule(walk, page, other, number):
    page.revisions.update(approved_go_live_at=timezone.now() - timedelta(minutes=1))
    try:
        call_command("publish_scheduled")
    finally:
        page.revisions.update(approved_go_live_at=None)


def finish_workflow(walk, page, other, number):
    """Bring the workflow to its end without a decision of ours."""
    state = page.current_workflow_state
    if state is None:
        return
    if number % 3 == 0:
        state.finish()
    elif number % 3 == 1:
        state.update(next_task=None)
    else:
        state.current_task_state.approve()


def copy(walk, page, other, number):
    page.copy(update_attrs={"slug": f"k-{walk.count()}"}, keep_live=bool(number % 2))


def alias(walk, page, other, number):
    page.create_alias(update_slug=f"l-{walk.count()}", parent=walk.office.section("news"))


def make_alias(walk, page, other, number):
    """Turn an item into an alias of another behind everybody's back, and update aliases."""
    if page.pk != other.pk and not page.live:
        Page.objects.filter(pk=page.pk).update(alias_of=other.pk)
        try:
            other.update_aliases()
        finally:
            Page.objects.filter(pk=page.pk).update(alias_of=None)


def translate(walk, page, other, number):
    locale, _made = Locale.objects.get_or_create(language_code="en")
    copied = CopyPageForTranslationAction(
        page, locale, copy_parents=True, alias=bool(number % 2)
    ).execute(skip_permission_checks=True)
    copied.save_revision().publish()


def move(walk, page, other, number):
    page.move((walk.office.section("other"), walk.office.home)[number % 2], pos="last-child")


def add_live(walk, page, other, number):
    walk.office.section("news").add_child(
        instance=type(page)(
            title=walk.said("สด"), slug=f"n-{walk.count()}", owning_unit=page.owning_unit, live=True
        )
    )


def child_rows(walk, page, other, number):
    if not isinstance(page, ExhibitPage):
        return
    row = Case.objects.filter(page=page).first()
    if row is None or number % 3 == 0:
        Case.objects.create(page=page, text=walk.said("กรณี"))
    elif number % 3 == 1:
        row.text = walk.said("กรณี")
        row.save()
    else:
        row.delete()


def relations(walk, page, other, number):
    if isinstance(page, ExhibitPage):
        Topic.objects.get_or_create(name="หัวข้อ")[0].exhibits.add(page)


def file_of_document(walk, page, other, number):
    row = walk.documents()[number % 2]
    if number % 3 == 0:
        row.delete()
    else:
        row.file.save("plan.txt", ContentFile(walk.said("แผน").encode()))


def file_of_picture(walk, page, other, number):
    row = walk.pictures()[number % 2]
    row.file = walk.painted()
    row.save()


def moved_file(walk, page, other, number):
    row = (*walk.documents(), *walk.pictures())[number % 4]
    row.collection = Collection.objects.order_by("-depth", "pk")[number % 2]
    row.save()


def snippet(walk, page, other, number):
    row = Contact.objects.first()
    row.telephone = walk.said("โทร")
    row.save()


def setting(walk, page, other, number):
    row = Footer.load()
    row.text = walk.said("ท้าย")
    row.save()


def redirect(walk, page, other, number):
    Redirect.objects.create(old_path=page.get_url() or "/y/", redirect_page=other)


def site_root(walk, page, other, number):
    site = walk.site()
    site.root_page = (page.get_parent(), walk.office.home)[number % 2]
    site.save()


def restriction(walk, page, other, number):
    target = page if number % 2 else page.get_parent()
    if number % 3:
        PageViewRestriction.objects.create(page=target, restriction_type="login")
    else:
        PageViewRestriction.objects.filter(page=target).delete()


def commands(walk, page, other, number):
    name = ("publish_scheduled", "purge_revisions", "fixtree", "set_url_paths")[number % 4]
    call_command(name, verbosity=0, **({"interactive": False} if name == "fixtree" else {}))


def fixture(walk, page, other, number):
    """Load a page from a fixture, whole or with its own table alone."""
    rows = json.loads(serializers.serialize("json", [page if number % 2 else page.page_ptr]))
    rows[0]["fields"] |= {"live": number % 3 == 0, "title": walk.said("แฟ้ม")}
    if number % 2:
        rows[0]["fields"]["summary"] = walk.said("แฟ้ม")
    for row in serializers.deserialize("json", json.dumps(rows)):
        row.save()


def delete(walk, page, other, number):
    (page if number % 4 else Page.objects.filter(pk=page.pk)).delete()


def emergency(walk, page, other, number):
    """Open break-glass, mostly as those who may not: one person twice, or who has no say."""
    by, second = (
        ("director.division-a", "publisher.web"),
        ("director.division-a", "director.division-a"),
        ("pr.division-a", "director.division-a"),
        ("director.division-a", "admin"),
    )[number % 4]
    users = {"by": walk.office[by], "second": walk.office[second]}
    text = page.get_latest_revision_as_object()
    before = Publication.objects.filter(page_id=page.pk).count()
    with break_glass(reason="น้ำท่วม", **users):
        text.live = True
        text.save()
    # What was live in just this text needed no emergency, and makes nobody a contributor.
    if Publication.objects.filter(page_id=page.pk).count() > before:
        walk.oracle.allow_emergency(page.pk, by=by, second=second)


def dispatch(walk, page, other, number):
    """Publish what is due, and tell people: the dispatcher's round but for the channels."""
    publish_due()
    NoticeRounds().run()


WAYS = (
    save, save_base_row, save_another_object, update, bulk_save, raw_sql, publish_revision,
    overwrite_revision, draft, schedule_revision, slip_a_schedule, finish_workflow, copy, alias,
    make_alias, translate, move, add_live, child_rows, relations, file_of_document,
    file_of_picture, moved_file, snippet, setting, redirect, site_root, restriction, commands,
    fixture, delete, emergency, dispatch,
)  # fmt: skip
