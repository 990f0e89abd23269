"""Text of others on a terminal: what a file or its name says must not move the cursor, hide a line or forge one."""


def printable(text: str) -> str:
    """The text with every character that prints nothing (controls, bidirectional marks, broken bytes) written as ``\\x1b``."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)
