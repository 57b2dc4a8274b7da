/* Sets that a tool keeps (pgBackRest, Barman, restic, borg): what each is asked on the backup host,
 * and what its answers say, put into the same few words for all of them. */
#ifndef POSTFLIGHT_TOOL_READER_H
#define POSTFLIGHT_TOOL_READER_H

#include "postflight/probe.h"

/* Is the set kept by one of these tools? */
bool pf_is_tool_set(const struct pf_backup *set);

/* Is there such a set in the site file? */
bool pf_has_tool_set(const struct pf_site *site);

/* Can the tool bring the database back as it was at any time since its oldest backup? */
bool pf_tool_replays(const struct pf_backup *set);

/* The tool's name, as people write it. */
const char *pf_tool_name(const struct pf_backup *set);

/* Asks the tool what it keeps: tag "kept". The tools' own users run them, their output is JSON,
 * their clock is set to UTC, and they take no lock and keep no cache. */
void pf_ask_kept(struct pf_asking *asking, const struct pf_backup *set, const char *subject);

/* Asks pgBackRest what is in the backup of that name: tag "contents". */
void pf_ask_kept_one(struct pf_asking *asking, const struct pf_backup *set, const char *subject,
                     const char *name);

/* Has the tool check what it keeps: tag "verified", of borg once it is known what there is; and
 * looks for locks beside a repository on that host: tag "locks". */
void pf_ask_verified(struct pf_asking *asking, const struct pf_backup *set, const char *subject);

enum pf_kept_state {
	PF_KEPT_UNTOLD, /* the answer says nothing of what is kept */
	PF_KEPT_NONE,   /* the tool says that there is no backup, or no such repository */
	PF_KEPT_SOME,
};

enum { PF_KEPT_NAME = 80, PF_KEPT_WORDS = 200, PF_KEPT_TIMES = 16 };

/* What a tool says that it keeps. Times are seconds since 1970, when a backup was complete. */
struct pf_kept {
	enum pf_kept_state state;
	size_t count;                 /* backups that are whole, as far as the tool can tell */
	int64_t newest, oldest;       /* 0: not told */
	char name[PF_KEPT_NAME];      /* of the newest */
	char trouble[PF_KEPT_WORDS];  /* the tool's own complaint about the whole; "": none */
	char broken[PF_KEPT_NAME];    /* what is wrong with the newest attempt; "": nothing */
	char cipher[PF_KEPT_NAME];    /* "none", or how it is encrypted; "": not told */
	int64_t times[PF_KEPT_TIMES]; /* the newest, newest first; 0: no more */
	bool busy;                    /* a backup runs just now */
};

/* Reads an answer to "kept". It must be that of a question about this set. */
struct pf_kept pf_kept_read(const struct pf_backup *set, const struct pf_answer *answer);

/* Why a command's answer is of no use: it flooded, was ended by a signal, asked for something,
 * found a lock, or its last words. */
const char *pf_tool_untold(const struct pf_case *facts, const struct pf_backup *set,
                           const struct pf_answer *answer);

/* What came of checking. */
struct pf_verified {
	enum pf_status status; /* PF_PASS, PF_FAIL or PF_UNKNOWN */
	const char *words;
};

struct pf_verified pf_verified_read(const struct pf_case *facts, const struct pf_backup *set,
                                    const struct pf_answer *answer);

#endif
