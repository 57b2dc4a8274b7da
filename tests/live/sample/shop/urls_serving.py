"""The shop's addresses with static files served by Django, as no live site should."""
from django.conf import settings
from django.urls import path
from django.views.static import serve

from .urls import urlpatterns as shop

urlpatterns = [
    path('static/<path:path>', serve, {'document_root': settings.STATIC_ROOT}),
    *shop,
]
