"""Pieces of regular expressions that mean in Python what Java means by them.

Java's classes are ASCII, its word boundary is Unicode, and its dollar sign also stands before any
final line terminator.
"""

END = r"(?:(?=\r\n\Z)|(?<!\r)(?=\n\Z)|(?=[\r\u0085\u2028\u2029]\Z)|\Z)"
NOT_BLANK = r"[^ \t\n\x0b\f\r]"
BLANK = r"[ \t\n\x0b\f\r]"
