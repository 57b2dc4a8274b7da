/* What proves a file: bytes it begins with, or texts that only its sort holds. */
#include "leak_reader.h"

#include "response_reader.h"

#include <string.h>

enum { TEXTS = 8, BEGINNINGS = 12, HTML_MARKS = 4, MOST = 128 };

/* A page is none of these files, whatever it quotes. */
static const char *const html_marks[HTML_MARKS] = {"<html", "<HTML", "<!doctype html",
                                                   "<!DOCTYPE html"};

/* Ends with NULL. Python's magic numbers: CPython's Include/internal/pycore_magic_number.h, 3.6 to
 * 3.14. Vim's swap files: `:help swap-file`. Git's index: gitformat-index(5). */
static const struct proof {
	const char *what;
	const char *texts[TEXTS + 1];
	const char *beginnings[BEGINNINGS + 1];
} proofs[PF_LEAK_COUNT] = {
	[PF_LEAK_ENVIRONMENT] = {"names and values of an environment file",
                                 {"SECRET_KEY=", "DATABASE_URL=", "PASSWORD=", "_TOKEN=", "DEBUG=",
                                  "DJANGO_"},
                                 {NULL}},
	[PF_LEAK_SETTINGS] = {"settings of Django",
                              {"SECRET_KEY", "INSTALLED_APPS", "DATABASES", "ALLOWED_HOSTS"},
                              {NULL}},
	[PF_LEAK_PYTHON] = {"a Python program of a Django project",
                            {"DJANGO_SETTINGS_MODULE", "get_wsgi_application", "from django"},
                            {NULL}},
	[PF_LEAK_BYTECODE] = {"compiled Python",
                              {NULL},
                              {"a\\r\\r\\n", "o\\r\\r\\n", "\\xa7\\r\\r\\n", "\\xcb\\r\\r\\n",
                               "\\xf3\\r\\r\\n", "+\\x0e\\r\\n", "U\\r\\r\\n"}},
	[PF_LEAK_SWAP] = {"the swap file of an editor", {NULL}, {"b0VIM "}},
	[PF_LEAK_GIT] = {"a Git repository",
                         {"repositoryformatversion", "0000000000000000000000000000000000000000 "},
                         {"ref: refs/", "DIRC\\x00\\x00\\x00"}},
	[PF_LEAK_SVN] = {"a Subversion working copy",
                         {NULL},
                         {"SQLite format 3\\x00", "8\\n\\ndir\\n", "9\\n\\ndir\\n",
                          "10\\n\\ndir\\n"}},
	[PF_LEAK_OTHER_VCS] = {"a repository", {"dotencode", "revlogv1"}, {"Bazaar-NG"}},
	[PF_LEAK_SQLITE] = {"an SQLite database", {NULL}, {"SQLite format 3\\x00"}},
	[PF_LEAK_DUMP] = {"a dump of a database",
                          {"-- PostgreSQL database", "-- MySQL dump", "-- MariaDB dump",
                           "CREATE TABLE", "INSERT INTO", "PRAGMA foreign_keys"},
                          {"PGDMP", "\\x1f\\x8b\\x08", "(\\xb5/\\xfd"}},
	[PF_LEAK_FIXTURE] = {"records written by dumpdata",
                             {"\"model\": \"", "\"model\":\""},
                             {NULL}},
	[PF_LEAK_ARCHIVE] = {"an archive",
                             {NULL},
                             {"PK\\x03\\x04", "\\x1f\\x8b\\x08", "7z\\xbc\\xaf'\\x1c",
                              "(\\xb5/\\xfd", "\\xfd7zXZ"}},
	[PF_LEAK_KEY] = {"a private key", {"PRIVATE KEY-----"}, {NULL}},
	[PF_LEAK_PASSWORDS] = {"stored passwords",
                               {"aws_secret_access_key", ":$apr1$", ":$2y$", ":{SHA}", "_authToken",
                                " password "},
                               {NULL}},
	[PF_LEAK_COMPOSE] = {"how the site is put together",
                             {"services:", "FROM python", "ENTRYPOINT", "stages:"},
                             {NULL}},
	[PF_LEAK_PACKAGES] = {"the packages it is made of",
                              {"Django=", "django=", "Django>", "django>", "[[package]]",
                               "[packages]"},
                              {NULL}},
	[PF_LEAK_LOG] = {"a log of the application",
                         {"Traceback (most recent call last)", "django.request", " ERROR ",
                          "Watching for file changes"},
                         {NULL}},
	[PF_LEAK_EDITOR] = {"the files of an editor or a desktop",
                            {"<project version=", "\"password\":"},
                            {"\\x00\\x00\\x00\\x01Bud1"}},
	[PF_LEAK_BACKUP] = {"a backup",
                            {"-- PostgreSQL database", "-- MySQL dump", "-- MariaDB dump",
                             "PRAGMA foreign_keys", "ustar", "age-encryption.org/v1",
                             "-----BEGIN PGP MESSAGE"},
                            {"PGDMP", "\\x1f\\x8b\\x08", "(\\xb5/\\xfd", "PK\\x03\\x04", "BZh",
                             "\\xfd7zXZ", "7z\\xbc\\xaf'\\x1c", "SQLite format 3\\x00", "Salted__",
                             "\\x8c\\r\\x04", "\\x85\\x01\\x8c", "\\x85\\x02\\x0c"}},
};

