"""The use of the website: counted without cookies, addresses or anybody else's servers."""
