"""The demonstration at any size: a believable programme of up to 100,000 applications.

Rows are written by COPY in blocks, through every constraint and trigger, by several processes
at once. Everything follows from a seed: the same seed, size and moment give the same rows.
"""
