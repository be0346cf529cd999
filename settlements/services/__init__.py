"""One module for each use case of settlements."""
