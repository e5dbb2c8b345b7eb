"""
The doors of the walk that answer to requests: the admin, its API, the write API, our own screens.

A door is a function of the walk, who comes, the item it is about, another item, and a number that
chooses among variants. It returns nothing: what it did to the public, the oracle sees.
"""

import json
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from wagtail.models import Page, Task, Workflow

from otp_policy.wagtail.withdrawals import open_withdrawal
from tests.exhibits.models import Contact
from tests.plugin.test_gate import form_of as form_of_news

PRESSES = ("", "action-publish", "action-submit", "action-restart-workflow")
ADMIN_API = (
    "publish", "unpublish", "delete", "copy", "move", "convert_alias", "create_alias",
    "revert_to_page_revision", "copy_for_translation",
)  # fmt: skip
WRITE_API = ("publish", "unpublish", "copy", "move", "revert", "convert_alias", "create_alias")


def form_of(page, **more: Any) -> dict[str, Any]:
    """Return the editor's form for an item of any of the walk's types."""
    return form_of_news(page, **{"annexes-count": 0, "annexes_en-count": 0, **more})


def note(walk, page) -> dict[str, str]:
    """Return what the form of a live item asks for: the public note of its correction."""
    return {"correction_note": walk.said("แก้ไข")} if page.live else {}


def admin(name: str, *args: Any) -> str:
    return reverse(f"wagtailadmin_pages:{name}", args=args)


def edit(walk, who, page, other, number):
    press = PRESSES[number % len(PRESSES)]
    form = form_of(page, title=walk.said("ข่าว"), summary=walk.said("สรุป")) | note(walk, page)
    form |= {press: "1"} if press else {}
    if number % 3 == 0:
        form["go_live_at"] = "2020-01-01 09:00"
    walk.post(who, admin("edit", page.pk), form)


def edit_and_approve(walk, who, page, other, number):
    """Save one's own words and approve them in the same request."""
    state = page.current_workflow_task_state
    form = form_of(page, title=walk.said("ข่าว"), summary=walk.said("สรุป")) | note(walk, page)
    form |= {
        "action-workflow-action": "1",
        "workflow-action-name": "approve",
        "workflow-action-extra-data": json.dumps({"digest": walk.digest(page), "comment": ""}),
        "workflow_task_state": state.pk if state else "",
    }
    walk.post(who, admin("edit", page.pk), form)


def create(walk, who, page, other, number):
    section = walk.office.section("news")
    press = PRESSES[number % 3]
    form = form_of(page, title=walk.said("ใหม่"), summary=walk.said("สรุป"), slug="")
    walk.post(who, admin("add", "news", "newspage", section.pk), form | {press or "x": "1"})


def bulk(walk, who, page, other, number):
    kind = ("publish", "unpublish", "delete", "move")[number % 4]
    target = page if number % 8 < 4 else page.get_parent()
    url = reverse("wagtail_bulk_action", args=("wagtailcore", "page", kind))
    form = {"include_descendants": "on", "chooser": walk.office.section("other").pk}
    walk.post(who, f"{url}?id={target.pk}&next=/admin/", form)


def copy(walk, who, page, other, number):
    how = ("publish_copies", "alias", "copy_subpages")[number % 3]
    form = {
        "new_title": "สำเนา",
        "new_slug": f"copy-{walk.count()}",
        "new_parent_page": walk.office.section("news").pk,
        how: "on",
    }
    walk.post(who, admin("copy", page.pk), form)


def move(walk, who, page, other, number):
    target = (walk.office.section("other"), walk.office.section("news"), walk.office.home)[
        number % 3
    ]
    subject = page if number % 4 else page.get_parent()
    walk.post(who, admin("move_confirm", subject.pk, target.pk), {})


def unpublish(walk, who, page, other, number):
    walk.post(who, admin("unpublish", page.pk), {"include_descendants": "on"})


def delete(walk, who, page, other, number):
    walk.post(who, admin("delete", page.pk), {})


