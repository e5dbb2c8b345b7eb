"""
The checks of the gate, read from its code, and how to take each out of a running process.

A new check is on the list by being written: every statement that refuses, every operand of the
condition before one, every question that finds what is in the way, every receiver and every action
that asks the gate, every trigger and every term of its condition.
"""

import ast
import copy
import importlib
import inspect
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "site")]
PACKAGE = "otp_policy.wagtail"
BESIDE_THE_GATE = (
    "decisions", "document_forms", "file_uses", "file_views", "publishing", "whole_saves",
)  # fmt: skip
# Questions whose answer lets something pass; all others find what is in the way.
LETS_PASS = {
    "_goes_with_its_page", "_is_bookkeeping", "_is_used_outside", "is_checked", "is_public",
    "is_published", "may_see", "may_decide",
}  # fmt: skip
ASKS = ("first_", "is_", "_is_", "_shown_", "_touches_", "may_", "redirect_at", "part_of_approved")
# What no test can miss, with the reason.
EQUIVALENT = {
    "gate.collections._guarded:0": "it has made its guard already when the mutant comes; the one "
    "of `Collection.move` takes that guard out",
}


@dataclass(frozen=True)
class Mutant:
    """One check, and how to take it out of the running process."""

    name: str
    near: tuple[str, ...]  # parts of the names of the test files that should notice first
    apply: Callable[[], None]


def mutants() -> list[Mutant]:
    """Return a mutant for every check there is."""
    found = [*_in_code(), *_receivers(), *_actions(), *_triggers()]
    names = [mutant.name for mutant in found]
    assert len(set(names)) == len(names), "two checks have one name"
    return [mutant for mutant in found if mutant.name.split(" ")[0] not in EQUIVALENT]


# Statements and questions.


def _modules() -> Iterator[str]:
    for path in sorted((ROOT / "otp_policy" / "wagtail" / "gate").glob("*.py")):
        if path.stem not in ("__init__", "wiring", "triggers"):
            yield f"{PACKAGE}.gate.{path.stem}"
    yield from (f"{PACKAGE}.{name}" for name in BESIDE_THE_GATE)


def _in_code() -> Iterator[Mutant]:
    for dotted in _modules():
        module = importlib.import_module(dotted)
        tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
        short = dotted.removeprefix(f"{PACKAGE}.")
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            if _find(module, function.name) is None:
                continue  # inside another function or a class
            for number, (what, changed) in enumerate(_variants(function, short)):
                yield Mutant(
                    f"{short}.{function.name}:{number} {what}",
                    (short.rsplit(".", 1)[-1],),
                    _swap(module, function.name, changed),
                )


def _find(module, name: str):
    found = inspect.unwrap(getattr(module, name)) if hasattr(module, name) else None
    return found if getattr(found, "__module__", "") == module.__name__ else None


