"""What words mean: event types, intensities, roles and country codes, as data files with their own linter."""
