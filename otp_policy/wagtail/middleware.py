"""Shows the reasons of a refusal where Wagtail shows one fixed sentence."""

from django.contrib import messages

from .refusals import start_noting, stop_noting


class RefusalMiddleware:
    """Adds the reasons of whatever was refused to the messages of the request."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        noted = start_noting()
        try:
            response = self.get_response(request)
            for text in dict.fromkeys(str(refusal) for refusal in noted):
                messages.error(request, text)
            return response
        finally:
            stop_noting()
