"""Feeds: files of items at an address of the owner's, fetched by the clock and imported when they have changed."""
