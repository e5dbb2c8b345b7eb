"""Wagtail's own tests pass with the plugin as they pass without it (`make test-wagtail`: all)."""

from tests.conftest import need_modules

from .outcomes import PASSED
from .wagtails_own import SHORT, compare

# What Wagtail's tests import, and its package does not bring.
NEEDED = ("freezegun", "jinja2")


def test_wagtails_own_tests_end_as_they_do_without_the_plugin():
    need_modules(*NEEDED)
    found = compare(SHORT)
    assert not found.differences, "\n".join([found.log, *found.differences])
    passed = [name for name, outcome in found.outcomes.items() if outcome == PASSED]
    # Each module that is named ran: an import that fails would be one failure on both sides.
    for label in SHORT:
        assert any(name.startswith(f"{label}.") for name in passed), label
