/* Dates from strangers: reading one ends within the text, and gives a time of four-digit years. */
#include "date_reader.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count);

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count)
{
	char *text = malloc(count + 1); /* of just that size: reading beyond is seen */
	if (!text)
		return 0;
	memcpy(text, bytes, count);
	text[count] = '\0';
	int64_t seconds = pf_date_read(text);
	if (seconds < 0 || seconds > INT64_C(253402300800) + 100 * 3600)
		abort();
	free(text);
	return 0;
}
