"""Rules about what stands in a TCX or GPX document: its markup, its schema, its extensions."""
