"""
How the checks in a module's code are found, taken out of a running process, and watched.

A check is a statement that refuses or adds a reason, an operand of the condition before it, an
answer that says no, and a question with each term of what it answers. To watch one is to be told
when it makes a difference: only a test in which it does can miss it.
"""

import ast
import copy
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Questions whose answer lets something pass; all others find what is in the way.
LETS_PASS = {
    "_allows", "_goes_with_its_page", "_is_as_published", "_is_bookkeeping", "_is_for",
    "_is_address", "_is_its_turn", "_is_used_outside", "_is_wanted", "_overlap", "is_backed_by",
    "is_checked", "is_in_force", "is_open", "is_public", "is_published", "is_shown", "may_call",
    "may_decide", "may_go", "may_hand_over", "may_mark", "may_see", "may_see_ledger",
    "website_shows",
}  # fmt: skip
# Questions that are answered with the thing itself: only the terms of the answer are taken out.
TERMS_ALONE = {"_stretches", "current", "may_decide_withdrawal"}
ASKS = ("first_", "is_", "_is_", "_shown_", "_touches_", "may_", "redirect_at", "part_of_approved")
# Lists that a refusal is made of.
_REASONS = {"against", "also", "found", "reasons", "refused"}
_NOTE = "_otp_policy_note"
_SAW = "_otp_policy_saw"

Edit = Callable[[ast.FunctionDef, list[ast.AST]], None]
Note = Callable[[str], None]


@dataclass(frozen=True)
class Variant:
    """A function without one of its checks, and the same function with that check watched."""

    what: str
    take_out: Edit
    watch: Callable[[str], Edit]


@dataclass(frozen=True)
class Checked:
    """A function of a module, or a method of one of its classes, that holds checks."""

    module: Any
    name: str
    holder: str
    node: ast.FunctionDef

    @property
    def function(self) -> Any:
        """Return the function itself, without what decorates it; None if it is not there."""
        owner = getattr(self.module, self.holder, None) if self.holder else self.module
        found = vars(owner).get(self.name) if owner is not None else None
        found = getattr(found, "func", None) or getattr(found, "fget", None) or found
        found = inspect.unwrap(getattr(found, "__func__", found)) if found else None
        is_its_own = getattr(found, "__module__", "") == self.module.__name__
        return found if is_its_own and hasattr(found, "__code__") else None

    def edited(self, *edits: Edit) -> Callable[[], None]:
        """Return what puts the edited function in the place of this one."""

        def apply() -> None:
            made = copy.deepcopy(self.node)
            nodes = list(ast.walk(made))
            for edit in edits:
                edit(made, nodes)
            # Whoever imported the function keeps it; what it does is another.
            self.function.__code__ = _code_of(made, self)

        return apply


def checked_functions(module: Any) -> Iterator[Checked]:
    """Yield the functions and methods of *module*, those inside functions left out."""
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    for node in tree.body:
        holder = node.name if isinstance(node, ast.ClassDef) else ""
        for inner in node.body if isinstance(node, ast.ClassDef) else [node]:
            if isinstance(inner, ast.FunctionDef):
                found = Checked(module, inner.name, holder, inner)
                if found.function is not None:
                    yield found


def install_notes(module: Any, note: Note) -> None:
    """Give the watched functions of *module* whom to tell."""

    def saw(name: str, value: Any, when: bool) -> Any:
        if bool(value) is when:
            note(name)
        return value

    vars(module).update({_NOTE: note, _SAW: saw})


def variants(checked: Checked, module: str) -> Iterator[Variant]:
    """Yield a variant for each check in the function."""
    for place, node in enumerate(ast.walk(checked.node)):
        if _refuses(node) or _gives_reason(node):
            yield _statement(place, node)
        if isinstance(node, ast.If) and (says := _says_no(node, checked, module)):
            if says == "answer":
                yield _answer(place, node)
            if isinstance(node.test, ast.BoolOp) and isinstance(node.test.op, ast.Or):
                yield from _terms(place, node.test, "test", "or")
        if isinstance(node, ast.Return | ast.comprehension):
            yield from _terms_of_answer(place, node, checked)
    # Last: it is watched around the terms of the answer.
    if _is_question(checked.name) and checked.name not in TERMS_ALONE:
        yield _question(checked)


def _is_question(name: str) -> bool:
    return name.startswith(ASKS) or name in LETS_PASS | TERMS_ALONE


def _refuses(node: ast.AST) -> bool:
    if isinstance(node, ast.Raise):
        return True
    if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)):
        return False
    name = ast.unparse(node.value.func).rsplit(".", 1)[-1]
    return name.lstrip("_").startswith("refuse") or name in ("_require", "add_error")


def _gives_reason(node: ast.AST) -> bool:
    if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)):
        return False
    target, _, method = ast.unparse(node.value.func).rpartition(".")
    is_row = any(isinstance(one, ast.Tuple) for one in node.value.args)
    return method in ("append", "extend") and target in _REASONS and not is_row


