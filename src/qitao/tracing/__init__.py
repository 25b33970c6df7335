"""Where a lot came from and where it went: from supplier to customer and back."""
