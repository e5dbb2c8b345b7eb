"""The map from each clause to its module and its tests leads somewhere."""

import re
from pathlib import Path

from otp_policy import load_policy

ROOT = Path(__file__).parents[2]
ROWS = [
    line.strip("|\n ").split(" | ")
    for line in (ROOT / "docs/policy-map.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| `")
]


def clauses_of(cell):
    """Return the clauses of a cell: `1(1)` to `1(3)` stands for what is between as well."""
    named = re.findall(r"`([^`]+)`", cell)
    if " to " not in cell:
        return named
    start, first = re.fullmatch(r"(.*\()(\d+)\)", named[0]).groups()
    last = re.search(r"\((\d+)\)$", named[1])[1]
    return [f"{start}{number})" for number in range(int(first), int(last) + 1)]


def test_every_clause_of_the_announcement_has_its_row_and_no_other():
    mapped = [clause for row in ROWS for clause in clauses_of(row[0])]
    assert sorted(mapped) == sorted(load_policy("tpso").document.policy.clauses)


def test_every_module_and_test_on_the_map_is_there():
    tests = "".join(path.read_text("utf-8") for path in (ROOT / "tests/policy").glob("test_*.py"))
    for clause, _, _, modules, proofs in ROWS:
        named = re.findall(r"`(\w+(?:/\w+)?)`", re.sub(r"\(.*?\)", "", modules))
        assert named or modules == "data only", clause
        for module in named:
            assert (ROOT / "otp_policy" / f"{module}.py").is_file(), (clause, module)
        found = re.findall(r"`([\w.…]+)`", proofs)
        assert found, clause
        for name in found:
            if name.endswith((".py", ".toml")):
                assert (ROOT / "tests/policy" / name).is_file(), (clause, name)
            else:
                assert name.removesuffix("…") in tests, (clause, name)
