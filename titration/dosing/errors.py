"""The one family of errors that the dosing core raises."""


class DosingError(ValueError):
    """Something that cannot be a dose, a step, a result or a protocol; the text says what was read and what is allowed."""


class DoseTextError(DosingError):
    """A typed dose that the strict parser refuses; the text is written for the person who typed it."""


class ProtocolError(DosingError):
    """A protocol file that is not complete, not known or not consistent."""
