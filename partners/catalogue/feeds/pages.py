"""Feeds in the portal: the list, one of them with its log, how its file is read."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.kernel.clock import utc_now
from alliance.kernel.errors import NotFoundError
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.lists import paged_long
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from alliance.kernel.spreadsheets.layout import FileLayout
from partners.catalogue.feeds.forms import FeedForm
from partners.catalogue.feeds.models import ItemFeed, ItemFeedFetch
from partners.catalogue.feeds.services.add_feed import add_feed
from partners.catalogue.feeds.services.change_feed import FeedChange, change_feed, last_file
from partners.catalogue.feeds.services.queue_feed_fetch import queue_feed_fetch
from partners.catalogue.feeds.services.remove_feed import remove_feed
from partners.catalogue.feeds.tables import FetchTable
from partners.catalogue.mapping_forms import ItemMappingForm, guessed_initial, mapping_initial
from partners.catalogue.pages.items import own_alliances
from partners.portal.submission import is_done, status_of


@require_safe
@member_view(Permission.ITEM_READ)
def item_feeds(request: MemberRequest) -> HttpResponse:
    """The organization's feeds and how they fare: at most twenty."""
    feeds = ItemFeed.objects.filter(removed_at=None)
    context = {"feeds": feeds, "may_write": request.actor.can(Permission.ITEM_WRITE)}
    return render(request, "catalogue/feeds/feeds.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.ITEM_WRITE)
def item_feed_new(request: MemberRequest) -> HttpResponse:
    """Name a feed; its file is fetched at once, and then somebody says how to read it."""
    form = FeedForm(request.POST or None)
    added: list[UUID] = []
    if request.method == "POST" and is_done(
        form, lambda: added.append(add_feed(actor=request.actor, wanted=form.wanted(), now=utc_now()))
    ):
        messages.success(request, _("The feed is saved. Its file is being fetched."))
        return redirect("portal:item_feed", added[0])
    return render(request, "catalogue/feeds/feed_edit.html", {"form": form, "feed": None}, status=status_of(form))


@require_safe
@member_view(Permission.ITEM_READ)
def item_feed(request: MemberRequest, item_feed_id: UUID) -> HttpResponse:
    """One feed: its state and its log. While a fetch is under way this asks again by itself."""
    feed = _feed(item_feed_id)
    fetches = ItemFeedFetch.objects.filter(feed=feed).select_related("item_import").order_by("-id")
    table = paged_long(request, FetchTable(fetches))
    latest = fetches.first()
    context = {
        "feed": feed,
        "table": table,
        "latest": latest,
        "is_fetching": latest is not None and not latest.is_finished,
        "is_empty": not table.page.object_list,
        "may_write": request.actor.can(Permission.ITEM_WRITE),
        "has_file": last_file(feed.pk) is not None,
    }
    part = "catalogue/feeds/feed_state.html" if request.headers.get("HX-Request") else "catalogue/feeds/feed.html"
    return render(request, part, context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.ITEM_WRITE)
def item_feed_edit(request: MemberRequest, item_feed_id: UUID) -> HttpResponse:
    """Another name, address or interval."""
    feed = _feed(item_feed_id)
    initial = {"name": feed.name, "url": feed.url, "every_hours": feed.every_hours}
    form = FeedForm(request.POST or None, initial=initial)

    def change() -> None:
        wanted = form.wanted()
        change = FeedChange(name=wanted.name, url=wanted.url, every_hours=wanted.every_hours)
        change_feed(actor=request.actor, feed_id=item_feed_id, change=change, now=utc_now())

    if request.method == "POST" and is_done(form, change):
        messages.success(request, _("The feed is saved."))
        return redirect("portal:item_feed", item_feed_id)
    return render(request, "catalogue/feeds/feed_edit.html", {"form": form, "feed": feed}, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.ITEM_WRITE)
def item_feed_mapping(request: MemberRequest, item_feed_id: UUID) -> HttpResponse:
    """Say how to read the feed's file, looking at the one that was fetched last; it is imported at once."""
    feed = _feed(item_feed_id)
    file = last_file(feed.pk)
    if file is None:
        raise NotFoundError
    header = FileLayout.from_json(file.layout).header
    zone = request.organization.time_zone
    initial = mapping_initial(feed.mapping) if feed.mapping else guessed_initial(header, zone=zone)
    form = ItemMappingForm(request.POST or None, header=header, alliances=own_alliances(), initial=initial)
    started: list[UUID | None] = []
    if request.method == "POST" and form.is_valid() and (mapping := form.mapping()) is not None:
        change = FeedChange(mapping=mapping)
        if is_done(
            form,
            lambda: started.append(
                change_feed(actor=request.actor, feed_id=item_feed_id, change=change, now=utc_now())
            ),
        ):
            messages.success(request, _("The feed is read like this from now on."))
            return redirect("portal:item_import", started[0]) if started[0] else redirect("portal:item_feed", feed.pk)
    context = {"form": form, "feed": feed, "item_file": file}
    return render(request, "catalogue/feeds/feed_mapping.html", context, status=status_of(form))


@require_POST
@member_view(Permission.ITEM_WRITE)
def item_feed_fetch(request: MemberRequest, item_feed_id: UUID) -> HttpResponse:
    """Fetch now, whatever the server says of changes, and however small the file has become."""
    queue_feed_fetch(actor=request.actor, feed_id=item_feed_id, is_forced=True, now=utc_now())
    messages.success(request, _("The file will be fetched in a moment."))
    return redirect("portal:item_feed", item_feed_id)


@require_POST
@member_view(Permission.ITEM_WRITE)
def item_feed_switch(request: MemberRequest, item_feed_id: UUID) -> HttpResponse:
    """Pause or resume, as `is_active` says."""
    is_active = request.POST.get("is_active") == "yes"
    change_feed(actor=request.actor, feed_id=item_feed_id, change=FeedChange(is_active=is_active), now=utc_now())
    sentence = _("The feed is fetched again.") if is_active else _("The feed is paused. Its items stay as they are.")
    messages.success(request, sentence)
    return redirect("portal:item_feed", item_feed_id)


@require_POST
@member_view(Permission.ITEM_WRITE)
def item_feed_remove(request: MemberRequest, item_feed_id: UUID) -> HttpResponse:
    """Remove the feed."""
    remove_feed(actor=request.actor, feed_id=item_feed_id, now=utc_now())
    messages.success(request, _("The feed is removed. Its items stay as they are."))
    return redirect("portal:item_feeds")


def _feed(item_feed_id: UUID) -> ItemFeed:
    found = ItemFeed.objects.filter(pk=item_feed_id, removed_at=None).first()
    if found is None:
        raise NotFoundError
    return found
