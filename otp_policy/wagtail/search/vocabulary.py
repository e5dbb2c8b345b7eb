"""The words of an index: into these a query is broken, and by these a misspelt one is mended."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import connection

from otp_policy.thai_text.queries import Known
from otp_policy.thai_text.spelling import Speller
from otp_policy.thai_text.words import parts_of

from .models import Compound, IndexName, PublicText, Word

_NO_WORD = re.compile(r"[0-9]+|year[0-9]{4}")
_MOST_COMPOUNDS = 60


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of one index."""

    name: IndexName

    def look_up(self, stretches: Collection[str], *, parts: Collection[str]) -> Known:
        """Return which *stretches* of letters are words, and what words *parts* are part of."""
        words = self._words().filter(text__in=stretches).values_list("text", flat=True)
        compounds: dict[str, list[str]] = {}
        found = Compound.objects.filter(part__in=parts, word__index=self.name)
        for part, word in found.values_list("part", "word__text")[:_MOST_COMPOUNDS]:
            compounds.setdefault(part, []).append(word)
        return Known(frozenset(words), compounds)

    def learn(self, texts: Iterable[str]) -> None:
        """Add the words of *texts*, as the index holds them."""
        words = words_of(texts)
        new = sorted(words.difference(self._known(words)))
        if not new:
            return
        # In one order, so that two who learn the same words never wait for each other.
        Word.objects.bulk_create(
            [Word(index=self.name, text=word) for word in new], ignore_conflicts=True
        )
        parts = {word: found for word in new if (found := parts_of(word))}
        rows = self._words().filter(text__in=parts, parts=None)
        Compound.objects.bulk_create(
            Compound(word=row, part=part) for row in rows for part in sorted(parts[row.text])
        )

    def _known(self, words: Collection[str]) -> list[str]:
        """Return which of *words* are in the index; asked at every publication, of many words."""
        if not words:
            return []
        table, marks = Word._meta.db_table, ", ".join(["%s"] * len(words))
        with connection.cursor() as cursor:
            cursor.execute(
                f'SELECT text FROM {table} WHERE "index" = %s AND text IN ({marks})',
                [self.name, *words],
            )
            return [text for (text,) in cursor.fetchall()]

    def speller(self) -> Speller:
        """Return what mends a query by the words of this index."""
        return Speller(frozenset(self._words().values_list("text", flat=True)))

    def _words(self):
        return Word.objects.filter(index=self.name)


def words_of(texts: Iterable[str]) -> set[str]:
    """Return the words of *texts* that readers spell; numbers are none."""
    return {word for text in texts for word in text.split() if not _NO_WORD.fullmatch(word)}


def forget_public(texts: Iterable[str]) -> None:
    """Drop the words of *texts*, which are public no longer, that no other public text holds."""
    words = sorted(words_of(texts))
    gone = [word for word in words if not _is_public(word)]
    Word.objects.filter(index=IndexName.PUBLIC, text__in=gone).delete()


def _is_public(word: str) -> bool:
    table = PublicText._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            sql, asked = (
                f"SELECT 1 FROM {table}_fts WHERE {table}_fts MATCH %s LIMIT 1",
                f'"{word}"',
            )
        else:
            sql = f"SELECT 1 FROM {table} WHERE vector @@ to_tsquery('simple', %s) LIMIT 1"
            asked = f"'{word}'"
        cursor.execute(sql, [asked])
        return cursor.fetchone() is not None
