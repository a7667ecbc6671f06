"""Rules that hold for all formats: the container, and what an `Activity` says, however it was written."""
