/* Listings of object stores: what is read of them, and what is refused. */
#include "drivers/s3_listing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ARENA = 64 * 1024 * 1024 };

struct seen {
	struct pf_arena *arena;
	struct pf_s3_page page;
	struct pf_s3_object objects[4];
	size_t count;
	const char *problem;
	bool read;
};

static void found(void *context, const struct pf_s3_object *object)
{
	struct seen *seen = context;
	assert_true(seen->count < 4);
	seen->objects[seen->count++] = *object;
}

static struct seen read_all(const char *text)
{
	struct seen seen = {.arena = pf_arena_new(ARENA)};
	seen.read =
		pf_s3_read(seen.arena, text, strlen(text), &seen.page, found, &seen, &seen.problem);
	return seen;
}

#define LIST(inside) "<ListBucketResult>" inside "</ListBucketResult>"
#define OBJECT(key, size)                                                                          \
	"<Contents><Key>" key                                                                      \
	"</Key><LastModified>2026-11-23T04:31:00.000Z</LastModified><Size>" size                   \
	"</Size><Owner><ID>x</ID></Owner></Contents>"

static void a_page_is_read(void **state)
{
	(void)state;
	struct seen seen = read_all(
		"\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult "
		"xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\n <Name>b</Name>"
		"<IsTruncated>true</IsTruncated><NextContinuationToken>a&amp;b"
		"</NextContinuationToken>" OBJECT("db%2Fa+b%252F.dump", "123")
			OBJECT("caf&#233;&#x21;", "0") "<Prefix/></ListBucketResult>\n");
	assert_true(seen.read);
	assert_true(seen.page.truncated);
	assert_string_equal(seen.page.token, "a&b");
	assert_int_equal(seen.count, 2);
	assert_string_equal(seen.objects[0].key, "db/a b%2F.dump");
	assert_int_equal(seen.objects[0].size, 123);
	assert_int_equal(seen.objects[0].modified, 1795408260);
	assert_string_equal(seen.objects[1].key, "caf\xc3\xa9!");
	pf_arena_free(seen.arena);
}

static void an_error_is_read(void **state)
{
	(void)state;
	struct seen seen = read_all("<Error><Code>AccessDenied</Code><Message>No, &lt;you&gt;."
	                            "</Message></Error>");
	assert_true(seen.read && seen.page.is_error);
	assert_string_equal(seen.page.code, "AccessDenied");
	assert_string_equal(seen.page.message, "No, <you>.");
	pf_arena_free(seen.arena);
}

static void what_only_looks_like_a_listing_counts_for_nothing(void **state)
{
	(void)state;
	/* The same names elsewhere. */
	struct seen seen = read_all(LIST("<x><Contents><Key>k</Key></Contents><IsTruncated>true"
	                                 "</IsTruncated></x>"));
	assert_true(seen.read);
	assert_int_equal(seen.count, 0);
	assert_false(seen.page.truncated);
	pf_arena_free(seen.arena);
}

static void what_no_store_writes_is_refused(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"",
		"  ",
		"{}",
		"<html></html>",
		"<!DOCTYPE x [<!ENTITY a \"b\">]>" LIST(""),
		LIST("<![CDATA[x]]>"),
		LIST("<?php ?>"),
		LIST("<!-- x -->"),
		LIST("&a;"),
		LIST("&#0;"),
		LIST("&#xd800;"),
		LIST("&#x110000;"),
		LIST("&#-1;"),
		LIST("&#;"),
		LIST("&"),
		LIST("<a></b>"),
		LIST("</ListBucketResult><a>"),
		LIST("<a><a><a><a><a><a><a><a></a></a></a></a></a></a></a></a>"),
		LIST("<Contents><Size>1</Size></Contents>"),
		LIST("<Contents><Key>k</Key><Size>-1</Size></Contents>"),
		LIST("<Contents><Key>k</Key><Size>99999999999999999999</Size></Contents>"),
		LIST("<Contents><Key>k</Key><Size></Size></Contents>"),
		LIST("") LIST(""),
		LIST("") "x",
		"<ListBucketResult>",
		"<ListBucketResult",
		"<ListBucketResult a=\"",
		LIST("<a <b>"),
		LIST("<>"),
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct seen seen = read_all(texts[i]);
		if (seen.read)
			fail_msg("read: %s", texts[i]);
		assert_non_null(seen.problem);
		pf_arena_free(seen.arena);
	}
}

static void endless_texts_and_names_are_refused(void **state)
{
	(void)state;
	char *text = malloc(20000);
	assert_non_null(text);
	static const char *const beginnings[] = {"<ListBucketResult><Key>", "<ListBucketResult><"};
	for (size_t i = 0; i < 2; i++) {
		memset(text, 'x', 19999);
		text[19999] = '\0';
		memcpy(text, beginnings[i], strlen(beginnings[i]));
		struct seen seen = read_all(text);
		assert_false(seen.read);
		pf_arena_free(seen.arena);
	}
	free(text);
}

static void what_is_signed_is_encoded_as_signatures_want_it(void **state)
{
	(void)state;
	struct pf_arena *arena = pf_arena_new(ARENA);
	assert_string_equal(pf_s3_encode(arena, "db/a b+c~_-.=&\xc3\xa9"),
	                    "db%2Fa%20b%2Bc~_-.%3D%26%C3%A9");
	pf_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_is_read),
		cmocka_unit_test(an_error_is_read),
		cmocka_unit_test(what_only_looks_like_a_listing_counts_for_nothing),
		cmocka_unit_test(what_no_store_writes_is_refused),
		cmocka_unit_test(endless_texts_and_names_are_refused),
		cmocka_unit_test(what_is_signed_is_encoded_as_signatures_want_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
