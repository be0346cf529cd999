"""Pure rules of taxes."""