static size_t count_of(const char *const list[], size_t most)
{
	size_t count = 0;
	while (count < most && list[count])
		count++;
	return count;
}

/* The start of a file is enough, and all that is polite to fetch of a database. */
static struct pf_question first_bytes(struct pf_asking *asking, const struct pf_place *place,
                                      const char *path)
{
	static const char *const range[] = {"Range: bytes=0-16383"};
	struct pf_question question = pf_visit(asking, place, path);
	question.http.headers = pf_list(asking, PF_COUNT(range), range);
	return question;
}

void pf_ask_leak(struct pf_asking *asking, const struct pf_place *place, const char *path,
                 enum pf_leak sort)
{
	const struct proof *proof = &proofs[sort];
	struct pf_question question = first_bytes(asking, place, path);
	const char *texts[HTML_MARKS + TEXTS];
	size_t count = count_of(proof->texts, TEXTS);
	memcpy(texts, html_marks, sizeof html_marks);
	memcpy(texts + HTML_MARKS, proof->texts, count * sizeof *texts);
	question.http.look_for = pf_list(asking, HTML_MARKS + count, texts);
	question.http.beginnings =
		pf_list(asking, count_of(proof->beginnings, BEGINNINGS), proof->beginnings);
	question.http.discreet = true;
	pf_ask(asking, path, place->subject, question);
}

/* A path that looks for everything at once. */
static void ask_stray(struct pf_asking *asking, const struct pf_place *place, const char *tag,
                      const char *path, bool again)
{
	static const char *const fresh[] = {"Cache-Control: no-cache"};
	struct pf_question question = first_bytes(asking, place, path);
	const char *texts[MOST], *beginnings[MOST];
	size_t text_count = 0, beginning_count = 0;
	for (size_t i = 0; i < PF_LEAK_COUNT; i++) {
		for (size_t k = 0; proofs[i].texts[k]; k++)
			texts[text_count++] = proofs[i].texts[k];
		for (size_t k = 0; proofs[i].beginnings[k]; k++)
			beginnings[beginning_count++] = proofs[i].beginnings[k];
	}
	question.http.look_for = pf_list(asking, text_count, texts);
	question.http.beginnings = pf_list(asking, beginning_count, beginnings);
	question.http.discreet = true;
	if (again)
		question.http.headers = pf_list(asking, 1, fresh);
	pf_ask(asking, tag, place->subject, question);
}

static void ask_twice(struct pf_asking *asking, const struct pf_place *place, const char *tag,
                      const char *again, const char *path)
{
	ask_stray(asking, place, tag, path, false);
	if (pf_asked(asking, tag, place->subject))
		ask_stray(asking, place, again, path, true);
}

void pf_ask_plain_stray(struct pf_asking *asking, const struct pf_place *place)
{
	const char *path = pf_word(asking, "/pf-%s.txt", pf_canary_digits(asking));
	ask_twice(asking, place, "plain-stray", "plain-stray-again", path);
}

void pf_ask_strays(struct pf_asking *asking, const struct pf_place *place, const char *below)
{
	const char *digits = pf_canary_digits(asking);
	const char *path = pf_word(asking, "%spf-%s.txt", below, digits);
	const char *hidden = pf_word(asking, "%s.pf-%s", below, digits);
	ask_twice(asking, place, "stray", "stray-again", path);
	ask_stray(asking, place, "stray-hidden", hidden, false);
}

static bool is_path(const struct pf_exchange *exchange)
{
	return exchange->tag[0] == '/';
}

size_t pf_leak_count(const struct pf_case *facts)
{
	size_t count = 0;
	for (size_t i = 0; i < facts->count; i++)
		count += is_path(facts->exchanges[i]);
	return count;
}

