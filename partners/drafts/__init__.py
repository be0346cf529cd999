"""Drafts: what an organization writes before it proposes. Start at `models`, then `shapes`."""
