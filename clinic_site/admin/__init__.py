"""The clinic's own part of the staff's desk; the admin finds it here."""

from clinic_site.admin import accounts, clinic, records, security

__all__ = ["accounts", "clinic", "records", "security"]
