"""What came of a scenario, in words, lines of a log and JUnit XML."""
