"""
The plugin's models; import them from here.

Direction of imports: `adoption`, `choices`, `office`, `slots`, `evidence`, `files`, `paper`,
`screening` know no other module of the plugin but `conf`. What asks the policy (`adapters`,
`decisions`, `permission_testers`) stands on those and imports them one by one. `items` and `tasks`
stand on that again, so they come last.
"""

from .adoption import Adoption
from .content import AttachedFilesMixin, BilingualContentMixin
from .evidence import AppendOnlyError, Approval, Contribution, LedgerEntry, LedgerHead, Publication
from .files import FileUse, OriginalName
from .holidays import Holiday
from .items import DisclosurePageMixin, GovernedPageForm, governed_models, is_governed
from .lifecycle import (
    Correction,
    HiddenVersion,
    UrgentMark,
    Withdrawal,
    WithdrawalDecision,
)
from .notices import Notice, NoticeKind, ToldUntil, UnwantedMail, WaitStage
from .office import CategoryWorkflow, DelegationOrder, Post, RoleGroup, Unit
from .paper import PaperDecision
from .screening import PersonalDataAnswer
from .slots import Slot
from .tasks import PolicyTask

__all__ = [
    "Adoption",
    "AppendOnlyError",
    "Approval",
    "AttachedFilesMixin",
    "BilingualContentMixin",
    "CategoryWorkflow",
    "Contribution",
    "Correction",
    "DelegationOrder",
    "DisclosurePageMixin",
    "FileUse",
    "GovernedPageForm",
    "HiddenVersion",
    "Holiday",
    "LedgerEntry",
    "LedgerHead",
    "Notice",
    "NoticeKind",
    "OriginalName",
    "PaperDecision",
    "PersonalDataAnswer",
    "PolicyTask",
    "Post",
    "Publication",
    "RoleGroup",
    "Slot",
    "ToldUntil",
    "Unit",
    "UnwantedMail",
    "UrgentMark",
    "WaitStage",
    "Withdrawal",
    "WithdrawalDecision",
    "governed_models",
    "is_governed",
]
