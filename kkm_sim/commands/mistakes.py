"""What a user did wrong: told in one line, exit code 2."""


class UserMistake(Exception):
    """The message is a sentence that says what is wrong and what would be right."""
