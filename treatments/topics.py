"""What clinics say and what the evidence finds, topic by topic, told apart."""

from dataclasses import dataclass

from treatments.models import Claim, Finding, Topic, Treatment


@dataclass(frozen=True)
class TopicView:
    """One topic of a treatment's page."""

    topic: Topic
    claims: tuple[Claim, ...]
    findings: tuple[Finding, ...]


def topics_of(treatment: Treatment) -> list[TopicView]:
    """The topics on which there is a claim or a finding, in the order of `Topic`."""
    views = []
    for topic in Topic:
        claims = tuple(claim for claim in treatment.claims.all() if claim.topic == topic)
        findings = tuple(finding for finding in treatment.findings.all() if finding.topic == topic)
        if claims or findings:
            views.append(TopicView(topic, claims, findings))
    return views
