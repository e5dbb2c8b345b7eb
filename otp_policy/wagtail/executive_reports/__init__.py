"""The report to the executives (annex 2.1): figures, steps, files, publication, and its duty."""
