"""What is disclosed, in one picture: the index, the corrections, and an API to read them."""
