"""Where a defect stands: line and column of every spelling that TOML allows."""

import random
import tomllib
from importlib.resources import files

import pytest

import otp_policy
from otp_policy.loader import parse_policy, shipped_policies
from otp_policy.positions import Positions

POLICIES = files(otp_policy).joinpath("data/policies")
TPSO = POLICIES.joinpath("tpso.toml").read_text(encoding="utf-8")


def marked(text):
    """Return the text without its mark ‸, and the line and column where the mark stood."""
    before, _, after = text.partition("‸")
    return before + after, (before.count("\n") + 1, len(before) - before.rfind("\n"))


SPELLINGS = {
    "a key": ("‸a = 1", ("a",)),
    "a key behind tabs and blanks": ("\n \t ‸a = 1", ("a",)),
    "a key behind Thai text": ('t = { th = "กี่ป้าผู้", ‸en = "x" }', ("t", "en")),
    "a key in quotes": ('‸"a b" = 1', ("a b",)),
    "a key in single quotes": ("‸'a\"b' = 1", ('a"b',)),
    "a key with an escape": ('‸"a\\u0e01" = 1', ("aก",)),
    "a dotted key": ("a . ‸b = 1", ("a", "b")),
    "the first part of a dotted key": ("‸a.b = 1", ("a",)),
    "a key after a list": ("x = [1,\n2, # ]\n]\n‸a = 1", ("a",)),
    "a key after a long text": ('x = """\n[[t]]\na = 1 \\""" \n"""""\n‸a = 1', ("a",)),
    "a key after a long literal": ("x = '''\na = \"\"\"\n'''''\n‸a = 1", ("a",)),
    "a key after a text with a sharp": ('x = "# [a]"\n‸a = 1', ("a",)),
    "a key after a moment": ("x = 2019-05-25 07:32:00Z\n‸a = 1", ("a",)),
    "a table": ("a = 1\n‸[t]\nb = 2", ("t",)),
    "a table in a table": ("[t]\na = 1\n‸[t.u]\nb = 2", ("t", "u")),
    "a key of a table in a table": ("[t]\n[t . 'u' ] # x\n ‸b = 2", ("t", "u", "b")),
    "the second of a list of tables": ("[[t]]\na = 1\n‸[[t]]\na = 2", ("t", 1)),
    "a key of the second": ("[[t]]\na = 1\n[[ t ]]\n‸a = 2", ("t", 1, "a")),
    "a sub-table of the second": ("[[t]]\n[[t]]\n‸[t.label]\nth = 1", ("t", 1, "label")),
    "a key of that sub-table": ("[[t]]\n[[t]]\n[t.label]\n‸th = 1", ("t", 1, "label", "th")),
    "a list of tables within one": ("[[t]]\n[[t.u]]\n[[t.u]]\n‸a = 1", ("t", 0, "u", 1, "a")),
    "an item over several lines": ('a = [\n  "x", # "y"\n\t‸"y",\n]', ("a", 1)),
    "an item of an item": ("a = [[1], [2, ‸3]]", ("a", 1, 1)),
    "a table in a list": ("a = [{ b = 1 }, { c = 2, ‸d = [] }]", ("a", 1, "d")),
    "what is not there": ("[[t]]\na = 1\n‸[[t]]\nb = 1", ("t", 1, "a")),
    "the item of a list that is not there": ("‸a = []", ("a", 3)),
}


@pytest.mark.parametrize(("text", "path"), SPELLINGS.values(), ids=SPELLINGS)
def test_every_spelling_has_its_line_and_column(text, path):
    text, expected = marked(text)
    tomllib.loads(text)
    assert Positions(text).at(path) == expected
    # The other ending of lines moves nothing.
    assert Positions(text.replace("\n", "\r\n")).at(path) == expected


def test_what_is_in_no_table_has_no_position():
    assert Positions("a = 1").at(("b",)) is None
    assert Positions("").at(()) is None


def paths_of(value, path=()):
    if path:
        yield path
    if isinstance(value, dict):
        for key, within in value.items():
            yield from paths_of(within, (*path, key))
    if isinstance(value, list):
        for index, within in enumerate(value):
            yield from paths_of(within, (*path, index))


KEYS = ["a", "b-1", "_", '"ก ข"', "'x.y'", '"q\\"z"', '""', "1979"]
SCALARS = ["1", "-0", "0xfF", "+1_000", "inf", "-nan", "1e-3", "true",
           "1979-05-27", "07:32:00.5", "1979-05-27T07:32:00+07:00", "1979-05-27 07:32:00",
           '"# x"', '"\\"]"', "'\\'", '""', "''", '"""\n""x"""', '"""a"""""', "''''''",
           '"""\\\n  z\\""""', "'''\n]\n'''''", '"ภาษา\\tไทย"']  # fmt: skip


