"""The demo office: role accounts, and the announcement itself taken through its own measures."""
