"""
What else keeps a text from being submitted or approved: what a channel would not take.

The plugin knows no channel's limits. Whoever does answers the signal with sentences.
"""

from typing import Any

from .messages import under_step
from .signals import text_judged

__all__ = ["objections"]


def objections(page: Any, action: str) -> list[str]:
    """
    Return what stands against the text of *page* as it stands in memory, under its step.

    Args:
        action: `prepare` for a submission, or the step that decides: `endorse`, `approve`.
    """
    answers = text_judged.send(sender=type(page), page=page, action=action)
    return [
        str(under_step(sentence, action))
        for _receiver, sentences in answers
        for sentence in sentences or ()
    ]
