"""Every fact that clinics state is on the site, in our own words, with what evidence says to it."""

import tomllib
from pathlib import Path

import pytest
from django.test import Client

from tests.pages import words_of

FACTS = tomllib.loads((Path(__file__).parent / "claims.toml").read_text(encoding="utf-8"))


def test_all_thirty_five_facts_are_listed():
    assert list(FACTS) == [f"fact-{number}" for number in range(1, 36)]


@pytest.mark.parametrize("name", FACTS)
def test_a_fact_stands_on_its_page_with_its_caveat(name, client: Client, content):
    fact = FACTS[name]
    words = words_of(client.get(fact["page"]))
    for phrase in [*fact["says"], fact["caveat"]]:
        assert phrase in words, f"{fact['page']} does not say “{phrase}”"
