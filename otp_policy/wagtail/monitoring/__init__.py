"""How fresh everything is: due days as columns, attestations, reminders, requests and reports."""
