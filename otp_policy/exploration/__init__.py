"""What a policy makes possible: every reachable state of an item, explored move by move."""