def _variants(function: ast.FunctionDef, module: str) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Yield (what is taken out, the function without it)."""
    for place, node in enumerate(ast.walk(function)):
        if _refuses(node):
            yield f"without `{ast.unparse(node)[:60]}`", _changed(function, place, ast.Pass())
        if isinstance(node, ast.If) and _ends_in_refusal(node, module):
            if module == "publishing" and not any(_refuses(step) for step in node.body):
                yield f"never `if {ast.unparse(node.test)[:50]}`", _never(function, place)
            if isinstance(node.test, ast.BoolOp) and isinstance(node.test.op, ast.Or):
                for operand in range(len(node.test.values)):
                    text = ast.unparse(node.test.values[operand])[:50]
                    yield f"without `or {text}`", _without(function, place, operand)
    if function.name.startswith(ASKS) or function.name in LETS_PASS:
        answer = function.name in LETS_PASS
        body = [ast.Return(ast.Constant(True if answer else None))]
        changed = copy.deepcopy(function)
        changed.body = body
        yield f"always {answer or None}", changed


def _refuses(node: ast.AST) -> bool:
    if isinstance(node, ast.Raise):
        return True
    if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)):
        return False
    name = ast.unparse(node.value.func).rsplit(".", 1)[-1]
    return name.lstrip("_").startswith("refuse") or name in ("_require", "add_error")


def _ends_in_refusal(node: ast.If, module: str) -> bool:
    last = node.body[-1]
    return _refuses(last) or (module == "publishing" and isinstance(last, ast.Return))


def _changed(function: ast.FunctionDef, place: int, by: ast.stmt) -> ast.FunctionDef:
    """Return a copy of *function* with *by* instead of its node number *place*."""
    made = copy.deepcopy(function)
    wanted = list(ast.walk(made))[place]
    for parent in ast.walk(made):
        for _name, value in ast.iter_fields(parent):
            if isinstance(value, list) and any(item is wanted for item in value):
                value[[item is wanted for item in value].index(True)] = by
    return made


def _never(function: ast.FunctionDef, place: int) -> ast.FunctionDef:
    made = copy.deepcopy(function)
    list(ast.walk(made))[place].test = ast.Constant(False)
    return made


def _without(function: ast.FunctionDef, place: int, operand: int) -> ast.FunctionDef:
    made = copy.deepcopy(function)
    list(ast.walk(made))[place].test.values[operand] = ast.Constant(False)
    return made


def _swap(module, name: str, changed: ast.FunctionDef) -> Callable[[], None]:
    def apply() -> None:
        changed.decorator_list = []
        tree = ast.fix_missing_locations(ast.Module([changed], []))
        made: dict = {}
        exec(compile(tree, module.__file__, "exec"), vars(module), made)
        # Whoever imported the function keeps it; what it does is another.
        function = _find(module, name)
        function.__code__ = made[name].__code__

    return apply


# Signals, actions, triggers.


def _receivers() -> Iterator[Mutant]:
    from django.db.models import signals
    from wagtail.signals import pre_page_move, workflow_submitted

    watched = {
        name: getattr(signals, name)
        for name in ("pre_save", "post_save", "pre_delete", "post_delete", "m2m_changed",
                     "pre_migrate", "post_migrate")
    } | {"pre_page_move": pre_page_move, "workflow_submitted": workflow_submitted}  # fmt: skip
    for label, signal in watched.items():
        for number, entry in enumerate(signal.receivers):
            uid = entry[0][0]
            if isinstance(uid, str) and uid.startswith("otp_policy.") and "syndication" not in uid:
                short = uid.removeprefix(f"{PACKAGE}.").removeprefix("otp_policy.")
                yield Mutant(
                    f"{label} no {number} without {short}",
                    tuple(short.split(".")),
                    _disconnect(signal, entry[0]),
                )


def _disconnect(signal, key) -> Callable[[], None]:
    def apply() -> None:
        signal.receivers = [entry for entry in signal.receivers if entry[0] != key]
        signal.sender_receivers_cache.clear()

    return apply


def _actions() -> Iterator[Mutant]:
    """Yield what the gate put in front of Wagtail's own methods."""
    import wagtail.models
    from wagtail import actions

    for path in sorted(Path(actions.__file__).parent.glob("*.py")):
        importlib.import_module(f"wagtail.actions.{path.stem}")
    holders = {
        value
        for module in list(sys.modules.values())
        if getattr(module, "__name__", "").startswith(("wagtail.actions", "wagtail.models"))
        for value in vars(module).values()
        if isinstance(value, type)
    }
    assert wagtail.models
    for holder in sorted(holders, key=lambda found: found.__qualname__):
        for name, value in sorted(vars(holder).items()):
            if getattr(value, "_otp_policy_guard", False):
                yield Mutant(
                    f"{holder.__qualname__}.{name} does not ask the gate",
                    ("gate", "structure", "shown"),
                    lambda holder=holder, name=name, value=value: setattr(
                        holder, name, value.__wrapped__
                    ),
                )


def _triggers() -> Iterator[Mutant]:
    from otp_policy.wagtail.gate import triggers

    for name in triggers.NAMES:
        yield Mutant(f"no trigger {name}", ("triggers",), _drop(name))
    for term in triggers.terms():
        yield Mutant(f"triggers without `{term}`", ("triggers",), _without_term(term))


def _drop(name: str) -> Callable[[], None]:
    def apply() -> None:
        from django.db import connection

        from otp_policy.wagtail.gate import triggers

        with connection.cursor() as cursor:
            on = "" if connection.vendor == "sqlite" else f" ON {triggers._table(connection)}"
            cursor.execute(f"DROP TRIGGER {name}{on}")

    return apply


def _without_term(term: str) -> Callable[[], None]:
    def apply() -> None:
        from otp_policy.wagtail.gate import triggers

        whole = triggers.statements

        def statements(connection):
            made = [text.replace(term, "1 = 0") for text in whole(connection)]
            assert made != whole(connection), f"no trigger has the term {term}"
            return made

        triggers.statements = statements
        triggers.install()

    return apply
