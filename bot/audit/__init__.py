"""The audit trail: the chain, its log in the database, its verifier and its export."""
