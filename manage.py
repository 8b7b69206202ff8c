#!/usr/bin/env python
import os
import sys

from django.core.management import execute_from_command_line

from launchpad import running

if __name__ == "__main__":
    os.environ.update(running.environment())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "launchpad.settings")
    execute_from_command_line(sys.argv)
