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
    "_allows", "_goes_with_its_page", "_is_as_published", "_is_bookkeeping", "_is_empty_later",
    "_is_for", "_is_address", "_is_its_turn", "_is_used_outside", "_is_wanted", "_overlap",
    "has_authority", "is_backed_by", "is_checked", "is_in_force", "is_open", "is_public",
    "is_published", "is_shown", "keeps", "may_call", "may_decide", "may_go", "may_hand_over",
    "may_mark", "may_see", "may_see_ledger", "website_shows",
}  # fmt: skip
# Of the same name as one of those, but it finds.
FINDS = {"otp_policy.wagtail.digest.is_shown"}
# Named like a question, but it finds nothing that is in the way.
NO_QUESTIONS = {"first_image"}
# Questions that are answered with the thing itself: only the terms of the answer are taken out.
TERMS_ALONE = {"_stretches", "actor_for", "current", "may_decide_withdrawal"}
# Answers of two halves, of which one withholds what the other gives, or holds the reasons against.
HALVES = {
    "adapters._core_slot", "adapters.ask", "adapters.item_for", "paper._record",
    "paper._what_counts", "public_pages._version_number", "public_pages._withdrawal_of",
    "public_pages.serve_tombstone", "publishing._about_confirmer", "publishing._ask_again",
    "publishing.governed_page", "screening.hold_unanswered", "syndication.by_hand._about_delivery",
    "syndication.by_hand._read", "syndication.handling._unless_owed",
    "syndication.handling._unless_unknown", "syndication.keepers._asked",
    "syndication.permission._as_agreed", "syndication.permission._ask_again",
    "versions.hide_version", "withdrawals._asked", "withdrawals._live_publication",
    "withdrawals._safe",
}  # fmt: skip
# What looks for the one that carries a decision, and would take the first.
LOOKS_FOR = {"adapters.held_in"}
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

    @property
    def lets_pass(self) -> bool:
        """Tell whether a yes of this question lets something pass."""
        return self.name in LETS_PASS and f"{self.module.__name__}.{self.name}" not in FINDS

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
        if _refuses(node) or _gives_reason(node) or _puts_back(node):
            yield _statement(place, node)
        if isinstance(node, ast.If):
            yield from _of_condition(place, node, checked, module)
        if isinstance(node, ast.IfExp) and f"{module}.{checked.name}" in HALVES:
            yield from _of_halves(place, node)
        if isinstance(node, ast.Dict) and f"{module}.{checked.name}".startswith("digest._recipe_"):
            yield from _parts(place, node)
        if isinstance(node, ast.Call) and checked.name == "_account":
            yield from _narrowed(place, node)
        if isinstance(node, ast.Return | ast.comprehension):
            yield from _terms_of_answer(place, node, checked)
    # Last: it is watched around the terms of the answer.
    if _is_question(checked.name) and checked.name not in TERMS_ALONE:
        yield _question(checked)


def _is_question(name: str) -> bool:
    named = name.startswith(ASKS) and name not in NO_QUESTIONS
    return named or name in LETS_PASS | TERMS_ALONE


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


def _puts_back(node: ast.AST) -> bool:
    """Tell whether the statement puts back what a command takes away while it runs."""
    is_call = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    return is_call and ast.unparse(node.value.func) == "evidence_triggers.install"


def _of_condition(place: int, node: ast.If, checked: Checked, module: str) -> Iterator[Variant]:
    says = _says_no(node, checked, module)
    if says == "answer":
        yield _whole(place, node, False)
    if says or _lets_pass_early(node, checked):
        yield from _operands(place, node.test, "test", finds=bool(says))
    if f"{module}.{checked.name}" in LOOKS_FOR:
        yield _whole(place, node, True)


def _lets_pass_early(node: ast.If, checked: Checked) -> bool:
    """Tell whether the branch ends the function before what it would find in the way."""
    last = node.body[-1]
    if not isinstance(last, ast.Return):
        return False
    if last.value is None or checked.lets_pass:
        return last.value is None or getattr(last.value, "value", None) is True
    is_none = isinstance(last.value, ast.Constant) and last.value.value is None
    return is_none and _is_question(checked.name)


