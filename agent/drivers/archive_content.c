/* What a stream of bytes is, by how it begins. */
#include "drivers/archive_reading.h"

#include <string.h>
#include <strings.h>

enum { HEAD_BYTES = 1024 };

static bool begins(const struct pf_flow *stream, const void *head, size_t count)
{
	return stream->left >= count && memcmp(stream->at, head, count) == 0;
}

#define BEGINS(stream, literal) begins(stream, literal, sizeof(literal) - 1)

static bool has_early(const struct pf_flow *stream, const char *words)
{
	size_t count = stream->left < HEAD_BYTES ? stream->left : HEAD_BYTES;
	return memmem(stream->at, count, words, strlen(words)) != NULL;
}

/* Tools begin their scripts with a line that names them. */
static const char *script_form(const struct pf_flow *stream)
{
	static const char *const forms[][2] = {
		{"-- PostgreSQL database cluster dump", "pg_dumpall"},
		{"-- PostgreSQL database dump", "pg_dump plain"},
		{"-- MySQL dump ", "mysqldump"},
		{"-- MariaDB dump ", "mysqldump"},
		{"PRAGMA foreign_keys=OFF;", "sqlite3 .dump"},
	};
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		if (has_early(stream, forms[i][0]))
			return forms[i][1];
	return NULL;
}

/* RFC 9580, 4.2 and 5: a packet of tag 1 (a key for somebody), 3 (for a passphrase) or 9, 18 (the
 * data), in old or new format. */
static bool is_openpgp(const struct pf_flow *stream)
{
	if (BEGINS(stream, "-----BEGIN PGP MESSAGE-----"))
		return true;
	if (stream->left < 16 || !(stream->at[0] & 0x80))
		return false;
	unsigned first = stream->at[0];
	unsigned tag = first & 0x40 ? first & 0x3f : (first >> 2) & 0xf;
	if (tag == 1) /* version 3 or 6 behind a length of one or two octets */
		return stream->at[2] == 3 || stream->at[2] == 6 || stream->at[3] == 3;
	if (tag == 3)
		return stream->at[2] == 4 || stream->at[2] == 5 || stream->at[2] == 6;
	return false;
}

/* NULL: it is not encrypted, as far as its beginning tells. */
static const char *cipher(const struct pf_flow *stream)
{
	if (BEGINS(stream, "age-encryption.org/v1") ||
	    BEGINS(stream, "-----BEGIN AGE ENCRYPTED FILE-----"))
		return "age";
	if (BEGINS(stream, "Salted__"))
		return "openssl enc";
	return is_openpgp(stream) ? "gpg" : NULL;
}

static bool is_page(const struct pf_flow *stream)
{
	static const char *const heads[] = {"<!doctype html", "<html", "<?xml", "HTTP/1."};
	size_t skip = 0;
	while (skip < stream->left && strchr(" \t\r\n", stream->at[skip]) && stream->at[skip])
		skip++;
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
		size_t count = strlen(heads[i]);
		if (stream->left - skip >= count &&
		    strncasecmp((const char *)stream->at + skip, heads[i], count) == 0)
			return true;
	}
	return false;
}

/* https://www.sqlite.org/fileformat2.html#the_database_header: as many pages as the head says. */
static void read_sqlite(struct pf_reading *reading, struct pf_flow *stream)
{
	unsigned char head[100];
	reading->facts.form = "sqlite";
	if (!pf_flow_take(stream, head, sizeof head)) {
		pf_reading_broken(reading, "it ends within its first page");
		return;
	}
	uint64_t page = (uint64_t)head[16] << 8 | head[17], pages = 0, total = sizeof head;
	if (page == 1)
		page = 65536;
	for (size_t i = 28; i < 32; i++)
		pages = pages << 8 | head[i];
	bool counted = memcmp(head + 24, head + 92, 4) == 0; /* the count is valid then */
	while (pf_flow_more(stream)) {
		total += stream->left;
		stream->left = 0;
	}
	if (page < 512 || (page & (page - 1)))
		pf_reading_broken(reading, "its head names no page size");
	else if (total % page || (counted && pages && total < pages * page))
		pf_reading_broken(reading, "it is shorter than its head says");
}

/* Of what is encrypted only the armor has an end that can be seen. */
static void read_encrypted(struct pf_reading *reading, struct pf_flow *stream, const char *form)
{
	char tail[64] = "";
	bool armored = BEGINS(stream, "-----BEGIN");
	reading->facts.form = form;
	reading->facts.encrypted = true;
	while (armored && pf_flow_more(stream)) {
		size_t part = stream->left < sizeof tail ? stream->left : sizeof tail;
		memmove(tail, tail + part, sizeof tail - part);
		memcpy(tail + sizeof tail - part, stream->at + stream->left - part, part);
		stream->left = 0;
	}
	if (armored && !memmem(tail, sizeof tail, "-----END ", 9))
		pf_reading_broken(reading, "its armor has no end: it is cut off");
}

static const char *other_form(const struct pf_flow *stream)
{
	if (is_page(stream))
		return "web page";
	if (BEGINS(stream, "PK\003\004"))
		return "zip";
	return "";
}

void pf_content_read(struct pf_reading *reading, struct pf_flow *stream)
{
	const char *form;
	if (!pf_flow_more(stream))
		return;
	if (BEGINS(stream, "PGDMP")) {
		pf_dump_read(reading, stream, NULL);
	} else if (BEGINS(stream, "SQLite format 3\0")) {
		read_sqlite(reading, stream);
	} else if ((form = cipher(stream))) {
		read_encrypted(reading, stream, form);
	} else if ((form = script_form(stream))) {
		reading->facts.form = form;
		pf_sql_read(reading, stream);
	} else {
		reading->facts.form = other_form(stream);
		if (strcmp(reading->facts.form, "zip") == 0)
			pf_reading_broken(reading, "its directory at the end is missing");
		(void)!pf_flow_drain(stream);
	}
}
