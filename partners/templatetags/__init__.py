"""Template tags of partners."""
