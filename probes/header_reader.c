/* Header values taken apart without copying. */
#include "header_reader.h"

#include <string.h>
#include <strings.h>

static const char SPACE[] = " \t\r\n\f";

struct pf_bit pf_bit_of(const char *text)
{
	return (struct pf_bit){text, strlen(text)};
}

static bool is_one_of(char character, const char *set)
{
	return character && strchr(set, character);
}

static struct pf_bit trim(struct pf_bit bit)
{
	while (bit.length && is_one_of(bit.at[0], SPACE))
		bit = (struct pf_bit){bit.at + 1, bit.length - 1};
	while (bit.length && is_one_of(bit.at[bit.length - 1], SPACE))
		bit.length--;
	return bit;
}

bool pf_bit_next(struct pf_bit *rest, const char *separators, struct pf_bit *bit)
{
	while (rest->length) {
		size_t length = 0;
		while (length < rest->length && !is_one_of(rest->at[length], separators))
			length++;
		size_t taken = length < rest->length ? length + 1 : length;
		*bit = trim((struct pf_bit){rest->at, length});
		*rest = (struct pf_bit){rest->at + taken, rest->length - taken};
		if (bit->length)
			return true;
	}
	return false;
}

bool pf_bit_begins(struct pf_bit bit, const char *word)
{
	size_t length = strlen(word);
	return bit.length >= length && strncasecmp(bit.at, word, length) == 0;
}

bool pf_bit_is(struct pf_bit bit, const char *word)
{
	return bit.length == strlen(word) && pf_bit_begins(bit, word);
}

const char *pf_header_all(const struct pf_case *facts, const struct pf_facts_http *http,
                          const char *name)
{
	const char *all = NULL;
	size_t length = strlen(name);
	for (size_t i = 0; i < http->headers.count; i++) {
		const char *header = http->headers.at[i];
		if (strncmp(header, name, length) != 0 || header[length] != ':')
			continue;
		const char *value = header + length + 1 + strspn(header + length + 1, " ");
		all = all ? pf_say(facts, "%s, %s", all, value) : value;
	}
	return all;
}

bool pf_is_document(const struct pf_facts_http *http)
{
	static const char *const types[] = {"text/html", "application/xhtml+xml", "image/svg+xml"};
	const char *type = pf_header(http, "content-type");
	struct pf_bit rest = pf_bit_of(type ? type : ""), first;
	if (!pf_bit_next(&rest, ";", &first))
		return false;
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (pf_bit_is(first, types[i]))
			return true;
	return false;
}

bool pf_is_opened(const struct pf_facts_http *http)
{
	const char *disposition = pf_header(http, "content-disposition");
	bool saved = disposition && strncasecmp(disposition, "attachment", 10) == 0;
	return pf_is_document(http) && !saved;
}

bool pf_is_hop(const struct pf_facts_http *http)
{
	return http->status >= 300 && http->status < 400;
}
