/* The table of report writers. */
#include "report/writers.h"

#include <string.h>

const struct pf_writer pf_writers[] = {
	{"text", "for people, in a terminal or a mail", pf_write_text},
	{"json", "everything, postflight.report/1", pf_write_json},
	{NULL, NULL, NULL},
};

const struct pf_writer *pf_writer_named(const char *format)
{
	for (const struct pf_writer *writer = pf_writers; writer->format; writer++)
		if (strcmp(writer->format, format) == 0)
			return writer;
	return NULL;
}
