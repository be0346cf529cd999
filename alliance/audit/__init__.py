"""The audit trail as people and programs read it: a page of the portal and an operation of the API.

It is written by `alliance.kernel.audit` and kept append-only by the database; nothing here writes. Files of it are made by
settlements' exports.
"""
