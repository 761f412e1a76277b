"""Where staff see who waits, agree on times, and note what they did."""

from consultations.admin.requests import ConsultationRequestAdmin

__all__ = ["ConsultationRequestAdmin"]
