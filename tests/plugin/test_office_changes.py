"""Who is who has its history in the ledger: who changed what, from what, to what."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from wagtail.models import Task, Workflow, WorkflowTask

from otp_policy.wagtail.audit import audit
from otp_policy.wagtail.conf import office_day
from otp_policy.wagtail.models import (
    CategoryWorkflow,
    DelegationOrder,
    LedgerEntry,
    PolicyTask,
    Post,
    RoleGroup,
    Unit,
)
from tests.office import PASSWORD

pytestmark = pytest.mark.django_db


def last() -> dict:
    row = LedgerEntry.objects.filter(action="change_office").order_by("seq").last()
    return json.loads(row.body)


def test_a_post_that_is_given_changed_and_taken_is_three_rows(office):
    # Not begun yet: what has held can only be ended.
    begins = office_day() + timedelta(days=30)
    post = Post.objects.create(
        user=office["pr.division-a"], role="division_director", from_on=begins, is_acting=True
    )
    given = last()
    assert (given["object"], given["old"]) == (f"post {post.pk}", None)
    assert given["new"] == {
        "from_on": begins.isoformat(), "is_acting": True, "role": "division_director", "unit": None,
        "until_on": None, "user": "pr.division-a",
    }  # fmt: skip
    Post.objects.get(pk=post.pk).save()
    assert last() == given
    post = Post.objects.get(pk=post.pk)
    post.until_on = begins + timedelta(days=7)
    post.save()
    changed = last()
    assert (changed["old"], changed["new"]["until_on"]) == (
        given["new"],
        post.until_on.isoformat(),
    )
    key = post.pk
    post.delete()
    assert (last()["object"], last()["old"], last()["new"]) == (
        f"post {key}",
        changed["new"],
        None,
    )
    assert list(audit()) == []


def test_a_post_opens_the_doors_of_the_admin_to_its_holder(client, office):
    holder = get_user_model().objects.create_user("second.division-a", password=PASSWORD)
    client.force_login(holder)
    door = reverse("wagtailadmin_home")
    assert client.get(door).status_code == 302
    unit = Unit.objects.get(code="division-a")
    Post.objects.create(user=holder, role="pr_representative", unit=unit, from_on=office_day())
    assert client.get(door).status_code == 200
    section = office.section("news")
    assert section.permissions_for_user(type(holder).objects.get(pk=holder.pk)).can_add_subpage()


def test_an_order_entered_in_the_admin_says_who_entered_it_and_names_accounts_alone(office):
    client = Client()
    assert client.login(username="admin", password=PASSWORD)
    answer = client.post(
        reverse("otp_policy_delegationorder_modeladmin_create"),
        {
            "number": "7/2569",
            "role": "division_director",
            "unit": Unit.objects.get(code="division-a").pk,
            "delegator": office["director.division-a"].pk,
            "delegate": office["pr.division-b"].pk,
            "from_on": "2026-10-01",
            "until_on": "2026-12-31",
        },
    )
    assert answer.status_code == 302
    assert DelegationOrder.objects.get().number == "7/2569"
    row = last()
    assert row["actor"]["username"] == "admin"
    assert (row["new"]["delegator"], row["new"]["delegate"]) == (
        "director.division-a",
        "pr.division-b",
    )
    assert office["pr.division-b"].first_name not in json.dumps(row, ensure_ascii=False)


def test_who_holds_a_role_and_changes_the_register_is_recorded_in_that_role(office):
    from wagtail.log_actions import LogContext, activate, deactivate

    activate(LogContext(user=office["director.office"]))
    try:
        RoleGroup.objects.get(role="web_publisher").delete()
    finally:
        deactivate()
    assert (last()["actor"]["username"], last()["role"]) == ("director.office", "office_director")


def test_the_steps_of_a_category_do_not_change_unnoticed(office):
    entry = CategoryWorkflow.objects.get(category="other")
    task = PolicyTask.objects.filter(workflow_tasks__workflow=entry.workflow).first()
    before = LedgerEntry.objects.count()
    base = Task.objects.get(pk=task.pk)
    base.active = False
    base.save()
    assert (last()["old"]["active"], last()["new"]["active"]) == (True, False)
    WorkflowTask.objects.filter(workflow=entry.workflow).first().delete()
    assert last()["new"] is None
    task.groups.clear()
    assert last()["new"] == {"groups": []}
    workflow = Workflow.objects.get(pk=entry.workflow.pk)
    workflow.active = False
    workflow.save()
    assert last()["object"] == f"workflow {workflow.pk}"
    assert LedgerEntry.objects.count() == before + 4


def changes_of_the_office() -> dict[Any, tuple[str, Any]]:
    """Return a row of each register that may change, and a column with another value for it."""
    entry = CategoryWorkflow.objects.get(category="other")
    steps = WorkflowTask.objects.filter(workflow=entry.workflow)
    return {
        Unit.objects.get(code="division-a"): ("name_th", "กองหนึ่ง"),
        RoleGroup.objects.get(role="web_publisher"): ("group", Group.objects.create(name="อื่น")),
        PolicyTask.objects.get(pk=steps.first().task_id): ("name", "ขั้นอื่น"),
        steps.last(): ("sort_order", 7),
        entry: ("workflow", Workflow.objects.create(name="อื่น")),
    }


def test_each_row_that_makes_the_office_is_recorded_when_it_changes(office):
    for row, (column, value) in changes_of_the_office().items():
        name, seq = f"{row._meta.model_name} {row.pk}", LedgerEntry.objects.count()
        setattr(row, column, value)
        row.save()
        bodies = [json.loads(one.body) for one in LedgerEntry.objects.filter(seq__gt=seq)]
        (changed,) = (body for body in bodies if body.get("object") == name)
        assert changed["old"] | {column: changed["new"][column]} == changed["new"], name
        assert changed["old"] != changed["new"], name


def test_a_workflow_that_carries_out_no_category_is_none_of_ours(office):
    before = LedgerEntry.objects.count()
    workflow = Workflow.objects.create(name="ของหน่วยอื่น")
    task = Task.objects.create(name="ของหน่วยอื่น")
    WorkflowTask.objects.create(workflow=workflow, task=task)
    assert LedgerEntry.objects.count() == before
