"""Rules about what other programs' readers see in the file; they run where these readers were asked."""
