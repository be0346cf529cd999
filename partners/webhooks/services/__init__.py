"""The use cases of webhooks, one module each."""
