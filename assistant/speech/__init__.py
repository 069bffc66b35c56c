"""Text and segmentation logic between the stages: pure functions and small machines."""
