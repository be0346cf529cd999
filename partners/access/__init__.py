"""Who comes in: sessions, what an organization asks for before it opens, and operators who look in."""
