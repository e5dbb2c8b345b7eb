"""
Keeps changes of who is who in the ledger: posts, orders, units, groups, and the steps asked for.

Past decisions say in which role they were taken. Without the history of the roles themselves,
somebody could hold one for a minute and leave no trace.
"""

from datetime import date
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete, pre_save
from wagtail.log_actions import get_active_log_context
from wagtail.models import Task, Workflow, WorkflowTask

from .held import as_row, held_of_those_who_answer
from .models import CategoryWorkflow, DelegationOrder, PolicyTask, Post, RoleGroup, Unit
from .recording import record

_REGISTERS = (CategoryWorkflow, DelegationOrder, PolicyTask, Post, RoleGroup, Unit)
# Wagtail's own, which matter where they carry out the steps of a category.
_OF_WORKFLOWS = (Task, Workflow, WorkflowTask)
_BEFORE = "_otp_policy_before"


def connect() -> None:
    """Connect the receivers, once."""
    for model in _REGISTERS + _OF_WORKFLOWS:
        name = f"otp_policy.office.{model._meta.label}"
        for signal in (pre_save, pre_delete):
            signal.connect(remember, sender=model, dispatch_uid=f"{name}.before")
        post_save.connect(record_change, sender=model, dispatch_uid=f"{name}.saved")
        post_delete.connect(record_deletion, sender=model, dispatch_uid=f"{name}.deleted")
    through = PolicyTask.groups.through
    m2m_changed.connect(record_groups, sender=through, dispatch_uid="otp_policy.office.groups")


def remember(sender: Any, instance: models.Model, **kwargs: Any) -> None:
    """Keep what the database has of the row, before it changes."""
    stored = sender._base_manager.filter(pk=instance.pk).first() if instance.pk else None
    setattr(instance, _BEFORE, values_of(stored) if stored and _matters(stored) else None)


def record_change(sender: Any, instance: models.Model, **kwargs: Any) -> None:
    """Record a row that was added or changed; a save without a change is none."""
    old = getattr(instance, _BEFORE, None)
    new = values_of(instance) if _matters(instance) else None
    if old != new:
        _record(instance, old=old, new=new)


def record_deletion(sender: Any, instance: models.Model, **kwargs: Any) -> None:
    """Record a row that is gone."""
    old = getattr(instance, _BEFORE, None)
    if old is not None:
        _record(instance, old=old, new=None)


def record_groups(sender: Any, instance: Any, action: str, reverse: bool, **kwargs: Any) -> None:
    """Record other groups for a step: they are told of it, and see the item."""
    if reverse or not action.startswith("post_") or not isinstance(instance, PolicyTask):
        return
    groups = sorted(instance.groups.values_list("name", flat=True))
    _record(instance, old=None, new={"groups": groups})


def _matters(row: models.Model) -> bool:
    """Tell whether a row of Wagtail's workflows carries out the steps of a category."""
    if isinstance(row, WorkflowTask):
        return CategoryWorkflow.objects.filter(workflow=row.workflow_id).exists()
    if isinstance(row, Workflow):
        return CategoryWorkflow.objects.filter(workflow=row.pk).exists()
    if isinstance(row, Task) and not isinstance(row, PolicyTask):
        return PolicyTask.objects.filter(pk=row.pk).exists()
    return True


def values_of(row: models.Model) -> dict[str, Any]:
    """Return the columns of *row* as JSON; a person is the account's name and nothing more."""
    return {
        field.name: _value(row, field)
        for field in row._meta.concrete_fields
        if not field.primary_key and not (field.is_relation and field.remote_field.parent_link)
    }


def _value(row: models.Model, field: models.Field) -> Any:
    value = getattr(row, field.attname)
    if field.is_relation and value is not None:
        return _name_of(getattr(row, field.name))
    if value is None or isinstance(value, bool | int | str):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)


def _name_of(row: Any) -> str:
    if isinstance(row, AbstractBaseUser):
        return row.get_username()
    return str(getattr(row, "code", None) or getattr(row, "name", None) or row.pk)


def _record(instance: models.Model, *, old: Any, new: Any) -> None:
    user = get_active_log_context().user
    held = held_of_those_who_answer(user)
    record(
        "change_office",
        user=user,
        object=f"{instance._meta.model_name} {instance.pk}",
        old=old,
        new=new,
        **(as_row(held) if held else {}),
    )
