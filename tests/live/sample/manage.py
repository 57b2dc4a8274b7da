#!/usr/bin/python3
"""Django's command line for the sample shop."""
import os
import sys

from django.core.management import execute_from_command_line

os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings.production')
execute_from_command_line(sys.argv)
