"""Mending: `fixing` plans and proves, `mending.fit` and `mending.xml` hold the repairs of each format."""
