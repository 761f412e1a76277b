"""The privacy notice: which version is in force, and what it promises about time."""

from datetime import date

# The day from which the text in `templates/consultations/privacy.html` applies. Change it with
# every change of what that page promises: who agreed to another version is asked again.
PRIVACY_VERSION = "2026-11-22"
PRIVACY_DATE = date.fromisoformat(PRIVACY_VERSION)

# How long after the last contact a request is kept.
RETENTION_MONTHS = 24
