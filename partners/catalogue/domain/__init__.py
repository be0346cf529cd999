"""Pure rules of the catalogue: what an item is, when two are the same, who may show one."""
