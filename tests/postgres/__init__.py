"""Tests of the embedded PostgreSQL, each on a cluster of its own."""
