/* The drill driver: what the ledger says of a backup set's last restore, and a new one where it is
 * due and the operator consents. Restoring is done by the files drill_*.c, each for one kind of
 * copy. */
#include "drivers/drill_run.h"

#include "base/clock.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK = 256 * 1024 };

static const int64_t DIGEST_BYTES = 1024 * 1024 * 1024; /* larger ones are told by size and date */

struct question {
	struct pf_arena *arena;
	const struct pf_ask_drill *ask;
	const char *state;
	int64_t started_us;
	struct pf_facts_drill facts;
};

/* The one way out. */
static struct pf_answer end(const struct question *question, enum pf_outcome outcome,
                            const char *detail)
{
	struct pf_answer answer = {
		.kind = PF_KIND_drill,
		.outcome = outcome,
		.detail = pf_escape_again(question->arena, detail, PF_DETAIL_BYTES),
		.at = pf_wall_seconds(),
		.took_us = pf_now_us() - question->started_us,
	};
	if (outcome == PF_answered)
		answer.drill = question->facts;
	return answer;
}

static void tell(struct question *question, const struct pf_drill_record *record)
{
	struct pf_facts_drill *facts = &question->facts;
	const struct pf_drill_entry *last = &record->last;
	facts->restored_at = record->restored_at;
	facts->spoiled = record->spoiled;
	if (!record->any)
		return;
	facts->result = last->restored ? "restored" : "failed";
	facts->drilled_at = last->at;
	facts->path = last->path;
	facts->size = last->size;
	facts->modified = last->modified;
	facts->made_at = last->made_at;
	facts->digest = last->digest;
	facts->tables = last->tables;
	facts->rows = last->rows;
	facts->migrations = last->migrations;
	facts->migration = last->migration;
	facts->migrated_at = last->migrated_at;
	facts->took_ms = last->took_ms;
	facts->error = last->error;
}

/* At half of the time that a drill is good for, so that a timer of that very period keeps it; and
 * after one that failed. */
static bool is_due(const struct pf_drill_record *record, int64_t now, int64_t max_age)
{
	bool failed = record->any && !record->last.restored;
	return failed || now - record->restored_at > max_age / 2;
}

/* NULL: it is a directory, too large, or there is no time. */
static const char *digest_of(struct pf_arena *arena, const char *path, int64_t size,
                             int64_t deadline_us)
{
	unsigned char sum[EVP_MAX_MD_SIZE], *bytes = pf_arena_take(arena, CHUNK);
	unsigned length = 0;
	ssize_t count = 0;
	int fd = size <= DIGEST_BYTES ? open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
	                              : -1;
	EVP_MD_CTX *context = fd >= 0 ? EVP_MD_CTX_new() : NULL;
	bool done = context && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1;
	while (done && pf_now_us() < deadline_us && (count = read(fd, bytes, CHUNK)) > 0)
		done = EVP_DigestUpdate(context, bytes, (size_t)count) == 1;
	done = done && count == 0 && EVP_DigestFinal_ex(context, sum, &length) == 1;
	EVP_MD_CTX_free(context);
	if (fd >= 0)
		close(fd);
	char *text = pf_arena_take(arena, 2 * sizeof sum + 1);
	for (unsigned i = 0; done && i < length; i++)
		sprintf(text + 2 * (size_t)i, "%02x", sum[i]);
	return done ? text : NULL;
}

static bool is_one_of(const char *form, const char *const forms[], size_t count)
{
	return pf_words_have((struct pf_words){forms, count}, form);
}

/* The way to restore what it is; NULL: there is none here, *why says so. */
static void (*way_for(const struct pf_ask_drill *ask, const char **why))(struct pf_drill_run *)
{
	static const char *const postgres[] = {"pg_dump custom", "pg_dump directory", "pg_dump tar",
	                                       "pg_dump plain"};
	static const char *const secret[] = {"age", "gpg", "openssl enc"};
	bool to_postgres = strncmp(ask->into, "postgres", strlen("postgres")) == 0;
	bool to_mysql = strncmp(ask->into, "mysql", strlen("mysql")) == 0;
	bool to_sqlite = strncmp(ask->into, "sqlite", strlen("sqlite")) == 0;
	*why = "restore_into is no server that such a copy can be restored into";
	if (is_one_of(ask->form, secret, 3))
		*why = "it is encrypted, and the key is not here";
	else if (strcmp(ask->form, "pg_dumpall") == 0)
		*why = "it is of a whole cluster; a drill takes the dump of one database (pg_dump)";
	else if (to_postgres && is_one_of(ask->form, postgres, 4))
		return pf_drill_postgres;
	else if (to_mysql && strcmp(ask->form, "mysqldump") == 0)
		return pf_drill_mysql;
	else if (to_sqlite && strcmp(ask->form, "sqlite") == 0 && !ask->packing)
		return pf_drill_sqlite;
	else if (strcmp(ask->form, "sqlite") == 0)
		*why = "a copy of SQLite is checked where it lies: restore_into is sqlite:///tmp, "
		       "and the copy is not packed";
	return NULL;
}

