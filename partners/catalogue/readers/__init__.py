"""Rows of a file as items. The files themselves are read by `alliance.kernel.spreadsheets`."""
