"""Files of statements, streamed: the same statement gives the same bytes, and no cell is ever a formula."""
