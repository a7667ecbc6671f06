"""Rules about what stands in a FIT file: wire, definitions, messages, summaries, developer data."""
