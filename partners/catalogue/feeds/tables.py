"""Tables of feeds."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from partners.catalogue.tables import NUMBER, cell


class FetchTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """The fetches of a feed, newest first."""

    queued_at = cell("{% local_time record.queued_at %}", _("When"))
    outcome = cell('{% include "catalogue/feeds/outcome.html" with fetch=record only %}', _("Outcome"))
    size = cell(
        "{% if record.size_bytes %}{{ record.size_bytes|filesizeformat }}{% else %}–{% endif %}",
        _("Size"),
        attrs=NUMBER,
    )
    took = cell(
        "{% if record.milliseconds is None %}–{% else %}{{ record.milliseconds|number }} ms{% endif %}",
        _("Took"),
        attrs=NUMBER,
    )
    changes = cell(
        '{% if record.item_import %}<a href="{% url "portal:item_import" record.item_import_id %}">'
        '{% include "catalogue/feeds/changes.html" with tally=record.item_import.tally only %}</a>{% else %}–{% endif %}',
        _("Changes"),
    )

    class Meta:
        caption = _("Fetches")
