/* A tree of twelve entries, one process, files that are the site's alone. */
#include "rig_disk.h"

#include <string.h>

static const char *const options[] = {"nosuid", "nodev", "noexec"};
static const char *const digests[] = {"control"};
static const char *const command[] = {"/usr/bin/python3", "/usr/bin/gunicorn", "shop.wsgi"};
static const struct pf_process process = {.pid = 77,
                                          .uid = 1,
                                          .user = "shop",
                                          .name = "gunicorn",
                                          .program = "/usr/bin/python3",
                                          .directory = "/srv/shop",
                                          .command = {command, 3}};
static const struct pf_entry file = {
	.path = "/etc/shop/key", .type = "file", .mode = 0600, .owner = "shop", .group = "shop"};

struct pf_answer disk_answer(const struct pf_question *question)
{
	struct pf_answer answer = {.kind = question->kind, .outcome = PF_answered};
	switch (question->kind) {
	case PF_KIND_tree:
		answer.tree = (struct pf_facts_tree){
			.entries = 12, .directories = 3, .mount = {options, 3}};
		break;
	case PF_KIND_access:
		answer.access.found = (struct pf_entries){&file, 1};
		break;
	case PF_KIND_process:
		answer.process.running = 1;
		answer.process.processes = (struct pf_processes){&process, 1};
		break;
	case PF_KIND_canary:
		answer.canary.digests = (struct pf_words){digests, 1};
		break;
	default:
		break;
	}
	return answer;
}

bool disk_serves(const struct pf_ask_http *ask, struct pf_answer *answer)
{
	const char *name = strstr(ask->url, "/media/pf-");
	if (!name || !strchr(name + strlen("/media/"), '/'))
		return false; /* canaries have a directory of their own */
	static const char *const headers[] = {"x-content-type-options: nosniff",
	                                      "content-disposition: attachment"};
	bool text = strstr(name, "/x.txt") != NULL;
	*answer = (struct pf_answer){.kind = PF_KIND_http, .outcome = PF_answered};
	answer->http.status = text ? 200 : 404;
	answer->http.headers = (struct pf_words){headers, 2};
	answer->http.digest = text ? digests[0] : "none";
	return true;
}
