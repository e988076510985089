"""Outside files to our records: one small module and one card per provider."""
