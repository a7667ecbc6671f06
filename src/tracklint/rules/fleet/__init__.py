"""Rules about what a configuration expects, and about many files of one device."""
