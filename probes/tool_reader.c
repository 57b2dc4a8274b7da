/* What the backup tools say that they keep, read from their JSON. */
#include "tool_reader.h"

#include "date_reader.h"
#include "json_reader.h"

#include <string.h>

enum { OTHER = 99 };

static struct pf_printed get(struct pf_printed object, const char *first, const char *second)
{
	return pf_printed_get(pf_printed_get(object, first), second);
}

static void copy(char *to, const char *text)
{
	size_t length = strnlen(text, PF_KEPT_NAME - 1);
	memcpy(to, text, length);
	to[length] = '\0';
}

/* Puts it among the newest, in its place. */
static void keep_time(struct pf_kept *kept, int64_t when)
{
	size_t at = PF_KEPT_TIMES;
	while (at > 0 && kept->times[at - 1] < when) {
		at--;
		if (at + 1 < PF_KEPT_TIMES)
			kept->times[at + 1] = kept->times[at];
	}
	if (at < PF_KEPT_TIMES)
		kept->times[at] = when;
}

/* One backup that is whole. */
static void take(struct pf_kept *kept, int64_t when, struct pf_printed name)
{
	kept->state = PF_KEPT_SOME;
	kept->count++;
	keep_time(kept, when);
	if (when && (!kept->oldest || when < kept->oldest))
		kept->oldest = when;
	if (kept->count > 1 && when <= kept->newest)
		return;
	kept->newest = when;
	pf_printed_text(name, kept->name, sizeof kept->name);
}

/* ---- pgBackRest: https://pgbackrest.org/command.html#command-info ---- */

/* One for the whole where all repositories agree, "mixed" where they do not. */
static void read_cipher(struct pf_printed stanza, struct pf_kept *kept)
{
	struct pf_printed repositories = pf_printed_get(stanza, "repo"), one = {NULL};
	pf_printed_text(pf_printed_get(stanza, "cipher"), kept->cipher, sizeof kept->cipher);
	while (pf_printed_each(repositories, &one, NULL))
		if (pf_printed_is(pf_printed_get(one, "cipher"), "none"))
			copy(kept->cipher, "none");
}

static void read_pgbackrest_backups(struct pf_printed stanza, struct pf_kept *kept)
{
	struct pf_printed one = {NULL};
	bool faulty = false;
	while (pf_printed_each(pf_printed_get(stanza, "backup"), &one, NULL)) {
		int64_t stop = pf_printed_number(get(one, "timestamp", "stop"), 0);
		bool is_newest = stop >= kept->newest;
		take(kept, stop, pf_printed_get(one, "label"));
		if (is_newest)
			faulty = pf_printed_true(pf_printed_get(one, "error"));
	}
	if (faulty)
		copy(kept->broken, "pages of the database had wrong checksums when it was made");
}

/* Of the repositories' own, which say more than the whole's "other". */
static struct pf_printed first_message(struct pf_printed stanza)
{
	struct pf_printed one = {NULL};
	while (pf_printed_each(pf_printed_get(stanza, "repo"), &one, NULL))
		if (pf_printed_number(get(one, "status", "code"), 0))
			return get(one, "status", "message");
	return get(stanza, "status", "message");
}

static void read_pgbackrest(struct pf_printed root, struct pf_kept *kept)
{
	struct pf_printed stanza = {NULL};
	if (!pf_printed_is_list(root))
		return;
	kept->state = PF_KEPT_NONE;
	if (!pf_printed_each(root, &stanza, NULL)) {
		copy(kept->trouble, "it knows no such stanza");
		return;
	}
	struct pf_printed status = pf_printed_get(stanza, "status");
	int64_t code = pf_printed_number(pf_printed_get(status, "code"), -1);
	/* Other: a repository could not be asked, which does not make it empty. */
	if (code < 0 || code == OTHER)
		kept->state = PF_KEPT_UNTOLD;
	if (code > 0)
		pf_printed_text(pf_printed_get(status, "message"), kept->trouble,
		                sizeof kept->trouble);
	if (code > 0 && !*kept->trouble)
		copy(kept->trouble, "its status is not 0");
	if (code == OTHER)
		pf_printed_text(first_message(stanza), kept->trouble, sizeof kept->trouble);
	kept->busy = pf_printed_true(pf_printed_get(get(status, "lock", "backup"), "held"));
	read_cipher(stanza, kept);
	read_pgbackrest_backups(stanza, kept);
}

/* ---- Barman: list-backup ---- */

