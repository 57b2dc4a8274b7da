/* Logs are private, lie outside what is served, and do not grow for ever.
 *
 * Log files hold addresses, names, and what went wrong with whose data. A good host lets the app
 * write them and its administrators read them, keeps them away from every served directory, and
 * has them rotated: by logrotate, by a rotating handler, or because they go to the journal.
 */
#include "disk_reader.h"

#include <string.h>

enum { LISTED = 100 };

static struct pf_question list(struct pf_asking *asking, const char *pattern, const char *end)
{
	const char *word = pf_word(asking, "%s%s", pattern, end);
	return (struct pf_question){
		.kind = PF_KIND_file,
		.file = {.patterns = pf_list(asking, 1, &word), .limit = LISTED},
	};
}

/* logrotate(8): -d reads the configuration as it will be read tonight, and changes nothing. */
static struct pf_question rehearsal(struct pf_asking *asking)
{
	static const char *const argv[] = {"/usr/sbin/logrotate", "-d", "/etc/logrotate.conf"};
	return (struct pf_question){
		.kind = PF_KIND_exec,
		.exec = {.argv = pf_list(asking, PF_COUNT(argv), argv), .limit = 1024 * 1024},
	};
}

static void ask_access(struct pf_asking *asking, const char *pattern)
{
	const struct pf_answer *files = pf_asked(asking, "files", pattern);
	const char *paths[LISTED];
	size_t count = 0;
	if (!files || files->outcome != PF_answered)
		return;
	while (count < files->file.files.count && count < LISTED) {
		paths[count] = files->file.files.at[count].path;
		count++;
	}
	if (count)
		pf_ask(asking, "access", pattern,
		       (struct pf_question){
			       .kind = PF_KIND_access,
			       .access = {.paths = pf_list(asking, count, paths)},
		       });
}

static void ask(struct pf_asking *asking)
{
	const struct pf_logs *logs = &pf_asking_site(asking)->logs;
	if (!logs->declared || !pf_vantage_in(pf_asking_vantage(asking), logs->on))
		return;
	for (size_t i = 0; i < logs->files.count; i++) {
		const char *pattern = logs->files.at[i];
		pf_ask(asking, "files", pattern, list(asking, pattern, ""));
		pf_ask(asking, "older", pattern, list(asking, pattern, "[.-]*"));
		pf_ask(asking, "logrotate", pattern, rehearsal(asking));
		pf_ask_places(asking, "places", pattern);
		ask_access(asking, pattern);
	}
}

/* In a journal they are systemd's to keep. */
static bool has_files(const struct pf_site *site)
{
	return site->logs.files.count > 0;
}

static bool is_everybody(const struct pf_entry *entry)
{
	return entry->why && strncmp(entry->why, "everybody ", 10) == 0;
}

static const struct pf_entry *open_to_all(struct pf_entries entries)
{
	for (size_t i = 0; i < entries.count; i++)
		if (is_everybody(&entries.at[i]))
			return &entries.at[i];
	return NULL;
}

static struct pf_verdict judge_private(const struct pf_case *facts)
{
	const struct pf_answer *files = pf_answer_of(facts, "files");
	const struct pf_answer *access = pf_answer_of(facts, "access");
	const char *served[] = {facts->site->static_files.root, facts->site->media.root};
	if (files->file.files.count == 0)
		return pf_unknown(facts, "files", "no such log file");
	for (size_t i = 0; i < files->file.files.count; i++)
		for (size_t k = 0; k < PF_COUNT(served); k++)
			if (pf_is_within(served[k], files->file.files.at[i].path))
				return pf_fail(facts, "files", "%s lies in the served directory %s",
				               files->file.files.at[i].path, served[k]);
	if (!access || access->outcome != PF_answered)
		return pf_unknown(facts, "access", "who may read %s could not be seen",
		                  files->file.files.at[0].path);
	const struct pf_entry *open = open_to_all(access->access.readable);
	if (!open)
		open = open_to_all(access->access.writable);
	if (open)
		return pf_fail(facts, "access", "%s (mode %04llo, owner %s): %s", open->path,
		               (unsigned long long)open->mode, open->owner, open->why);
	return pf_pass(facts, "access", "%zu files, closed to everybody who is no member",
	               access->access.found.count);
}

/* A handler of the settings that rotates this file itself. */
static bool rotates_itself(const struct pf_case *facts, const char *path)
{
	const struct pf_answer *places = pf_answer_of(facts, "places");
	const char *handler;
	for (size_t i = 0; (handler = pf_setting(facts, places, "log_file", i)) != NULL; i++) {
		const char *file = strchr(handler, ' ');
		if (file && strcmp(file + 1, path) == 0 && strstr(handler, "Rotating"))
			return true;
	}
	return false;
}

