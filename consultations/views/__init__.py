"""What visitors and patients open: each module is one part of the way."""
