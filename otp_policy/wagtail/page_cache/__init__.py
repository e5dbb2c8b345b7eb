"""Pages kept for anonymous readers, and given up at the instant at which what is public changes."""
