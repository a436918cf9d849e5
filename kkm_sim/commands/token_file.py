"""A file of tokens: one a line, # comments; the server's all, or a client's own."""

from pathlib import Path

from kkm_sim.commands.mistakes import UserMistake


def tokens_in(file: str) -> list[str]:
    """The tokens of --token-file, at least one."""
    try:
        text = Path(file).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
        raise UserMistake(f"--token-file: cannot read {file}: {reason}") from None
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1)]
    tokens = {number: line for number, line in lines if line and not line.startswith("#")}
    if not tokens:
        raise UserMistake(f"--token-file: there is no token in {file}, one a line")
    for number, token in tokens.items():
        if not (token.isascii() and token.isprintable()):
            raise UserMistake(f"--token-file: {file}, line {number}: no ASCII, no header could have such a token")
    return list(tokens.values())
