"""Pages of the portal about the life of agreements."""
