"""The pages that patients read. All of them are public and the same for everyone."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from clinic_site.pages import public_page
from treatments import citations, comparison, decision, structured_data
from treatments.models import (
    Certainty,
    Claim,
    Question,
    RedFlag,
    Scale,
    Source,
    Support,
    Topic,
    Treatment,
)
from treatments.topics import topics_of


def _general_claims(*topics: Topic) -> list[Claim]:
    """What clinics say about the choice as a whole, with its citations."""
    claims = Claim.objects.filter(treatment=None)
    found = list(claims.filter(topic__in=topics) if topics else claims)
    return sorted(found, key=lambda claim: Topic.position(claim.topic))


@public_page
def home(request: HttpRequest) -> HttpResponse:
    offered = list(Treatment.objects.published().offered().prefetch_related("findings", "claims"))
    pair = offered[: comparison.FEWEST]
    open_questions = [
        finding
        for finding in (pair[0].findings.all() if pair else [])
        if finding.certainty == Certainty.NO_EVIDENCE
    ]
    claims = _general_claims(Topic.BACKGROUND)
    citations.attach([*claims, *open_questions])
    return render(
        request,
        "treatments/home.html",
        {
            "treatments": offered,
            "pair": pair,
            "pair_slug": comparison.slug_of(pair) if len(pair) == comparison.FEWEST else "",
            "glance": comparison.glance_of(pair),
            "open_questions": open_questions,
            "claims": claims,
        },
    )


@public_page
def treatment_list(request: HttpRequest) -> HttpResponse:
    treatments = Treatment.objects.published()
    return render(
        request,
        "treatments/treatment_list.html",
        {
            "offered": [treatment for treatment in treatments if treatment.offered],
            "others": [treatment for treatment in treatments if not treatment.offered],
        },
    )


@public_page
def treatment_page(request: HttpRequest, slug: str) -> HttpResponse:
    treatment = get_object_or_404(Treatment.objects.published().with_facts(), slug=slug)
    return render_treatment(request, treatment, "treatments/treatment.html")


def render_treatment(request: HttpRequest, treatment: Treatment, template: str) -> HttpResponse:
    """The page of a treatment, for patients and for staff who look at a draft."""
    citations.attach(treatment.rows())
    others = Treatment.objects.published().exclude(pk=treatment.pk)
    if treatment.status != Treatment.Status.PUBLISHED:
        others = others.none()  # a comparison with a draft is not there yet
    return render(
        request,
        template,
        {
            "treatment": treatment,
            "structured_data": structured_data.treatment_page(treatment),
            "topics": topics_of(treatment),
            "warnings": [row for row in treatment.findings.all() if row.topic == Topic.PRECAUTIONS],
            "comparisons": [
                (other, comparison.slug_of([treatment, other]))
                for other in others.only("slug", "order", "short_name_en", "short_name_ur")[:6]
            ],
        },
    )


@public_page
def compare_choose(request: HttpRequest) -> HttpResponseBase:
    """Tick two to four treatments; sent back here as a GET, answered by the comparison."""
    published = list(Treatment.objects.published())
    wished = request.GET.getlist("treatment")
    chosen = [treatment for treatment in published if treatment.slug in wished]
    problem = ""
    if "treatment" in request.GET or "choose" in request.GET:
        if comparison.FEWEST <= len(chosen) <= comparison.MOST:
            return redirect("comparison", comparison.slug_of(chosen))
        problem = _("Tick two, three or four treatments. You ticked %(count)s.") % {
            "count": len(chosen)
        }
    return render(
        request,
        "treatments/compare_choose.html",
        {"treatments": published, "chosen": chosen, "problem": problem},
        status=422 if problem else 200,
    )


@public_page
def compare(request: HttpRequest, slug: str) -> HttpResponseBase:
    slugs = comparison.slugs_in(slug)
    if not comparison.FEWEST <= len(slugs) <= comparison.MOST:
        return _no_such_comparison(request)
    treatments = list(Treatment.objects.published().filter(slug__in=slugs).with_facts())
    if len(treatments) != len(slugs):
        return _no_such_comparison(request)
    canonical = comparison.slug_of(treatments)
    if slug != canonical:
        return redirect("comparison", canonical, permanent=True)
    only_differences = request.GET.get("only") == "differences"
    none_offered = not any(treatment.offered for treatment in treatments)
    claims = [] if none_offered else _general_claims()
    groups = comparison.groups_of(treatments)
    citations.attach([*claims, *(row for treatment in treatments for row in treatment.rows())])
    return render(
        request,
        "treatments/comparison.html",
        {
            "treatments": treatments,
            "structured_data": structured_data.comparison_page(treatments, request.path),
            "slug": canonical,
            "groups": comparison.only_differing(groups) if only_differences else groups,
            "some_agree": any(not row.differs for group in groups for row in group.rows),
            "only_differences": only_differences,
            "none_offered": none_offered,
            "claims": claims,
        },
    )


def _no_such_comparison(request: HttpRequest) -> HttpResponse:
    """404, with the chooser's own list so that the right comparison is one step away."""
    return render(
        request,
        "treatments/compare_choose.html",
        {
            "treatments": Treatment.objects.published(),
            "chosen": [],
            "problem": _(
                "There is no comparison at this address. Choose the treatments here instead."
            ),
        },
        status=404,
    )


