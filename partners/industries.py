"""The industries that alliances are made of: one fixed list in both languages."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Industry(TextChoices):
    """What a company lives from. The code is kept and stands in the API; the label is for people."""

    AUTOMOTIVE = "automotive", _("Cars and car modification")
    AUTO_FINANCE = "auto_finance", _("Car finance")
    BANKING = "banking", _("Banking")
    BEAUTY = "beauty", _("Beauty and personal care")
    CONSULTING = "consulting", _("Consulting and professional services")
    E_COMMERCE = "e_commerce", _("E-commerce")
    ELECTRONICS = "electronics", _("Electronics and devices")
    FITNESS = "fitness", _("Fitness and sports")
    FOOD = "food", _("Food and restaurants")
    HEALTH = "health", _("Health and medicine")
    HOME_FURNISHING = "home_furnishing", _("Home furnishing and decoration")
    INSURANCE = "insurance", _("Insurance")
    KNOWLEDGE = "knowledge", _("Online courses and knowledge services")
    LOGISTICS = "logistics", _("Logistics")
    MEDIA = "media", _("Media and entertainment")
    NON_PROFIT = "non_profit", _("Non-profit organizations")
    PARENTING = "parenting", _("Parenting and children")
    PETS = "pets", _("Pets")
    PROPERTY = "property", _("Property and property management")
    PUBLISHING = "publishing", _("Publishing and books")
    RETAIL = "retail", _("Retail")
    SCHOOLS = "schools", _("Schools and training")
    SOFTWARE = "software", _("Software and internet")
    TELECOMMUNICATION = "telecommunication", _("Telecommunication")
    TRAVEL = "travel", _("Travel and hotels")
    OTHER = "other", _("Another industry")


def industry_name(code: str) -> str:
    """The label of a code in the active language; a text that is no code stands as it is."""
    return str(Industry(code).label) if code in set(Industry) else code
