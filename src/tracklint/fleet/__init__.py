"""Many files: what a run of thousands is told by, and what is known of it from the runs before."""
