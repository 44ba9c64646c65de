"""How well the language of a text is told, by its length: `python -m benchmarks.language`."""
