/* Files that should never be served, and the proof by content that one is. No byte of them becomes
 * evidence: the question says what to look for, the answer which of it was there. */
#ifndef PF_PROBES_LEAK_READER_H
#define PF_PROBES_LEAK_READER_H

#include "visit_reader.h"

/* Sorts of files, each with what proves one (leak_reader.c). */
enum pf_leak {
	PF_LEAK_ENVIRONMENT,
	PF_LEAK_SETTINGS,
	PF_LEAK_PYTHON,
	PF_LEAK_BYTECODE,
	PF_LEAK_SWAP,
	PF_LEAK_GIT,
	PF_LEAK_SVN,
	PF_LEAK_OTHER_VCS,
	PF_LEAK_SQLITE,
	PF_LEAK_DUMP,
	PF_LEAK_FIXTURE,
	PF_LEAK_ARCHIVE,
	PF_LEAK_KEY,
	PF_LEAK_PASSWORDS,
	PF_LEAK_COMPOSE,
	PF_LEAK_PACKAGES,
	PF_LEAK_LOG,
	PF_LEAK_EDITOR,
	PF_LEAK_BACKUP,
	PF_LEAK_COUNT
};

/* GET of the first bytes of `path`, told apart by it. */
void pf_ask_leak(struct pf_asking *asking, const struct pf_place *place, const char *path,
                 enum pf_leak sort);

/* Two paths that cannot exist below `below` ("/"), one of them hidden: what is "found" there is
 * found everywhere. Tags "stray" and "stray-hidden", and once all else is answered, "stray-again".
 * Call it on every round. */
void pf_ask_strays(struct pf_asking *asking, const struct pf_place *place, const char *below);

/* One such path over plain HTTP: tags "plain-stray" and "plain-stray-again". */
void pf_ask_plain_stray(struct pf_asking *asking, const struct pf_place *place);

/* The first leak of the case, said in one line ("/.env is served: ..."), and how many more there
 * are; NULL: none. *tag becomes its tag. */
const char *pf_leak_found(const struct pf_case *facts, const char **tag);

/* Why a case without a leak says nothing: paths that were not answered by our own doing, or a site
 * that stopped answering this audit on the way. NULL: all paths were looked at. */
const char *pf_leak_nothing(const struct pf_case *facts);

/* How many paths were asked for. */
size_t pf_leak_count(const struct pf_case *facts);

#endif
