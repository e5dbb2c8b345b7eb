"""A test runner that writes down how each test of Wagtail ended."""

import json
import os
from pathlib import Path
from typing import Any
from unittest import TextTestResult

from django.test.runner import DiscoverRunner

# How a test ended, worst last: a failing subtest counts more than the test around it.
PASSED, SKIPPED, EXPECTED, UNEXPECTED, FAILED = (
    "passed",
    "skipped",
    "failed as expected",
    "passed unexpectedly",
    "failed",
)


class OutcomeResult(TextTestResult):
    """Keeps one word per test, and the last lines of what failed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.outcomes: dict[str, str] = {}

    def _note(self, test: Any, outcome: str) -> None:
        self.outcomes[test.id()] = outcome

    def addSuccess(self, test) -> None:
        super().addSuccess(test)
        self.outcomes.setdefault(test.id(), PASSED)

    def addSkip(self, test, reason) -> None:
        super().addSkip(test, reason)
        self._note(test, SKIPPED)

    def addExpectedFailure(self, test, err) -> None:
        super().addExpectedFailure(test, err)
        self._note(test, EXPECTED)

    def addUnexpectedSuccess(self, test) -> None:
        super().addUnexpectedSuccess(test)
        self._note(test, UNEXPECTED)

    def addFailure(self, test, err) -> None:
        super().addFailure(test, err)
        self._note(test, FAILED)

    def addError(self, test, err) -> None:
        super().addError(test, err)
        self._note(test, FAILED)

    def addSubTest(self, test, subtest, err) -> None:
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._note(test, FAILED)


class OutcomeRunner(DiscoverRunner):
    """Django's runner, with the outcomes in the file that `OTP_OUTCOMES` names."""

    def get_resultclass(self) -> type[OutcomeResult]:
        return OutcomeResult

    def suite_result(self, suite, result, **kwargs) -> int:
        text = json.dumps(result.outcomes, indent=1, sort_keys=True)
        Path(os.environ["OTP_OUTCOMES"]).write_text(text, encoding="utf-8")
        return super().suite_result(suite, result, **kwargs)
