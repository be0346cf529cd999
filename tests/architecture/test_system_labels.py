"""Whatever the product calls itself is known to the catalogues: pages show it in the reader's language."""

import ast

from django.utils import translation

from alliance.kernel.system_labels import SYSTEM_LABELS, shown_label
from tests.architecture.sources import called_name, calls, python_sources


def test_every_label_of_the_system_is_known():
    unknown = {
        (source.path, keyword.value.value)
        for source in python_sources()
        if not source.path.startswith(("alliance/demo/", "alliance/simulation/", "alliance/real_run/"))
        for call in calls(source)
        if called_name(call) == "system_actor"
        for keyword in call.keywords
        if keyword.arg == "label" and isinstance(keyword.value, ast.Constant)
        if keyword.value.value not in SYSTEM_LABELS
    }
    assert unknown == set()


def test_labels_are_shown_in_the_readers_language_and_names_as_they_are():
    with translation.override("zh-hans"):
        assert shown_label("the close") == "结账"
        assert all(shown_label(label) != label for label in SYSTEM_LABELS)
        assert shown_label("close Friend") == "close Friend"
