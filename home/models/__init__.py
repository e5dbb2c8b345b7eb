"""Models of the home app; import them from here."""

from .items import BasicInformationPage, IntegrityDeclarationPage, OtherPage, PlansPage
from .sections import CategoryPage, HomePage

__all__ = [
    "BasicInformationPage",
    "CategoryPage",
    "HomePage",
    "IntegrityDeclarationPage",
    "OtherPage",
    "PlansPage",
]
