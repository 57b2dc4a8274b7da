/* A dump in plain SQL on its way into psql or mariadb: what would hand things to other roles is
 * left out, as pg_restore --no-owner --no-acl does, and the dump's own \restrict lines, since psql
 * reads all of it in restricted mode: there it refuses every other command that begins with a
 * backslash. Dumps of MySQL name their database: that is left out, so that they go where they are
 * sent. */
#ifndef PF_DRIVERS_DRILL_SCRIPT_H
#define PF_DRIVERS_DRILL_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>

enum { PF_SCRIPT_HEAD = 128 * 1024, PF_SCRIPT_TOKEN = 80 };

struct pf_script {
	char head[PF_SCRIPT_HEAD]; /* of the line at hand, as long as it is not decided on */
	size_t count;
	enum { PF_LINE_HEAD, PF_LINE_PASSED, PF_LINE_DROPPED } line;
	bool of_mysql;  /* else of PostgreSQL */
	bool in_data;   /* between COPY ... FROM stdin; and \. */
	bool elsewhere; /* it makes or goes to another database: nothing more is passed on */
	char token[PF_SCRIPT_TOKEN]; /* of \restrict; empty: none yet */
	/* False: nobody takes any more. */
	bool (*put)(void *context, const char *bytes, size_t count);
	void *context;
};

/* Feeds bytes as they come; false: nobody takes any more, or nobody should. */
bool pf_script_feed(struct pf_script *script, const char *bytes, size_t count);

/* The input has ended: what is left of the last line goes out. */
bool pf_script_end(struct pf_script *script);

#endif
