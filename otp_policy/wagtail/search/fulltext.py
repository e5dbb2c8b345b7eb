"""The full-text index of a table, as SQLite (FTS5) and PostgreSQL make it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from otp_policy.thai_text.queries import Part, Phrase, Query

# Thai marks belong to their words; SQLite's default ends a word at each.
_TOKENIZER = "unicode61 remove_diacritics 0 categories 'L* N* Co M*'"
TITLE_WEIGHT, BODY_WEIGHT = 10.0, 1.0


@dataclass(frozen=True, slots=True)
class FullText:
    """
    The index of one table.

    Attributes:
        table: Its rows hold words in `title` and `body`.
        with_autocomplete: Whether they hold others in `autocomplete`.
    """

    table: str
    with_autocomplete: bool = False

    @property
    def fts(self) -> str:
        """Return the name of SQLite's virtual table."""
        return f"{self.table}_fts"

    @property
    def columns(self) -> tuple[str, ...]:
        return ("title", "body", *(("autocomplete",) if self.with_autocomplete else ()))

    def create(self, vendor: str) -> list[str]:
        """Return the statements that make the index; none on a database that has no such thing."""
        if vendor == "sqlite":
            return self._create_on_sqlite()
        return self._create_on_postgresql() if vendor == "postgresql" else []

    def drop(self, vendor: str) -> list[str]:
        """Return the statements that take it away again."""
        if vendor == "sqlite":
            names = [f"{self.fts}_{moment}" for moment in ("insert", "delete", "update")]
            triggers = [f"DROP TRIGGER IF EXISTS {name}" for name in names]
            return [*triggers, f"DROP TABLE IF EXISTS {self.fts}"]
        if vendor == "postgresql":
            return [
                f"ALTER TABLE {self.table} DROP COLUMN IF EXISTS {vector}"
                for vector in self._vectors()
            ]
        return []

    def _create_on_sqlite(self) -> list[str]:
        names = ", ".join(self.columns)
        new = ", ".join(f"new.{name}" for name in self.columns)
        old = ", ".join(f"old.{name}" for name in self.columns)
        insert = f"INSERT INTO {self.fts}(rowid, {names}) VALUES (new.id, {new});"
        delete = (
            f"INSERT INTO {self.fts}({self.fts}, rowid, {names}) VALUES ('delete', old.id, {old});"
        )
        return [
            f"CREATE VIRTUAL TABLE {self.fts} USING fts5({names}, content='{self.table}', "
            f"content_rowid='id', tokenize=\"{_TOKENIZER}\")",
            *(
                f"CREATE TRIGGER {self.fts}_{moment} AFTER {moment.upper()} ON {self.table} "
                f"BEGIN {does} END"
                for moment, does in (
                    ("insert", insert),
                    ("delete", delete),
                    ("update", f"{delete} {insert}"),
                )
            ),
        ]

    def _vectors(self) -> dict[str, str]:
        simple = "to_tsvector('simple'::regconfig, {})".format
        text = f"setweight({simple('title')}, 'A') || setweight({simple('body')}, 'D')"
        more = {"autocomplete_vector": simple("autocomplete")} if self.with_autocomplete else {}
        return {"vector": text, **more}

    def _create_on_postgresql(self) -> list[str]:
        statements = []
        for name, expression in self._vectors().items():
            statements += [
                f"ALTER TABLE {self.table} ADD COLUMN {name} tsvector "
                f"GENERATED ALWAYS AS ({expression}) STORED",
                f"CREATE INDEX {self.table}_{name} ON {self.table} USING gin ({name})",
            ]
        return statements


def match_of(query: Query, *, vendor: str, only_title: bool = False) -> str:
    """Return *query* in the language of the database: every part, each by one of its phrases."""
    weight = "A" if only_title else ""
    return _joined((part_of(part, vendor, weight) for part in query.parts), vendor, "and")


def part_of(part: Part, vendor: str, weight: str = "", *, is_prefix: bool = False) -> str:
    """Return one part: any of its phrases."""
    phrases = [_phrase(phrase, vendor, weight, is_prefix=is_prefix) for phrase in part.phrases]
    return _joined(phrases, vendor, "or")


def _joined(expressions: Iterable[str], vendor: str, how: str) -> str:
    sign = {"and": " AND ", "or": " OR "} if vendor == "sqlite" else {"and": " & ", "or": " | "}
    found = list(expressions)
    return found[0] if len(found) == 1 else f"({sign[how].join(found)})"


def _phrase(words: Phrase, vendor: str, weight: str, *, is_prefix: bool) -> str:
    # Words hold letters, digits and marks alone; a quotation mark is never among them.
    if vendor == "sqlite":
        return f'"{" ".join(words)}"{" *" if is_prefix else ""}'
    marks = [weight] * len(words)
    if is_prefix:
        marks[-1] = f"*{weight}"
    lexemes = [
        f"'{word}'{':' if mark else ''}{mark}" for word, mark in zip(words, marks, strict=True)
    ]
    return lexemes[0] if len(lexemes) == 1 else f"({' <-> '.join(lexemes)})"


joined = _joined


def contains_sql(table: str, vendor: str, runs: Sequence[str]) -> tuple[str, list[str]]:
    """
    Return a condition on *table*: it holds the letters of one of *runs*, however they are broken.

    No index answers it; it is asked when no phrase was found.
    """
    place = "instr" if vendor == "sqlite" else "strpos"
    text = f"replace({table}.title || '\n' || {table}.body, ' ', '')"
    return "(" + " OR ".join(f"{place}({text}, %s) > 0" for _run in runs) + ")", list(runs)
