"""What can be wrong with a policy that reads well, a module for each subject."""
