"""`make bench`: each figure beside a yardstick that was measured in the same run, on the same machine.

    __main__    a throw-away PostgreSQL with two programmes in it, a small one and a large one
    inside      what is measured there, in order; prints the table and writes var/bench.json

Nothing here is part of the product, which never imports it.
"""
