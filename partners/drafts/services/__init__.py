"""What happens to drafts."""
