"""Models of the home app; import them from here."""

from .about import ContactPage, ContactWay, Mission, VisionPage
from .declaration import IntegrityDeclarationPage
from .executives import Executive, ExecutivesPage
from .items import BasicInformationPage, ItemPage, OtherPage
from .plans import Figure, PlansPage
from .sections import CategoryPage, HomePage
from .structure import StructurePage, StructureUnit

__all__ = [
    "BasicInformationPage",
    "CategoryPage",
    "ContactPage",
    "ContactWay",
    "Executive",
    "ExecutivesPage",
    "Figure",
    "HomePage",
    "IntegrityDeclarationPage",
    "ItemPage",
    "Mission",
    "OtherPage",
    "PlansPage",
    "StructurePage",
    "StructureUnit",
    "VisionPage",
]
