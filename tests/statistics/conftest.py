"""What the tests of statistics share."""

from hypothesis import settings

# How long one example takes says more of the machine than of the code.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")
