/* Escaped output, line by line. */
#include "line_reader.h"

size_t pf_line_length(const char *at)
{
	size_t length = 0;
	while (at[length] && !(at[length] == '\\' && at[length + 1] == 'n'))
		length += at[length] == '\\' && at[length + 1] ? 2 : 1;
	return length;
}

const char *pf_line_next(const char *at)
{
	at += pf_line_length(at);
	return *at ? at + 2 : at;
}
