"""System checks of the kernel."""
