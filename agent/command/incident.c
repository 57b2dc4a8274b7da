/* postflight incident: is the site as it was, and what would an intruder use? Reads only, asks what
 * matters then and nothing else, and keeps every question and answer in a sealed transcript. */
#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "command/chronicle.h"
#include "command/gathering.h"
#include "command/incident_words.h"
#include "command/signature.h"
#include "run/transcript.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What is looked at, in the order in which an intruder would use it. Left out is what takes long
 * (reading backups to their end, the history of the code), what does not change from outside, and
 * whatever writes, though the site file may allow it: canary files, restore drills. */
static const char *const usable[] = {
	"debug.off",
	"debug.tools-absent",
	"exposure.files",
	"backups.not-served",
	"caches.only-app-servers",
	"databases.only-app-servers",
	"databases.mysql",
	"exposure.listeners",
	"exposure.process-user",
	"static.not-writable",
	"static.no-escape",
	"media.not-writable-by-others",
	"media.no-exec-bits",
	"media.no-escape",
	"media.no-secrets",
	"runserver.not-serving",
	"https.backend-hidden",
	"exposure.admin",
	"https.certificate",
	"secret-key.strength",
	"secret-key.file-private",
	"databases.password-private",
	"databases.auth-method",
	"databases.hba-rules",
	"databases.least-privilege",
	"caches.auth",
	"caches.least-privilege",
	"allowed-hosts.unknown-host-rejected",
	"allowed-hosts.no-reflection",
	"allowed-hosts.forwarded-host",
	"https.redirect-all",
	"logging.private",
	"backups.private",
};

/* "postflight-incident-shop-20261126T055753Z.jsonl": never over a file that is there. */
static const char *place_of_transcript(struct pf_invocation *invocation, const struct pf_site *site,
                                       int64_t started_at)
{
	struct pf_arena *arena = invocation->arena;
	char *name = pf_arena_copy(arena, site->name);
	const char *stamp = pf_timestamp(arena, started_at);
	const char *asked = invocation->outputs[0].path;
	if (asked)
		return asked;
	for (char *at = name; *at; at++)
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789.-", *at))
			*at = '-';
	return pf_arena_print(arena, "postflight-incident-%.60s-%.4s%.2s%.2sT%.2s%.2s%.2sZ.jsonl",
	                      name[0] == '.' ? "site" : name, stamp, stamp + 5, stamp + 8,
	                      stamp + 11, stamp + 14, stamp + 17);
}

/* The file that everything is kept in, opened before anything is asked. */
struct transcript {
	const char *path, *shown;
	FILE *out;
};

/* False: it cannot be kept there, which was told. */
static bool open_transcript(struct pf_invocation *invocation, const struct pf_site *site,
                            struct transcript *transcript)
{
	const char *path = place_of_transcript(invocation, site, pf_wall_seconds());
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	*transcript = (struct transcript){path, pf_escape_text(invocation->arena, path, 0),
	                                  fd < 0 ? NULL : fdopen(fd, "w")};
	if (transcript->out)
		return true;
	pf_complain("%s: the transcript cannot be written: %s; nothing was asked",
	            transcript->shown, strerror(errno));
	return false;
}

static void drop_transcript(const struct transcript *transcript)
{
	fclose(transcript->out);
	unlink(transcript->path);
}

/* Its seal; NULL: it could not be written, which was told. */
static const char *write_transcript(struct pf_invocation *invocation,
                                    const struct transcript *transcript,
                                    const struct pf_gathering_done *done)
{
	FILE *out = transcript->out;
	const char *seal =
		pf_transcript_write(invocation->arena, out, done->gathering.site, &done->gathered,
	                            done->gathering.vantage_count, done->gathering.started_at);
	bool well = fflush(out) == 0 && fsync(fileno(out)) == 0 && !ferror(out);
	int error = errno;
	if (fclose(out) != 0 && well) {
		well = false;
		error = errno;
	}
	if (well)
		return seal;
	pf_complain("%s: the transcript could not be written: %s", transcript->shown,
	            strerror(error));
	return NULL;
}

static int keep_transcript(struct pf_invocation *invocation, const struct transcript *transcript,
                           const struct pf_gathering_done *done)
{
	const char *seal = write_transcript(invocation, transcript, done);
	if (!seal)
		return PF_EXIT_USAGE;
	printf("\ntranscript  %s\nseal        %s\n", transcript->shown, seal);
	if (invocation->key) {
		const char *signature =
			pf_signature_make(invocation->arena, transcript->path, invocation->key);
		if (!signature)
			return PF_EXIT_USAGE;
		printf("signature   %s\n", pf_escape_text(invocation->arena, signature, 0));
	}
	puts("Note the seal elsewhere. postflight verify checks the transcript, postflight judge\n"
	     "judges it again.");
	return PF_EXIT_OK;
}

/* Asks, tells, keeps. */
static int look(const struct pf_run *run, struct pf_chronicle *chronicle,
                const struct transcript *transcript)
{
	struct pf_invocation *invocation = run->invocation;
	struct pf_gathering_done done = pf_run_gather(run, invocation->arena);
	if (pf_signal) {
		pf_complain("interrupted: nothing was written");
		drop_transcript(transcript);
		return PF_EXIT_SIGNAL + pf_signal;
	}
	struct pf_audit *audit = pf_audit_of(invocation, invocation->arena, &done.gathering,
	                                     pf_chronicle_memory(chronicle));
	pf_incident_tell(invocation, chronicle->history, audit, invocation->selection.only);
	int kept = keep_transcript(invocation, transcript, &done);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		pf_complain("standard output: %s", strerror(errno));
		return PF_EXIT_USAGE;
	}
	return kept != PF_EXIT_OK ? kept : pf_audit_exit(audit, invocation->fail_on);
}

int pf_do_incident(struct pf_invocation *invocation)
{
	struct pf_run run = {.invocation = invocation};
	struct pf_chronicle chronicle;
	struct transcript transcript;
	invocation->selection.only = (struct pf_words){usable, PF_COUNT(usable)};
	if (!pf_run_begin(&run) || !open_transcript(invocation, &run.loaded.site, &transcript))
		return PF_EXIT_USAGE;
	int code = PF_EXIT_USAGE;
	run.loaded.site.allow_writes = false;
	pf_catch_signals();
	if (pf_chronicle_open(invocation, &run.loaded.site, false, &chronicle)) {
		code = look(&run, &chronicle, &transcript);
		pf_history_close(chronicle.history);
	} else {
		drop_transcript(&transcript);
	}
	return code;
}