static void read_barman_backup(struct pf_printed one, struct pf_kept *kept, int64_t *latest)
{
	struct pf_printed status = pf_printed_get(one, "status");
	int64_t when = pf_printed_number(pf_printed_get(one, "end_time_timestamp"), 0);
	bool whole = pf_printed_is(status, "DONE") || pf_printed_is(status, "WAITING_FOR_WALS");
	bool first = *latest == 0;
	*latest = 1;
	if (whole)
		take(kept, when, pf_printed_get(one, "backup_id"));
	/* They come newest first. */
	if (first && pf_printed_is(status, "FAILED"))
		copy(kept->broken, "the last attempt failed");
	if (pf_printed_is(status, "STARTED") || pf_printed_is(status, "SYNCING"))
		kept->busy = true;
}

static void read_barman(struct pf_printed root, struct pf_kept *kept)
{
	struct pf_printed server = {NULL}, key = {NULL}, one = {NULL}, error = {NULL};
	int64_t latest = 0;
	if (pf_printed_each(pf_printed_get(root, "_ERROR"), &error, NULL)) {
		pf_printed_text(error, kept->trouble, sizeof kept->trouble);
		kept->state = strncmp(kept->trouble, "Unknown server", 14) == 0 ? PF_KEPT_NONE
		                                                                : PF_KEPT_UNTOLD;
		return;
	}
	if (!pf_printed_is_object(root) || !pf_printed_each(root, &server, &key) ||
	    !pf_printed_is_list(server))
		return;
	kept->state = PF_KEPT_NONE;
	while (pf_printed_each(server, &one, NULL)) {
		read_barman_backup(one, kept, &latest);
		struct pf_printed cipher = pf_printed_get(one, "encryption");
		if (cipher.at && !*kept->cipher)
			pf_printed_text(cipher, kept->cipher, sizeof kept->cipher);
	}
	/* Versions that say nothing of it cannot encrypt. */
	if (!*kept->cipher)
		copy(kept->cipher, "none");
}

/* ---- restic: snapshots ---- */

static int64_t time_in(struct pf_printed value)
{
	char text[PF_KEPT_NAME];
	return pf_iso_read(pf_printed_text(value, text, sizeof text));
}

static void read_restic(struct pf_printed root, struct pf_kept *kept)
{
	struct pf_printed one = {NULL};
	if (!pf_printed_is_list(root))
		return;
	kept->state = PF_KEPT_NONE;
	copy(kept->cipher, "restic's own");
	while (pf_printed_each(root, &one, NULL))
		take(kept, time_in(pf_printed_get(one, "time")), pf_printed_get(one, "short_id"));
}

/* ---- borg: list. Its times have no zone and are local; it was told that it lives in UTC. ---- */

static void read_borg(struct pf_printed root, struct pf_kept *kept)
{
	struct pf_printed archives = pf_printed_get(root, "archives"), one = {NULL};
	if (!pf_printed_is_list(archives))
		return;
	kept->state = PF_KEPT_NONE;
	pf_printed_text(get(root, "encryption", "mode"), kept->cipher, sizeof kept->cipher);
	/* Signed, and for everybody to read. */
	if (strncmp(kept->cipher, "authenticated", 13) == 0)
		copy(kept->cipher, "none");
	while (pf_printed_each(archives, &one, NULL))
		take(kept, time_in(pf_printed_get(one, "start")), pf_printed_get(one, "name"));
}

static const struct {
	const char *tool;
	void (*read)(struct pf_printed root, struct pf_kept *kept);
} readers[] = {
	{"pgbackrest", read_pgbackrest},
	{"barman", read_barman},
	{"restic", read_restic},
	{"borg", read_borg},
};

/* Told on the standard error stream instead. */
static bool says_absent(const struct pf_facts_exec *said)
{
	static const char *const words[] = {
		"no such file or directory",
		"repository does not exist",
		"does not exist.",
		"is not a valid repository",
	};
	const char *errors = said->errors ? said->errors : "";
	for (size_t i = 0; i < PF_COUNT(words); i++)
		if (strstr(errors, words[i]) && !strstr(errors, "password"))
			return true;
	return said->status == 10;
}

struct pf_kept pf_kept_read(const struct pf_backup *set, const struct pf_answer *answer)
{
	struct pf_kept kept = {.state = PF_KEPT_UNTOLD};
	if (!answer || answer->kind != PF_KIND_exec || answer->outcome != PF_answered)
		return kept;
	const struct pf_facts_exec *said = &answer->exec;
	struct pf_printed root = pf_printed_root(said->truncated ? NULL : said->output);
	for (size_t i = 0; i < PF_COUNT(readers) && root.at; i++)
		if (strcmp(readers[i].tool, set->tool) == 0)
			readers[i].read(root, &kept);
	bool is_repository = strcmp(set->tool, "restic") == 0 || strcmp(set->tool, "borg") == 0;
	if (kept.state == PF_KEPT_UNTOLD && is_repository && said->status > 0 &&
	    says_absent(said)) {
		kept.state = PF_KEPT_NONE;
		copy(kept.trouble, "there is no such repository");
	}
	return kept;
}
