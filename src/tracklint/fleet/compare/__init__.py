"""One night of reports against another: what is new, gone and changed, and which differences are more than chance."""
