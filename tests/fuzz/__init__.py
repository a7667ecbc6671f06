"""Coverage-guided fuzzing with atheris; see README.md in this folder."""
