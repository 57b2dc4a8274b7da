/* What the script told, put as the answer of a command. */
#include "rig_story.h"

#include <string.h>

void rig_told(struct rig *rig, const char *tag, const char *lines)
{
	struct pf_answer *answer = rig_put(rig, tag, PF_KIND_exec, PF_answered);
	answer->exec.output = lines;
	answer->exec.status = strstr(lines, "postflight end=") ? 0 : 1;
}

void rig_story(struct rig *rig, const char *id, enum pf_status status, const char *text)
{
	const struct pf_finding *finding = rig_find(rig, id);
	rig_expect(rig, id, status);
	if (!strstr(finding->summary, text))
		fail_msg("%s says \"%s\", not \"%s\"", id, finding->summary, text);
	rig_free(rig);
}
