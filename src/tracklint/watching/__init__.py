"""A folder that files come into: which of them are complete, and what was done with each content already."""
