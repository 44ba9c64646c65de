"""Measurements that decide between libraries; each folder runs with ``python -m benchmarks.<folder>``."""
