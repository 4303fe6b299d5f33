"""What the tests of running programs share: homes, daemons, raw HTTP, invariants."""
