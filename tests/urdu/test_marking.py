"""Every text of the code is marked so that it reaches the catalogue, and the reader's language."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

AT_ONCE = {"gettext", "ngettext", "pgettext", "npgettext"}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@pytest.fixture(scope="module")
def modules() -> dict[Path, ast.Module]:
    folders = ("clinic_site", "consultations", "treatments")
    paths = (path for folder in folders for path in (settings.BASE_DIR / folder).rglob("*.py"))
    return {path: ast.parse(path.read_text()) for path in paths}


def _imported(tree: ast.Module) -> list[ast.alias]:
    return [
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for name in node.names
        if "gettext" in name.name
    ]


def _run_at_import(node: ast.AST) -> Iterator[ast.AST]:
    """What a module does when it is loaded: not the bodies of its functions."""
    yield node
    is_function = isinstance(node, FUNCTIONS)
    inner = getattr(node, "decorator_list", []) if is_function else ast.iter_child_nodes(node)
    for child in inner:
        yield from _run_at_import(child)


def test_makemessages_knows_every_name_that_marks_a_text(modules):
    """Under any other name its texts would never reach the catalogue."""
    for path, tree in modules.items():
        assert {name.asname for name in _imported(tree)} <= {None, "_"}, path


def test_no_text_is_translated_before_somebody_reads_it(modules):
    """It would stay in the language of the start; `gettext_lazy` waits for the reader."""
    for path, tree in modules.items():
        names = {name.asname or name.name for name in _imported(tree) if name.name in AT_ONCE}
        calls = [node for node in _run_at_import(tree) if isinstance(node, ast.Call)]
        too_early = [
            ast.unparse(call)
            for call in calls
            if isinstance(call.func, ast.Name) and call.func.id in names
        ]
        assert too_early == [], path