/* Found where nothing can be as well? */
static bool is_everywhere(const struct pf_case *facts, const char *proof)
{
	static const char *const strays[] = {"stray", "stray-hidden", "plain-stray"};
	for (size_t i = 0; i < PF_COUNT(strays); i++) {
		const struct pf_answer *answer = pf_answer_of(facts, strays[i]);
		if (pf_has_status(answer) && (pf_words_have(answer->http.found_in_body, proof) ||
		                              pf_words_have(answer->http.begins_with, proof)))
			return true;
	}
	return false;
}

static bool is_html_mark(const char *text)
{
	for (size_t i = 0; i < HTML_MARKS; i++)
		if (strcmp(text, html_marks[i]) == 0)
			return true;
	return false;
}

/* The proof that the answer holds; NULL: none. */
static const char *proof_in(const struct pf_case *facts, const struct pf_answer *answer)
{
	const struct pf_facts_http *http = &answer->http;
	if (!pf_has_status(answer) || (http->status != 200 && http->status != 206))
		return NULL;
	for (size_t i = 0; i < http->begins_with.count; i++)
		if (!is_everywhere(facts, http->begins_with.at[i]))
			return http->begins_with.at[i];
	for (size_t i = 0; i < http->found_in_body.count; i++)
		if (is_html_mark(http->found_in_body.at[i]))
			return NULL;
	for (size_t i = 0; i < http->found_in_body.count; i++)
		if (!is_everywhere(facts, http->found_in_body.at[i]))
			return http->found_in_body.at[i];
	return NULL;
}

static bool same(struct pf_words asked, size_t skip, const char *const list[], size_t count)
{
	if (asked.count != skip + count)
		return false;
	for (size_t i = 0; i < count; i++)
		if (strcmp(asked.at[skip + i], list[i]) != 0)
			return false;
	return true;
}

/* The sort of file that this question was about, in words. */
static const char *what_of(const struct pf_ask_http *ask)
{
	for (size_t i = 0; i < PF_LEAK_COUNT; i++) {
		const struct proof *proof = &proofs[i];
		if (same(ask->look_for, HTML_MARKS, proof->texts, count_of(proof->texts, TEXTS)) &&
		    same(ask->beginnings, 0, proof->beginnings,
		         count_of(proof->beginnings, BEGINNINGS)))
			return proof->what;
	}
	return "what was looked for";
}

const char *pf_leak_found(const struct pf_case *facts, const char **tag)
{
	const char *said = NULL;
	size_t more = 0;
	for (size_t i = 0; i < facts->count; i++) {
		const struct pf_exchange *exchange = facts->exchanges[i];
		const char *proof = is_path(exchange) ? proof_in(facts, exchange->answer) : NULL;
		if (!proof)
			continue;
		more += said != NULL;
		if (said)
			continue;
		*tag = exchange->tag;
		said = pf_say(facts, "%s is served: %s (it holds \"%s\")", exchange->tag,
		              what_of(&exchange->question.http), proof);
	}
	return said && more ? pf_say(facts, "%s, and %zu more", said, more) : said;
}

static bool is_refused(const struct pf_answer *answer)
{
	return !pf_has_status(answer) || answer->http.status == 403 || pf_is_refusal(answer);
}

const char *pf_leak_nothing(const struct pf_case *facts)
{
	size_t ours = 0, hung = 0, paths = pf_leak_count(facts);
	const struct pf_exchange *first = NULL;
	for (size_t i = 0; i < facts->count; i++) {
		const struct pf_exchange *exchange = facts->exchanges[i];
		if (!is_path(exchange) || pf_has_status(exchange->answer))
			continue;
		ours += pf_outcome_is_ours(exchange->answer->outcome);
		hung++;
		first = first ? first : exchange;
	}
	bool plain = pf_answer_of(facts, "plain-stray") != NULL;
	const struct pf_answer *stray = pf_answer_of(facts, plain ? "plain-stray" : "stray");
	const struct pf_answer *again =
		pf_answer_of(facts, plain ? "plain-stray-again" : "stray-again");
	if (ours || hung * 2 > paths)
		return pf_say(facts, "%zu of %zu paths were not answered: the first, %s, %s", hung,
		              paths, first->tag, pf_outcome_sentence(first->answer->outcome));
	if (pf_is_refusal(stray))
		return pf_say(facts,
		              "a path that does not exist was answered %lld: not what a "
		              "visitor would see",
		              (long long)stray->http.status);
	if (!is_refused(stray) && is_refused(again))
		return pf_say(facts,
		              "blocked: a path that does not exist was answered like one at first, "
		              "and refused at the end (%s), so refusals in between mean nothing",
		              pf_has_status(again)
		                      ? pf_say(facts, "status %lld", (long long)again->http.status)
		                      : pf_outcome_sentence(again->outcome));
	return NULL;
}
