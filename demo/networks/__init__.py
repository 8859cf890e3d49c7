"""Architectures, and files of weights."""