def _says_no(node: ast.If, checked: Checked, module: str) -> str:
    """Tell how the branch ends: in a refusal, in an answer that says no, or in neither."""
    last = node.body[-1]
    if _refuses(last) or _gives_reason(last):
        return "refusal"
    if not isinstance(last, ast.Return):
        return ""
    if module.startswith("management.") and last.value is None:
        return "answer"
    if any(map(_refuses, node.body)):
        return ""
    value = last.value
    is_reason = isinstance(value, ast.List) and value.elts and "about" in checked.name
    is_no = isinstance(value, ast.Constant) and value.value is False
    is_no = is_no and (checked.lets_pass or module.startswith("syndication."))
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


def _whole(place: int, node: ast.If | ast.IfExp, answer: bool) -> Variant:
    """Return the variant whose condition has always the one *answer*."""

    def take_out(made: ast.FunctionDef, nodes: list[ast.AST]) -> None:
        nodes[place].test = ast.Constant(answer)

    def watch(name: str) -> Edit:
        def edit(made: ast.FunctionDef, nodes: list[ast.AST]) -> None:
            if isinstance(nodes[place], ast.If) and not answer:
                nodes[place].body.insert(0, _noting(name))
            else:
                nodes[place].test = _seeing(name, nodes[place].test, when=not answer)

        return edit

    always = "always" if answer else "never"
    return Variant(f"{always} `if {ast.unparse(node.test)[:50]}`", take_out, watch)


def _of_halves(place: int, node: ast.IfExp) -> Iterator[Variant]:
    """Yield the variants that give, or find nothing, where the answer has a half for either."""
    finds = ast.unparse(node.orelse) == "[]" or ast.unparse(node.body) in ("''", "None")
    found = list(_operands(place, node.test, "test", finds=finds))
    yield from found or [_whole(place, node, not finds)]


def _parts(place: int, node: ast.Dict) -> Iterator[Variant]:
    """Yield the variants that leave out one part of what is digested."""
    for number, key in enumerate(node.keys):

        def take_out(made, nodes, number=number, key=key) -> None:
            nodes[place].values[number] = ast.Constant(None) if key else ast.Dict([], [])

        part = ast.unparse(key or node.values[number])
        yield Variant(f"without the part `{part}`", take_out, _watch_that_it_runs)


def _narrowed(place: int, node: ast.Call) -> Iterator[Variant]:
    """Yield the variant that takes closed accounts, too."""
    if not any(keyword.arg == "is_active" for keyword in node.keywords):
        return

    def take_out(made: ast.FunctionDef, nodes: list[ast.AST]) -> None:
        kept = [one for one in nodes[place].keywords if one.arg != "is_active"]
        nodes[place].keywords = kept

    yield Variant("without `is_active=True`", take_out, _watch_that_it_runs)


def _watch_that_it_runs(name: str) -> Edit:
    return lambda made, nodes: made.body.insert(0, _noting(f"({name})"))


def _terms_of_answer(
    place: int, node: ast.Return | ast.comprehension, checked: Checked
) -> Iterator[Variant]:
    """Yield the terms of an answer, each of which can say no, or find what is in the way."""
    if not _is_question(checked.name):
        return
    finds = not (checked.lets_pass or checked.name in TERMS_ALONE)
    if isinstance(node, ast.comprehension):
        for number, test in enumerate(node.ifs if checked.name in TERMS_ALONE else ()):
            yield from _operands(place, test, f"ifs.{number}", finds=finds)
        return
    value, path = node.value, "value"
    if isinstance(value, ast.IfExp):
        value, path = value.test, "value.test"
    if value is not None:
        yield from _operands(place, value, path, finds=finds)


def _operands(place: int, test: ast.expr, path: str, *, finds: bool) -> Iterator[Variant]:
    """
    Yield the operands each of which decides alone, however deep in the condition at *path*.

    Where the condition *finds* what is in the way, they are those of an `or`; where it lets
    something pass, of an `and`. The inner ones come first: a watched one is not looked into.
    """
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        yield from _operands(place, test.operand, f"{path}.operand", finds=not finds)
    if not isinstance(test, ast.BoolOp):
        return
    for number, term in enumerate(test.values):
        yield from _operands(place, term, f"{path}.values.{number}", finds=finds)
    if isinstance(test.op, ast.Or) is finds:
        yield from _terms(place, test, path, "or" if finds else "and")


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
    answer = checked.lets_pass

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
