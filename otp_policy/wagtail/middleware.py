"""What has to be added to a response that Wagtail makes."""

from django.utils.cache import patch_cache_control

from .file_names import name_file
from .file_views import guard_image
from .refusals import start_noting, stop_noting, tell


class RefusalMiddleware:
    """Adds the reasons of whatever was refused to the messages of the request."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        start_noting()
        try:
            response = self.get_response(request)
            tell(request)
            return response
        finally:
            stop_noting()


class FileCacheMiddleware:
    """
    Lets no cache serve a file for longer than it is public, nor to anybody else before.

    A copy is asked about each time: what is taken down has to be gone at once. A document is sent
    under the name that the office gave it.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        name_file(request, response)
        public = getattr(request, "otp_policy_file_is_public", None)
        if public:
            response.headers.pop("Cache-Control", None)
            patch_cache_control(response, public=True, no_cache=True)
        elif public is not None:
            response.headers.pop("Cache-Control", None)  # Wagtail's view says an hour, to all
            patch_cache_control(response, private=True, no_store=True)
        return response

    def process_view(self, request, view_func, view_args, view_kwargs):
        """Let Wagtail's view of images by signed address ask as our own views do."""
        guard_image(request, view_func, *view_args, **view_kwargs)
