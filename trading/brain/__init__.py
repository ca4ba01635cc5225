"""The language model's part: it suggests target weights and picks queries; it never trades and never writes figures."""
