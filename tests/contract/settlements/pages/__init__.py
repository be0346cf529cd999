"""The pages of settlements, through HTTP as members use them."""
