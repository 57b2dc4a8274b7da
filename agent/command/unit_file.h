/* What a systemd unit says of the application server it starts (systemd.exec(5),
 * systemd.service(5)). Read as text; nothing is run. */
#ifndef PF_COMMAND_UNIT_FILE_H
#define PF_COMMAND_UNIT_FILE_H

#include "base/arena.h"

struct pf_unit {
	const char *path;
	const char *user, *directory, *env_file; /* NULL: not said */
	const char *program;                     /* first word of ExecStart */
	const char *settings;                    /* DJANGO_SETTINGS_MODULE */
	const char *bind;                        /* "127.0.0.1:8000" or "unix:/run/shop.sock" */
	bool serves;                             /* it starts gunicorn, uvicorn or their like */
};

/* Reads the text of a unit into `unit`; what a drop-in says comes after and counts. */
void pf_unit_read_text(struct pf_arena *arena, const char *text, struct pf_unit *unit);

/* The first unit of those directories that serves `project` (NULL: any directory that holds
 * manage.py). False: there is none. */
bool pf_unit_find(struct pf_arena *arena, const char *const folders[], size_t count,
                  const char *project, struct pf_unit *unit) PF_MUST_USE;

#endif