@public_page
def decide(request: HttpRequest) -> HttpResponse:
    """What matters to me: the questions, or what the facts say to the answers in the address."""
    answers = decision.read_answers(request.GET.dict())
    red_flags = list(RedFlag.objects.all())
    context = {"questions": decision.QUESTIONS, "answers": answers, "red_flags": red_flags}
    if answers.misread or "result" not in request.GET:
        status = 422 if answers.misread else 200
        return render(request, "treatments/decide.html", context, status=status)
    treatments = list(
        Treatment.objects.published().prefetch_related(
            "findings__event_rates", "claims", "side_effects", "suitabilities"
        )
    )
    open_questions = [
        finding
        for treatment in treatments
        if treatment.offered
        for finding in treatment.findings.all()
        if finding.certainty == Certainty.NO_EVIDENCE and finding.topic == Topic.HEAD_TO_HEAD
    ]
    citations.attach([*open_questions, *red_flags])
    context |= {
        "options": decision.weigh(treatments, answers),
        "open_questions": open_questions,
        "to_ask": decision.questions_to_ask(answers),
        "compare": comparison.slug_of(treatments[: comparison.MOST]),
    }
    return render(request, "treatments/decision.html", context)


@public_page
def questions(request: HttpRequest) -> HttpResponse:
    all_questions = list(
        Question.objects.filter(treatment=None)
        | Question.objects.filter(treatment__status=Treatment.Status.PUBLISHED)
    )
    red_flags = list(RedFlag.objects.all())
    scales = list(Scale.objects.prefetch_related("stages"))
    citations.attach([*all_questions, *red_flags, *scales])
    return render(
        request,
        "treatments/questions.html",
        {
            "structured_data": structured_data.faq_page(all_questions),
            "general": [question for question in all_questions if not question.treatment_id],
            "treatments": [
                (treatment, [row for row in all_questions if row.treatment_id == treatment.pk])
                for treatment in Treatment.objects.published()
            ],
            "red_flags": red_flags,
            "scales": scales,
        },
    )


@public_page
def sources(request: HttpRequest) -> HttpResponse:
    places = citations.places_by_source()
    return render(
        request,
        "treatments/sources.html",
        {"sources": [(source, places.get(source.pk, [])) for source in Source.objects.all()]},
    )


@public_page
def about(request: HttpRequest) -> HttpResponse:
    """How this information is made, what its words mean, and who earns from it."""
    claims = _general_claims()
    citations.attach(claims)
    return render(
        request,
        "treatments/about.html",
        {
            "claims": claims,
            "certainties": Certainty,
            "supports": Support,
            "treatments": Treatment.objects.published(),
        },
    )
