"""Fitting and judging the risk of a segment."""