class Writer:
    """Writes valid TOML in every spelling, by chance."""

    def __init__(self, seed):
        self.chance = random.Random(seed)

    def text(self):
        used, parts = set(), []
        parts += self.pairs()
        for _ in range(self.chance.randint(0, 6)):
            name = self.chance.choice("stu")
            listed = name == "u"
            if not listed and name in used:
                continue
            used.add(name)
            gap = self.gap()
            parts.append(f"{gap}[[{gap}{name}{gap}]]" if listed else f"{gap}[{gap}{name}{gap}]")
            parts += self.pairs()
            if self.chance.random() < 0.4:
                parts += [f"[{name}.{gap}sub]", *self.pairs()]
        return self.chance.choice(["\n", "\r\n", "\n\n# กก [x]\n"]).join(parts) + "\n"

    def gap(self):
        return self.chance.choice(["", " ", "\t", "  "])

    def pairs(self):
        keys = self.chance.sample(KEYS, self.chance.randint(0, 4))
        return [self.pair(key, 0) + self.chance.choice(["", " # = 1"]) for key in keys]

    def pair(self, key, depth):
        dotted = f"{self.gap()}.{self.gap()}k" if self.chance.random() < 0.2 else ""
        return f"{self.gap()}{key}{dotted}{self.gap()}={self.gap()}{self.value(depth)}"

    def value(self, depth):
        kind = self.chance.random()
        if depth > 3 or kind < 0.6:
            return self.chance.choice(SCALARS)
        if kind < 0.8:
            between = self.chance.choice([",", " , ", ",\n", ", # ]\n"])
            items = [self.value(depth + 1) for _ in range(self.chance.randint(0, 3))]
            return "[" + between.join(items) + self.chance.choice(["", "\n"]) + "]"
        keys = self.chance.sample(KEYS, self.chance.randint(0, 3))
        return "{" + ",".join(self.pair(key, depth + 1) for key in keys) + "}"


def test_everything_that_the_parser_reads_has_a_position_and_nothing_else():
    for seed in range(1500):
        text = Writer(seed).text()
        read = tomllib.loads(text)
        assert Positions(text).paths() == set(paths_of(read)), f"seed {seed}:\n{text}"


def test_every_value_of_the_shipped_policies_has_a_position():
    for name in shipped_policies():
        text = POLICIES.joinpath(f"{name}.toml").read_text(encoding="utf-8")
        assert Positions(text).paths() == set(paths_of(tomllib.loads(text)))


def test_lists_as_deep_as_the_parser_goes():
    text = "a = " + "[" * 200 + "]" * 200
    tomllib.loads(text)
    assert Positions(text).at(("a", *(0,) * 199)) == (1, 204)


def placed(text):
    with pytest.raises(ExceptionGroup) as caught:
        parse_policy(text, source="test.toml")
    return {(one.code, one.where): one.at for one in caught.value.exceptions}


DEFECTS = {
    "a word of a list over several lines": (
        'categories = ["news"]\nroles = ["d',
        'categories = [\n    "news", # "nws"\n    ‸"nws",\n]\nroles = ["d',
        ("undeclared_category", "rule[5].categories[1]"),
    ),
    "an unknown word of a list": (
        'actions = ["correct", "withdraw"]',
        'actions = ["correct",\t‸"withdrw"]',
        ("unknown_value", "step[4].actions[1]"),
    ),
    "a clause of a list": (
        '"annex 2.1", "annex 2.2"]',
        '"annex 2.1", ‸"annex 2.9"]',
        ("undeclared_clause", "provision[3].carried_out_by[1]"),
    ),
    "a listed clause that nothing carries": (
        '    "annex 2.2",\n',
        '    "annex 2.2",\n    ‸"annex 2.3",\n',
        ("clause_not_carried", "policy.clauses[25]"),
    ),
    "a key after Thai text on its line": (
        'owner = "yp"',
        '‸"owner" = "ยป."',
        ("undeclared_unit", "channel[1].owner"),
    ),
    "an unknown key": (
        'publisher_role = "social_publisher"',
        'publisher_role = "social_publisher"\n  ‸"x.y" = 1',
        ("unknown_key", "channel[1].x.y"),
    ),
    "a table that nobody knows": ("[[law]]", "‸[[laws]]", ("unknown_table", "laws")),
    "a missing key, at the head of its entry": (
        '[[law]]\ncode = "official_information_act"\n',
        "‸[[law]]\n",
        ("missing_key", "law[0].code"),
    ),
}


@pytest.mark.parametrize(("old", "new", "defect"), DEFECTS.values(), ids=DEFECTS)
@pytest.mark.parametrize("ending", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_a_defect_points_at_the_very_word(old, new, defect, ending):
    assert old in TPSO
    text, expected = marked(TPSO.replace(old, new, 1))
    data = b"\xef\xbb\xbf" + text.replace("\n", ending).encode()
    assert placed(data)[defect] == expected


def test_a_sub_table_is_as_good_as_an_inline_one():
    label = TPSO[TPSO.index("label = {") :].split("\n")[0]
    header = TPSO.replace(label, "", 1).replace(
        "[commencement]", '[policy.label]\nth = "ก"\nen = 3\n\n[commencement]', 1
    )
    text, expected = marked(header.replace("[policy.label]", "‸[policy.label]"))
    assert placed(text) == {("wrong_type", "policy.label"): expected}


def test_what_is_missing_altogether_is_placed_with_its_like():
    start = TPSO.index('[[requirement]]\ncode = "approval_missing"')
    end = TPSO.index("[[requirement]]", start + 1)
    text = TPSO[:start] + TPSO[end:]
    first = text[: text.index("[[requirement]]")].count("\n") + 1
    assert placed(text) == {("safeguard_missing", "requirement"): (first, 1)}


@pytest.mark.parametrize("text", ["x = [", 'x = """', "a = " + "[" * 100_000, "a = " + "9" * 9999])
def test_what_is_no_toml_has_a_place_too(text):
    [(code, at)] = [(code, at) for (code, _), at in placed(text).items()]
    assert code == "not_toml"
    assert at is not None
