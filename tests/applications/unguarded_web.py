"""The web application with nothing that holds it to the close, for the test that finds what came too late."""

import launchpad.wsgi
from applications import editing, eligibility

application = launchpad.wsgi.application

editing.check_takes_entries = lambda competition, at: None
eligibility._of_the_clock = lambda application, at: []
