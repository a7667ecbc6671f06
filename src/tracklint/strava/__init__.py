"""Strava's side of the work: the client, the uploader, and a local stand-in. The only room that opens a socket."""
