"""
The plugin's models; import them from here.

Direction of imports: `choices`, `office`, `slots`, `evidence` know no other module of the plugin
but `conf`. What asks the policy (`adapters`, `decisions`, `permission_testers`) stands on those
and imports them one by one. `items` and `tasks` stand on that again, so they come last.
"""

from .content import BilingualContentMixin
from .evidence import AppendOnlyError, Approval, Contribution, LedgerEntry, LedgerHead, Publication
from .items import DisclosurePageMixin, GovernedPageForm, governed_models, is_governed
from .office import CategoryWorkflow, DelegationOrder, Post, RoleGroup, Unit
from .slots import Slot
from .tasks import PolicyTask

__all__ = [
    "AppendOnlyError",
    "Approval",
    "BilingualContentMixin",
    "CategoryWorkflow",
    "Contribution",
    "DelegationOrder",
    "DisclosurePageMixin",
    "GovernedPageForm",
    "LedgerEntry",
    "LedgerHead",
    "PolicyTask",
    "Post",
    "Publication",
    "RoleGroup",
    "Slot",
    "Unit",
    "governed_models",
    "is_governed",
]
