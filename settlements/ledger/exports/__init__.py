"""The whole book as plain-text accounting files that other people's tools check."""
