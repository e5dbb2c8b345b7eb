"""The plugin's own admin screens: requests, forms and templates; what they decide lies beside."""
