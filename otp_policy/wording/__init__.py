"""How a policy and its changes read in Thai and English."""
