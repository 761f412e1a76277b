"""Where editors keep the facts right."""

from treatments.admin import entries, treatments

__all__ = ["entries", "treatments"]
