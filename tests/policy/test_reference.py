"""The reference of the format says what the model says."""

from pathlib import Path

from otp_policy.document import TABLES
from otp_policy.reference import reference

WRITTEN = Path(__file__).parents[2] / "docs" / "reference" / "policy-file.md"


def test_the_reference_is_the_one_that_the_model_writes():
    assert WRITTEN.read_text(encoding="utf-8") == reference(), "run `make reference`"


def test_the_reference_speaks_of_every_table_and_key():
    text = reference()
    for table in (*TABLES, "policy", "commencement", "law", "assessment", "item"):
        assert f"[{table}]" in text
    assert "a word: unknown" not in text
    assert "| `review_every_months` | whole number from 1 to 1200 | may be left out |" in text