def _says_no(node: ast.If, checked: Checked, module: str) -> str:
    """Tell how the branch ends: in a refusal, in an answer that says no, or in neither."""
    last = node.body[-1]
    if _refuses(last) or _gives_reason(last):
        return "refusal"
    if not isinstance(last, ast.Return) or any(map(_refuses, node.body)):
        return ""
    value = last.value
    is_reason = isinstance(value, ast.List) and value.elts and "about" in checked.name
    is_no = isinstance(value, ast.Constant) and value.value is False
    is_no = is_no and (checked.name in LETS_PASS or module.startswith("syndication."))
    return "answer" if module == "publishing" or is_reason or is_no else ""


# What is taken out, and how it is watched.


def _statement(place: int, node: ast.AST) -> Variant:
    def take_out(made: ast.FunctionDef, nodes: list[ast.AST]) -> None:
        body, at = _list_with(made, nodes[place])
        body[at] = ast.Pass()

    def watch(name: str) -> Edit:
        def edit(made: ast.FunctionDef, nodes: list[ast.AST]) -> None:
            body, at = _list_with(made, nodes[place])
            body.insert(at, _noting(name))

        return edit

    return Variant(f"without `{ast.unparse(node)[:60]}`", take_out, watch)


def _answer(place: int, node: ast.If) -> Variant:
    def take_out(made: ast.FunctionDef, nodes: list[ast.AST]) -> None:
        nodes[place].test = ast.Constant(False)

    def watch(name: str) -> Edit:
        return lambda made, nodes: nodes[place].body.insert(0, _noting(name))

    return Variant(f"never `if {ast.unparse(node.test)[:50]}`", take_out, watch)


def _terms_of_answer(
    place: int, node: ast.Return | ast.comprehension, checked: Checked
) -> Iterator[Variant]:
    """Yield the terms of an answer, each of which can say no, or find what is in the way."""
    if not _is_question(checked.name):
        return
    lets_pass = checked.name in LETS_PASS | TERMS_ALONE
    if isinstance(node, ast.comprehension):
        for number, test in enumerate(node.ifs if checked.name in TERMS_ALONE else ()):
            if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
                yield from _terms(place, test, f"ifs.{number}", "and")
        return
    value, path = node.value, "value"
    if isinstance(value, ast.IfExp):
        value, path = value.test, "value.test"
    if isinstance(value, ast.BoolOp) and isinstance(value.op, ast.And if lets_pass else ast.Or):
        yield from _terms(place, value, path, "and" if lets_pass else "or")


def _terms(place: int, test: ast.BoolOp, path: str, word: str) -> Iterator[Variant]:
    """Yield the terms of the condition that lies at *path* in the node number *place*."""
    neutral = word == "and"
    for number, term in enumerate(test.values):

        def take_out(made, nodes, number=number) -> None:
            _follow(nodes[place], path).values[number] = ast.Constant(neutral)

        def watch(name: str, number: int = number) -> Edit:
            def edit(made, nodes) -> None:
                values = _follow(nodes[place], path).values
                values[number] = _seeing(name, values[number], when=not neutral)

            return edit

        yield Variant(f"without `{word} {ast.unparse(term)[:50]}`", take_out, watch)


def _question(checked: Checked) -> Variant:
    answer = checked.name in LETS_PASS

    def take_out(made: ast.FunctionDef, nodes: list[ast.AST]) -> None:
        made.body = [ast.Return(ast.Constant(True if answer else None))]

    def watch(name: str) -> Edit:
        def edit(made: ast.FunctionDef, nodes: list[ast.AST]) -> None:
            made.body.append(ast.Return(ast.Constant(None)))
            for node in [*nodes, made.body[-1]]:
                if isinstance(node, ast.Return):
                    node.value = _seeing(name, node.value or ast.Constant(None), when=not answer)

        return edit

    return Variant(f"always {answer or None}", take_out, watch)


def _follow(node: Any, path: str) -> Any:
    for step in path.split("."):
        node = node[int(step)] if step.isdigit() else getattr(node, step)
    return node


def _list_with(made: ast.FunctionDef, wanted: ast.AST) -> tuple[list, int]:
    """Return the list of statements that holds *wanted*, and its place in it."""
    for parent in ast.walk(made):
        for _name, value in ast.iter_fields(parent):
            if isinstance(value, list):
                for at, item in enumerate(value):
                    if item is wanted:
                        return value, at
    raise LookupError(ast.unparse(wanted))


def _noting(name: str) -> ast.Expr:
    return ast.Expr(_call(_NOTE, ast.Constant(name)))


def _seeing(name: str, value: ast.expr, *, when: bool) -> ast.Call:
    return _call(_SAW, ast.Constant(name), value, ast.Constant(when))


def _call(name: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(name, ast.Load()), list(arguments), [])


def _code_of(made: ast.FunctionDef, checked: Checked) -> Any:
    """Return the code of the function; of a method as its class would hold it (`super()`)."""
    made.decorator_list = []
    body: ast.stmt = made
    if checked.holder:
        body = ast.ClassDef(checked.holder, [], [], [made], [])
    tree = ast.fix_missing_locations(ast.Module([body], []))
    # Annotations are not asked for: they may name what only a type checker imports.
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        if isinstance(node, ast.arg):
            node.annotation = None
    out: dict[str, Any] = {}
    exec(compile(tree, checked.module.__file__, "exec"), vars(checked.module), out)
    found = out[checked.holder].__dict__[checked.name] if checked.holder else out[checked.name]
    return found.__code__