/* Not begun where it cannot end well. */
static bool is_ready(struct question *question, struct pf_drill_run *run)
{
	const struct pf_ask_drill *ask = question->ask;
	struct stat seen;
	char *path;
	size_t length;
	run->hurdle = "the newest copy could not be read";
	if (!ask->path || !ask->form || !ask->into)
		return false;
	run->hurdle = "the name of the copy makes no sense";
	if (!pf_unescape(question->arena, ask->path, &path, &length) || strlen(path) != length ||
	    *path != '/')
		return false;
	run->path = path;
	run->hurdle = NULL;
	if (lstat(path, &seen) != 0) {
		run->hurdle = pf_error_words(errno);
		return false;
	}
	run->entry = (struct pf_drill_entry){.set = ask->set,
	                                     .path = ask->path,
	                                     .size = (int64_t)seen.st_size,
	                                     .modified = (int64_t)seen.st_mtime,
	                                     .made_at = ask->made_at};
	return true;
}

/* What restores without a word may still be nothing. */
static void look_at_counts(struct pf_drill_run *run)
{
	struct pf_drill_entry *entry = &run->entry;
	if (!entry->restored)
		return;
	if (entry->tables == 0)
		entry->error = "it restores, and there is no table in it";
	else if (run->ask->of_django && entry->migrations < 0)
		entry->error = "it restores, and there is no django_migrations in it";
	else if (run->ask->of_django && entry->migrations == 0)
		entry->error = "it restores, and its django_migrations is empty";
	entry->restored = !entry->error;
}

/* Makes it, and notes how it ended, if it did. */
static void drill(struct question *question, struct pf_drill_run *run,
                  void (*way)(struct pf_drill_run *))
{
	int64_t began = pf_now_us();
	way(run);
	question->facts.hurdle = run->hurdle;
	question->facts.left = run->left;
	if (run->hurdle)
		return;
	look_at_counts(run);
	run->entry.took_ms = (pf_now_us() - began) / 1000;
	run->entry.digest =
		digest_of(question->arena, run->path, run->entry.size, run->deadline_us);
	run->entry.at = pf_wall_seconds();
	question->facts.drilled = true;
	if (!pf_ledger_add(question->arena, question->state, &run->entry))
		question->facts.hurdle =
			pf_arena_print(question->arena, "the ledger in %s cannot be written: %s",
		                       question->state, pf_error_words(errno));
}

static void drill_if_due(struct question *question, struct pf_drill_record *record, bool consent,
                         pf_seal *seal, int64_t deadline_us)
{
	struct pf_facts_drill *facts = &question->facts;
	struct pf_drill_run run = {
		.arena = question->arena,
		.ask = question->ask,
		.state = question->state,
		.deadline_us = deadline_us,
		.seal = seal,
	};
	facts->due = is_due(record, facts->now, question->ask->max_age);
	if (!facts->due)
		return;
	facts->no_consent = !consent;
	if (!consent) {
		facts->hurdle = "a drill writes, and that needs --allow-writes";
		return;
	}
	bool ready = is_ready(question, &run);
	void (*way)(struct pf_drill_run *) = ready ? way_for(question->ask, &run.hurdle) : NULL;
	if (!way) {
		facts->hurdle = run.hurdle;
		return;
	}
	run.hurdle = NULL;
	drill(question, &run, way);
	if (!facts->drilled)
		return;
	record->last = run.entry;
	record->any = true;
	if (run.entry.restored)
		record->restored_at = run.entry.at;
}

struct pf_answer pf_drill_answer(struct pf_arena *arena, const struct pf_ask_drill *ask,
                                 const char *state, bool consent, pf_seal *seal,
                                 int64_t deadline_us)
{
	struct question question = {
		.arena = arena, .ask = ask, .state = state, .started_us = pf_now_us()};
	struct pf_drill_record record;
	bool only_look = ask->step && strcmp(ask->step, "ledger") == 0;
	if (!ask->set || (!only_look && (!ask->step || strcmp(ask->step, "drill") != 0)))
		return end(&question, PF_malformed_question,
		           "the step is neither drill nor ledger");
	if (!state)
		return end(&question, PF_no_resources,
		           "there is no state directory for the ledger of drills");
	question.facts.now = pf_wall_seconds();
	pf_ledger_look(arena, state, ask->set, question.facts.now, &record);
	if (!only_look)
		drill_if_due(&question, &record, consent, seal, deadline_us);
	tell(&question, &record);
	return end(&question, PF_answered, NULL);
}
