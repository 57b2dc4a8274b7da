"""What the staff may edit."""
from django.contrib import admin

from .models import Photo, Product

admin.site.register([Product, Photo])
