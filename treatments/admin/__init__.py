"""Where editors keep the facts right."""

from treatments import desk
from treatments.admin import entries, treatments

__all__ = ["desk", "entries", "treatments"]
