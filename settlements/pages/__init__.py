"""The pages of settlements in the portal, a module for each thing they show."""
