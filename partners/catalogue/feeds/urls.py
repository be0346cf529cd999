"""Routes of feeds."""

from django.urls import URLPattern, URLResolver, path

from partners.catalogue.feeds import api, pages

portal_urlpatterns: list[URLPattern | URLResolver] = [
    path("items/feeds/", pages.item_feeds, name="item_feeds"),
    path("items/feeds/new/", pages.item_feed_new, name="item_feed_new"),
    path("items/feeds/<uuid:item_feed_id>/", pages.item_feed, name="item_feed"),
    path("items/feeds/<uuid:item_feed_id>/edit/", pages.item_feed_edit, name="item_feed_edit"),
    path("items/feeds/<uuid:item_feed_id>/mapping/", pages.item_feed_mapping, name="item_feed_mapping"),
    path("items/feeds/<uuid:item_feed_id>/fetch/", pages.item_feed_fetch, name="item_feed_fetch"),
    path("items/feeds/<uuid:item_feed_id>/switch/", pages.item_feed_switch, name="item_feed_switch"),
    path("items/feeds/<uuid:item_feed_id>/remove/", pages.item_feed_remove, name="item_feed_remove"),
]
api_urlpatterns: list[URLPattern | URLResolver] = [
    path("item-feeds", api.ItemFeedsView.as_view(), name="item_feeds"),
    path("item-feeds/<uuid:item_feed_id>", api.ItemFeedView.as_view(), name="item_feed"),
    path("item-feeds/<uuid:item_feed_id>/fetches", api.ItemFeedFetchesView.as_view(), name="item_feed_fetches"),
]
