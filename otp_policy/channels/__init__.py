"""
Adapters for the office's social channels, and a loopback stand-in for both services.

- `base`: the words every adapter speaks (`Notice`, `Outcome`, `Adapter` …); needs no SDK.
- `line`: LINE Official Account broadcasts, over `line-bot-sdk` (extra `[line]`).
- `facebook`: Facebook Page posts, over `python-facebook-api` (extra `[facebook]`).
- `sandbox`: a server on 127.0.0.1 that behaves like both services and breaks on demand.

Nothing is imported here, so that `base` and `sandbox` work where no SDK is installed.
"""
