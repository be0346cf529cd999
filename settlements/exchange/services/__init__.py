"""Steps of closing."""
