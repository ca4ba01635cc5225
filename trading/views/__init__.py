"""Read models for the contract, each computed in one place."""
