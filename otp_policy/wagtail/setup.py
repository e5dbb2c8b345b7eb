"""Derives units, groups, permissions, tasks and workflows from the policy; safe to run again."""

from dataclasses import dataclass, field

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from wagtail.models import (
    Collection,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Workflow,
    WorkflowTask,
)

from otp_policy import Policy

from .conf import current_policy, office_day
from .file_uses import note_missing
from .models import CategoryWorkflow, PolicyTask, Post, RoleGroup, Unit

ADMIN_ACCESS = "access_admin"
# What preparing an item takes in Wagtail's own terms. Nobody gets `publish`: the dispatcher
# publishes, and Wagtail's publish permission is also the button that skips the approval.
_PREPARE_PERMISSIONS = ("add_page", "change_page")
_FILE_PERMISSIONS = ("add_document", "choose_document")


@dataclass
class Report:
    """What a run of the setup made or changed; empty when there was nothing to do."""

    made: list[str] = field(default_factory=list)

    def note(self, kind: str, name: str, made: bool) -> None:
        """Keep a line for what was made."""
        if made:
            self.made.append(f"{kind}: {name}")


@transaction.atomic
def set_up() -> Report:
    """Bring the database in line with the policy in force today, and say what was made."""
    policy, report = current_policy(), Report()
    _units(policy, report)
    groups = _groups(policy, report)
    _permissions(policy, groups, report)
    _workflows(policy, groups, report)
    _memberships()
    if noted := note_missing():
        report.made.append(f"files of live items: {noted}")
    return report


def _units(policy: Policy, report: Report) -> None:
    for code, unit in policy.units.items():
        row, made = Unit.objects.get_or_create(
            code=code, defaults={"name_th": unit.label.th, "name_en": unit.label.en}
        )
        report.note("unit", row.code, made)


def _groups(policy: Policy, report: Report) -> dict[str, Group]:
    groups = {}
    for code, role in policy.roles.items():
        entry = RoleGroup.objects.filter(role=code).select_related("group").first()
        if entry is None:
            group, _ = Group.objects.get_or_create(name=role.label.th)
            entry = RoleGroup.objects.create(role=code, group=group)
            report.note("group", group.name, True)
        groups[code] = entry.group
    return groups


def _permissions(policy: Policy, groups: dict[str, Group], report: Report) -> None:
    admin = Permission.objects.get(content_type__app_label="wagtailadmin", codename=ADMIN_ACCESS)
    root, collection = Page.get_first_root_node(), Collection.get_first_root_node()
    preparing = policy.roles_for("prepare", on=office_day())
    for role, group in groups.items():
        group.permissions.add(admin)
        for codename in _PREPARE_PERMISSIONS if role in preparing else ():
            permission = Permission.objects.get(
                content_type__app_label="wagtailcore", codename=codename
            )
            _, made = GroupPagePermission.objects.get_or_create(
                group=group, page=root, permission=permission
            )
            report.note("permission", f"{group.name} {codename}", made)
        for codename in _FILE_PERMISSIONS if role in preparing else ():
            permission = Permission.objects.get(
                content_type__app_label="wagtaildocs", codename=codename
            )
            _, made = GroupCollectionPermission.objects.get_or_create(
                group=group, collection=collection, permission=permission
            )
            report.note("permission", f"{group.name} {codename}", made)
    _revoke(preparing, report)


def _revoke(preparing: frozenset[str], report: Report) -> None:
    """Take from the groups of other roles what only preparing needs; an earlier policy gave it."""
    for entry in RoleGroup.objects.exclude(role__in=preparing).select_related("group"):
        given = [
            *GroupPagePermission.objects.filter(
                group=entry.group,
                page=Page.get_first_root_node(),
                permission__codename__in=_PREPARE_PERMISSIONS,
            ),
            *GroupCollectionPermission.objects.filter(
                group=entry.group,
                collection=Collection.get_first_root_node(),
                permission__codename__in=_FILE_PERMISSIONS,
            ),
        ]
        for permission in given:
            codename = permission.permission.codename
            report.note("permission taken", f"{entry.group.name} {codename}", True)
            permission.delete()


def _workflows(policy: Policy, groups: dict[str, Group], report: Report) -> None:
    on = office_day()
    for category in policy.categories:
        steps = policy.approval_steps(category, on=on)
        workflow, made = _workflow(policy, category, steps)
        report.note("workflow", workflow.name, made)
        wanted = []
        for order, step in enumerate(steps):
            roles = policy.roles_for(step, category, on=on)
            task, made = _task(policy, step, [groups[role] for role in sorted(roles)])
            report.note("task", task.name, made)
            wanted.append(task.pk)
            WorkflowTask.objects.update_or_create(
                workflow=workflow, task=task, defaults={"sort_order": order}
            )
        # What an earlier policy asked for, or a person added: the policy alone says the steps.
        for extra in WorkflowTask.objects.filter(workflow=workflow).exclude(task__in=wanted):
            report.note("task no longer in its workflow", extra.task.name, True)
            extra.delete()


def _workflow(policy: Policy, category: str, steps: tuple[str, ...]) -> tuple[Workflow, bool]:
    entry = CategoryWorkflow.objects.filter(category=category).select_related("workflow").first()
    if entry is not None:
        if not entry.workflow.active:
            entry.workflow.active = True
            entry.workflow.save()
        return entry.workflow, False
    workflow = Workflow.objects.create(name=policy.categories[category].label.th[:255])
    CategoryWorkflow.objects.create(category=category, workflow=workflow)
    return workflow, True


def _task(policy: Policy, step: str, groups: list[Group]) -> tuple[PolicyTask, bool]:
    """Return the task for *step* that asks just these groups; workflows share it."""
    wanted = {group.pk for group in groups}
    for task in PolicyTask.objects.filter(action=step):
        if {group.pk for group in task.groups.all()} == wanted:
            if not task.active:
                task.active = True
                task.save()
            return task, False
    label = {"endorse": "ให้ความเห็นชอบเบื้องต้น", "approve": "ให้ความเห็นชอบ"}[step]
    names = " / ".join(group.name for group in groups)
    task = PolicyTask.objects.create(action=step, name=f"{label} ({names})"[:255])
    task.groups.set(groups)
    return task, True


def _memberships() -> None:
    groups = {entry.role: entry.group for entry in RoleGroup.objects.select_related("group")}
    for post in Post.objects.in_force(office_day()).select_related("user"):
        if post.role in groups:
            post.user.groups.add(groups[post.role])
