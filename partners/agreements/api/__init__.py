"""The life of agreements through the API."""