def privacy(walk, who, page, other, number):
    kind = ("none", "login", "password")[number % 3]
    target = page if number % 2 else page.get_parent()
    walk.post(
        who,
        admin("set_privacy", target.pk),
        {"restriction_type": kind, "password": "x", "groups": []},
    )


def revert(walk, who, page, other, number):
    revisions = list(page.revisions.order_by("pk"))
    if not revisions:
        return
    chosen = revisions[number % len(revisions)]
    form = form_of(chosen.as_object(), **{PRESSES[number % 3] or "x": "1"}) | note(walk, page)
    walk.post(who, admin("revisions_revert", page.pk, chosen.pk), form)


def slug_of_section(walk, who, page, other, number):
    section = page.get_parent().specific
    # An item that was moved may stand right below the home page, which has no category.
    form = {
        "title": section.title,
        "slug": f"s-{walk.count()}",
        "category": getattr(section, "category", None),
    }
    form |= {"comments-TOTAL_FORMS": 0, "comments-INITIAL_FORMS": 0, "action-publish": "1"}
    walk.post(who, admin("edit", section.pk), form)


def workflow_action(walk, who, page, other, number):
    """Decide through Wagtail's own view; now and then through the address of another item."""
    state = (other if number % 2 else page).current_workflow_task_state
    if state is not None:
        action = ("approve", "reject")[number % 5 == 4]
        data = {"digest": walk.digest(other if number % 2 else page), "comment": "ตกลง"}
        walk.post(who, admin("workflow_action", page.pk, action, state.pk), data)


def decide(walk, who, page, other, number):
    """Decide on our own screen, by the text shown or by another."""
    state = page.current_workflow_task_state
    walk.post(
        who,
        reverse("otp_policy:decide", args=(page.pk,)),
        {
            "task_state": state.pk if state else 0,
            "action": ("approve", "approve", "reject")[number % 3],
            "digest": walk.digest(other if number % 7 == 0 else page),
            "comment": "",
        },
    )


def slot(walk, who, page, other, number):
    action = ("propose", "accept", "confirm", "counter", "hold", "send_now")[number % 6]
    standing = walk.slot_of(page)
    at = walk.typed(standing.at) if standing and number % 5 else walk.typed(walk.soon(number))
    form = {"website-at": at, "website-note": "", "website-hold-note": "รอ"}
    walk.post(who, reverse("otp_policy:slot", args=(page.pk, "website", action)), form)


def submit(walk, who, page, other, number):
    walk.post(who, reverse("otp_policy:submit", args=(page.pk,)), {})


def recall(walk, who, page, other, number):
    walk.post(who, reverse("otp_policy:recall", args=(page.pk,)), {})


def withdrawal(walk, who, page, other, number):
    """Ask for a withdrawal, take down at once, decide on either, or take a request back."""
    act = ("ask", "take_down", "decide", "give_reason", "recall")[number % 5]
    standing = open_withdrawal((other if number % 7 == 0 else page).pk)
    form = {
        "act": act,
        "action": ("approve", "reject")[number % 3 == 0],
        "ask-title": page.title,
        "ask-reason": walk.said("เหตุผล"),
        "down-reason": walk.said("เหตุผล"),
        "decide-digest": standing.digest if standing else "sha256:-",
        "decide-comment": "ตกลง",
    }
    walk.post(who, reverse("otp_policy:withdrawal", args=(page.pk,)), form)


def hide_version(walk, who, page, other, number):
    url = reverse("otp_policy:hide_version", args=(page.pk, 1 + number % 2))
    walk.post(who, url, {"reason": "ผิดพลาด"})


def urgent(walk, who, page, other, number):
    form = {"act": ("mark", "lift")[number % 3 == 0], "reason": "urgent"}
    walk.post(who, reverse("otp_policy:urgent", args=(page.pk,)), form)


def admin_api(walk, who, page, other, number):
    action = ADMIN_API[number % len(ADMIN_API)]
    data = {
        "destination_page_id": walk.office.section("news").pk,
        "update_slug": f"a-{walk.count()}",
        "slug": f"c-{walk.count()}",
        "recursive": "on",
        "keep_live": "on",
        "revision_id": _revision(page, number),
        "locale": "en",
        "alias": "on",
    }
    walk.post(who, reverse("wagtailadmin_api:pages:action", args=(page.pk, action)), data)


