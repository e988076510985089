"""Proper scores and calibration: pure arithmetic on numpy arrays."""