/* Does the rehearsal name the file? Its output is in escaped notation, a line ends with \n there.
 */
static bool is_considered(const struct pf_case *facts, const struct pf_answer *rehearsal,
                          const char *path)
{
	if (!rehearsal || rehearsal->outcome != PF_answered || !rehearsal->exec.errors)
		return false;
	return strstr(rehearsal->exec.errors, pf_say(facts, "considering log %s\\n", path)) != NULL;
}

static struct pf_verdict judge_rotated(const struct pf_case *facts)
{
	const struct pf_answer *files = pf_answer_of(facts, "files");
	const struct pf_answer *older = pf_answer_of(facts, "older");
	const struct pf_answer *rehearsal = pf_answer_of(facts, "logrotate");
	if (files->file.files.count == 0)
		return pf_unknown(facts, "files", "no such log file");
	const char *path = files->file.files.at[0].path;
	if (rotates_itself(facts, path))
		return pf_pass(facts, "places", "a rotating handler of the settings writes %s",
		               path);
	if (is_considered(facts, rehearsal, path))
		return pf_pass(facts, "logrotate", "logrotate's configuration covers %s", path);
	if (older && older->outcome == PF_answered && older->file.matched)
		return pf_pass(facts, "older", "older generations lie beside it, such as %s",
		               older->file.files.at[0].path);
	/* Without the program nothing is rotated by it; all else that was not seen stays so. */
	bool seen = rehearsal &&
	            (rehearsal->outcome == PF_no_program || rehearsal->outcome == PF_absent ||
	             (rehearsal->outcome == PF_answered && !rehearsal->exec.truncated));
	if (!seen || !older || pf_outcome_is_ours(older->outcome))
		return pf_unknown(facts, seen ? "older" : "logrotate",
		                  "whether %s is rotated could not be seen", path);
	return pf_fail(facts, "logrotate",
	               "%s grows for ever: %lld bytes, no older generation beside it, no rotating "
	               "handler, and logrotate's configuration does not name it",
	               path, (long long)files->file.files.at[0].size);
}

#define REFERENCE "https://docs.djangoproject.com/en/stable/howto/deployment/checklist/#logging"

static const struct pf_check checks[] = {
	{
		.id = "logging.private",
		.severity = PF_MEDIUM,
		.seen_from = "host",
		.block = "logs",
		.applies = has_files,
		.needs = "files! access?",
		.judge = judge_private,
		.title = "Log files are closed to the world and lie outside what is served",
		.why = "A log has addresses, user names, paths with tokens, and the values in "
		       "tracebacks. Every account on the machine may read what everybody may, "
		       "and below a served directory the whole world does. Who may write a log "
		       "may hide what happened.",
		.remedy = "The app writes, a group reads:\n"
			  "    chown shop:adm /var/log/shop && chmod 750 /var/log/shop\n"
			  "    chmod 640 /var/log/shop/*.log\n"
			  "systemd: in the unit of the app:\n"
			  "    [Service]\n"
			  "    LogsDirectory=shop\n"
			  "    LogsDirectoryMode=0750\n"
			  "    UMask=0027\n"
			  "logrotate: in /etc/logrotate.d/shop:\n"
			  "    /var/log/shop/*.log {\n"
			  "        create 0640 shop adm\n"
			  "    }\n",
		.reference = REFERENCE,
	},
	{
		.id = "logging.rotated",
		.severity = PF_LOW,
		.seen_from = "host",
		.block = "logs",
		.applies = has_files,
		.needs = "files! older? logrotate? places?",
		.judge = judge_rotated,
		.title = "Logs are rotated, or go to the journal",
		.why = "A log that only grows fills the disk, and then uploads, sessions and the "
		       "database stop with it. logrotate is asked what it would do "
		       "(`logrotate -d`, which changes nothing); a rotating handler of the "
		       "settings or older generations beside the file count as well.",
		.remedy = "logrotate: in /etc/logrotate.d/shop:\n"
			  "    /var/log/shop/*.log {\n"
			  "        weekly\n"
			  "        rotate 8\n"
			  "        compress\n"
			  "        missingok\n"
			  "        su shop adm\n"
			  "        create 0640 shop adm\n"
			  "    }\n"
			  "Django: so that it goes on in the new file:\n"
			  "    LOGGING['handlers']['file']['class'] = "
                          "'logging.handlers.WatchedFileHandler'\n"
			  "or log to standard error and let journald keep it (SystemMaxUse=).\n",
		.reference = REFERENCE,
	},
};

const struct pf_probe pf_probe_logs = {
	.name = "logs",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
