"""Which sentence splitter: boundary F1, exact offsets, speed and robustness. See docs/segmentation.md."""