def write_api(walk, who, page, other, number):
    action = WRITE_API[number % len(WRITE_API)]
    data = {
        "destination_id": walk.office.section("news").pk,
        "recursive": True,
        "keep_live": True,
        "revision_id": _revision(page, number),
        "slug": f"v-{walk.count()}",
    }
    walk.call(who, "post", f"pages_actions_{action}", page.pk, **data)


def write_api_text(walk, who, page, other, number):
    meta = {"type": page._meta.label, "action": ("publish", "save_draft")[number % 2]}
    walk.call(who, "patch", "update_page", page.pk, title=walk.said("แก้"), meta=meta)


def write_api_delete(walk, who, page, other, number):
    target = page if number % 4 else page.get_parent()
    walk.call(who, "delete", "delete_page", target.pk)


def document(walk, who, page, other, number):
    row = walk.documents()[number % 2]
    upload = SimpleUploadedFile("plan.txt", walk.said("แผน").encode())
    form = {"title": row.title, "tags": "", "collection": row.collection_id}
    if number % 3 == 0:
        walk.post(who, reverse("wagtaildocs:delete", args=(row.pk,)), {})
    else:
        walk.post(who, reverse("wagtaildocs:edit", args=(row.pk,)), form | {"file": upload})


def picture(walk, who, page, other, number):
    row = walk.pictures()[number % 2]
    upload = SimpleUploadedFile("p.png", walk.painted().read(), "image/png")
    form = {"title": row.title, "tags": "", "description": "", "collection": row.collection_id}
    walk.post(who, reverse("wagtailimages:edit", args=(row.pk,)), form | {"file": upload})


def snippet(walk, who, page, other, number):
    row = Contact.objects.first()
    form = {"name": walk.said("ศูนย์"), "telephone": "1234"}
    walk.post(who, reverse("wagtailsnippets_exhibits_contact:edit", args=(row.pk,)), form)


def setting(walk, who, page, other, number):
    url = reverse("wagtailsettings:edit", args=("exhibits", "footer", 1))
    walk.post(who, url, {"text": walk.said("ท้าย")})


def redirect(walk, who, page, other, number):
    form = {
        "old_path": page.get_url() or "/x/",
        "site": "",
        "redirect_link": "/",
        "is_permanent": "",
    }
    walk.post(who, reverse("wagtailredirects:add"), form)


def site_root(walk, who, page, other, number):
    site = walk.site()
    root = (page.get_parent().pk, walk.office.home.pk)[number % 2]
    form = {
        "hostname": site.hostname, "port": site.port, "site_name": "x",
        "root_page": root, "is_default_site": "on",
    }  # fmt: skip
    walk.post(who, reverse("wagtailsites:edit", args=(site.pk,)), form)


def tasks(walk, who, page, other, number):
    """Switch a step off or on, or a whole workflow: nothing of it approves anything."""
    task, workflow = Task.objects.all()[number % 2], Workflow.objects.all()[number % 2]
    doors = (
        ("disable_task", task.pk), ("enable_task", task.pk),
        ("disable", workflow.pk), ("enable", workflow.pk), ("enable_task", task.pk),
    )  # fmt: skip
    name, key = doors[number % len(doors)]
    walk.post(who, reverse(f"wagtailadmin_workflows:{name}", args=(key,)), {})


def _revision(page: Page, number: int) -> int:
    keys = list(page.revisions.order_by("pk").values_list("pk", flat=True))
    return keys[number % len(keys)] if keys else 0


DOORS = (
    edit, edit_and_approve, create, bulk, copy, move, unpublish, delete, privacy, revert,
    slug_of_section, workflow_action, decide, slot, submit, recall, withdrawal,
    hide_version, urgent, admin_api, write_api,
    write_api_text, write_api_delete, document, picture, snippet, setting, redirect, site_root,
    tasks,
)  # fmt: skip
