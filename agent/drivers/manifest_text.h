/* The manifest that collectstatic writes: staticfiles.json of Django's ManifestStaticFilesStorage,
 * versions 1.0 and 1.1. https://docs.djangoproject.com/en/stable/ref/contrib/staticfiles/ */
#ifndef PF_DRIVERS_MANIFEST_TEXT_H
#define PF_DRIVERS_MANIFEST_TEXT_H

#include "base/arena.h"

enum { PF_MANIFEST_BYTES = 8 * 1024 * 1024 };

/* The hashed names in the order of the file, raw bytes; *version is escaped. False: it is no such
 * manifest, *problem says why in one clause. */
bool pf_manifest_read(struct pf_arena *arena, const char *bytes, size_t count,
                      struct pf_words *names, const char **version, const char **problem);

/* Does it stay below the directory it is relative to? */
bool pf_manifest_name_is_inside(const char *name);

/* Does it stand for itself in a URL? */
bool pf_manifest_name_is_plain(const char *name);

#endif
