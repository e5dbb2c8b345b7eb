"""
What else keeps a text from being submitted or approved: what a channel would not take.

The plugin knows no channel's limits. Whoever does answers the signal with sentences.
"""

from collections.abc import Mapping
from typing import Any

from .adapters import as_drafted
from .messages import under_step
from .signals import opinions_wanted, text_judged

__all__ = ["Opinions", "objections", "opinions_on"]

# What was answered, by a key that names the very text that was shown.
Opinions = Mapping[str, Any]


def opinions_on(page: Any, action: str) -> Opinions:
    """
    Return what those outside say of the latest text of *page*, who are asked now.

    Called before a decision opens its transaction, which must hold no row while it waits for a
    service. The answers name the text: they count for no other that is found under the lock.
    """
    draft = as_drafted(page.specific)
    answers = opinions_wanted.send(sender=type(draft), page=draft, action=action)
    return {key: said for _receiver, found in answers for key, said in (found or {}).items()}


def objections(page: Any, action: str, *, opinions: Opinions | None = None) -> list[str]:
    """
    Return what stands against the text of *page* as it stands in memory, under its step.

    Args:
        action: `prepare` for a submission, or the step that decides: `endorse`, `approve`.
        opinions: What was answered before the decision; None where nobody is asked.
    """
    answers = text_judged.send(sender=type(page), page=page, action=action, opinions=opinions)
    return [
        str(under_step(sentence, action))
        for _receiver, sentences in answers
        for sentence in sentences or ()
    ]
