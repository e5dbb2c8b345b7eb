"""
Requests for information (annex 1 step 6, annex 2.2): asked, counted, answered, and told again.

`moves` changes a case and is the only module that does; `clock` says when it is due, `sealing`
keeps what is personal, `access` says who may see what, `releases` takes an answer to the public
log, and `retention` erases on time.
"""
