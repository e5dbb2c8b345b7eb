"""Properties over generated policies, questions and ledgers; the same examples on every run."""

import os
from importlib.util import find_spec

if find_spec("hypothesis") is None:
    if os.environ.get("CI") == "true":
        raise RuntimeError("`hypothesis` is not installed")
    print("the properties are left out: `hypothesis` is not installed")
    collect_ignore_glob = ["test_*.py"]
else:
    from hypothesis import HealthCheck, settings

    # Building a policy takes some milliseconds, which is no fault of the examples.
    common = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
    settings.register_profile("suite", max_examples=20, derandomize=True, database=None, **common)
    settings.register_profile("long", max_examples=3_000, **common)
    settings.load_profile("suite")
