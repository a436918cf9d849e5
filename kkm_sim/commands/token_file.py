"""A file of tokens: one a line, # comments; the server's all, or a client's own."""

from pathlib import Path

from kkm_sim.commands.mistakes import UserMistake
from kkm_sim.text_file import UnreadableFile, read_text_file

LARGEST_FILE = 1 << 20


def tokens_in(file: str) -> list[str]:
    """The tokens of --token-file, at least one."""
    try:
        text = read_text_file(Path(file), LARGEST_FILE)
    except UnreadableFile as error:
        raise UserMistake(f"--token-file: cannot read {file}: {error}") from None
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1)]
    tokens = {number: line for number, line in lines if line and not line.startswith("#")}
    if not tokens:
        raise UserMistake(f"--token-file: there is no token in {file}, one a line")
    for number, token in tokens.items():
        if not (token.isascii() and token.isprintable()):
            raise UserMistake(f"--token-file: {file}, line {number}: no ASCII, no header could have such a token")
    return list(tokens.values())
