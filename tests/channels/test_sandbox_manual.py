"""The sandbox's manual names everything that can be set, asked and broken."""

from __future__ import annotations

import json

import pytest

from otp_policy.channels import sandbox_faults, sandbox_settings
from otp_policy.channels.sandbox_settings import Settings
from tests.conftest import REPOSITORY

MANUAL = (REPOSITORY / "docs" / "reference" / "sandbox.md").read_text("utf-8")
ROWS = [line for line in MANUAL.splitlines() if line.startswith("| `")]


def named(part):
    return any(f"`{part}`" in row.split(" | ")[0] for row in ROWS)


@pytest.mark.parametrize("name", sandbox_settings.ACCEPTED)
def test_a_setting_has_its_row(name):
    assert named(name)


@pytest.mark.parametrize("kind", sandbox_faults.KINDS)
def test_a_fault_has_its_row(kind):
    assert named(kind)


def test_every_operation_is_told():
    (row,) = (row for row in ROWS if row.startswith("| `operation`"))
    for names in sandbox_faults.OPERATIONS.values():
        assert all(f"`{name}`" in row for name in names)


def told(value):
    """Return how the manual writes *value*."""
    if isinstance(value, list):
        return ", ".join(value)
    if isinstance(value, float):
        return f"{value:g}"
    return value if isinstance(value, str) else json.dumps(value)


def test_what_a_setting_is_at_the_start_is_told():
    for name, value in Settings().as_json().items():
        row = next(row for row in ROWS if f"`{name}`" in row.split(" | ")[0])
        assert row.split(" | ")[1].replace("`", "") == told(value)
