/* Where the copies of a backup set are: on the machine that keeps the set, on another, or in a
 * place that cannot be told from here. */
#ifndef PF_PROBES_PLACE_READER_H
#define PF_PROBES_PLACE_READER_H

#include "postflight/probe.h"

enum pf_where {
	PF_WHERE_UNKNOWN,
	PF_WHERE_HERE, /* on the file systems of this vantage */
	PF_WHERE_AWAY, /* on another machine, or with somebody who keeps objects */
};

struct pf_whereabouts {
	enum pf_where where;
	const char *words; /* "over sftp", "on nfs"; what cannot be told */
	const char *host;  /* of another machine, where one is named; NULL: not */
};

/* Asks what it takes to know, about `subject`: the file system below files and repositories ("mount
 * NAME"), pgBackRest's own configuration ("repositories NAME"). Call it on every round; false: the
 * answers are not in yet. */
bool pf_whereabouts(struct pf_asking *asking, const struct pf_backup *set, const char *subject,
                    struct pf_whereabouts *found);

/* "sftp:user@host:/path", "ssh://host/path", "rest:https://host:8000/", "s3:...", a path: of restic
 * and borg. `host` is cut to fit; "" where no machine is named. */
enum pf_where pf_repository_place(const char *repository, char *host, size_t room);

/* A name or address of the very machine that uses it. */
bool pf_is_own_name(const char *host);

#endif
