"""What can go wrong in the core. A refusal by the policy is no error: it is a `Finding`."""

from __future__ import annotations

__all__ = ["PolicyDataError", "PolicyError", "PolicyNotFoundError", "QuestionError"]


class PolicyError(Exception):
    """The root of every error that the core raises on purpose."""


class PolicyNotFoundError(PolicyError):
    """There is no shipped policy of that name and no file at that path."""


class PolicyDataError(PolicyError):
    """
    One defect of a policy file.

    Args:
        problem: What is wrong, lower case, the offending value in backticks.
        where: The place in the file: table, index (counted from 0) and key, as `duty[1].category`.
        code: A short name of the kind of defect, the same in every release.
        at: Line and column in the file, both counted from 1, if they are known.
        instead: What to write instead.
    """

    def __init__(
        self,
        problem: str,
        *,
        where: str,
        code: str = "defect",
        at: tuple[int, int] | None = None,
        instead: str = "",
    ) -> None:
        super().__init__(f"{where}: {problem}")
        self.problem = problem
        self.where = where
        self.code = code
        self.at = at
        self.instead = instead

    @property
    def line(self) -> int | None:
        """Return the line, counted from 1, if it is known."""
        return self.at[0] if self.at else None

    @property
    def column(self) -> int | None:
        """Return the column in characters, counted from 1, if it is known."""
        return self.at[1] if self.at else None


class QuestionError(PolicyError, ValueError):
    """
    Something that was asked is not a question the policy can answer.

    Args:
        code: What is wrong, as `unknown_role` or `impossible_date`.
        where: The path inside the question, as `actor.posts[0].role`; empty for the whole of it.
    """

    def __init__(self, code: str, *, where: str) -> None:
        super().__init__(f"{where or 'question'}: {code}")
        self.code = code
        self.where = where
