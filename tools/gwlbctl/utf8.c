// SPDX-License-Identifier: GPL-2.0-only
/*
 * Characters in UTF-8 (RFC 3629), one at a time, whatever the locale: a rules
 * file has to mean the same for everybody. Touches nothing.
 */

#include "utf8.h"

/**
 * utf8_decode() - take one character
 * @text: where it begins
 * @len: bytes that are there
 * @code: set to the character
 *
 * Return: how many bytes it has; 0 if this is no UTF-8, which also a character
 * that is written with more bytes than it needs is not.
 */
size_t utf8_decode(const char *text, size_t len, __u32 *code)
{
	/* the smallest character that needs so many bytes */
	static const __u32 least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const __u8 *at = (const __u8 *)text;
	size_t i, bytes;

	if (!len)
		return 0;
	if (at[0] < 0x80) {
		*code = at[0];
		return 1;
	}
	if ((at[0] & 0xe0) == 0xc0)
		bytes = 2;
	else if ((at[0] & 0xf0) == 0xe0)
		bytes = 3;
	else if ((at[0] & 0xf8) == 0xf0)
		bytes = 4;
	else
		return 0;
	if (len < bytes)
		return 0;

	*code = at[0] & (0x7fU >> bytes);
	for (i = 1; i < bytes; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (at[i] & 0x3fU);
	}
	if (*code < least[bytes] || *code > 0x10ffff ||
	    (*code >= 0xd800 && *code <= 0xdfff))
		return 0;
	return bytes;
}

/**
 * utf8_is_printable() - does a character show itself, and nothing else
 * @code: the character
 *
 * Return: false for control characters, which a terminal would obey, and for
 * those that make a line look other than it is.
 */
bool utf8_is_printable(__u32 code)
{
	if (code < 0x20 || (code >= 0x7f && code <= 0x9f))
		return false;
	/* ends of lines; direction of writing; blanks without a width */
	return !((code >= 0x2028 && code <= 0x202e) ||
		 (code >= 0x2066 && code <= 0x2069) || code == 0x200b ||
		 code == 0x200e || code == 0x200f || code == 0xfeff);
}

/**
 * utf8_printable() - take one character if it is printable
 * @text: where it begins
 * @len: bytes that are there
 *
 * Return: how many bytes it has; 0 if it is malformed or not printable.
 */
size_t utf8_printable(const char *text, size_t len)
{
	__u32 code;
	size_t bytes = utf8_decode(text, len, &code);

	return bytes && utf8_is_printable(code) ? bytes : 0;
}
