"""Pages of the portal: imports, mappings, orders, conversions."""
