/* The end of every audit: verdicts, score, reports, exit code. */
#include "base/clock.h"
#include "base/text.h"
#include "command/command.h"
#include "run/registry.h"

#include <string.h>

bool pf_is_plugin(const struct pf_invocation *invocation)
{
	const struct pf_output *output = &invocation->outputs[0];
	return invocation->output_count == 1 && strcmp(output->writer->format, "nagios") == 0 &&
	       strcmp(output->path, "-") == 0;
}

struct pf_audit *pf_audit_of(struct pf_invocation *invocation, struct pf_arena *arena,
                             const struct pf_gathering *gathering, const struct pf_memory *memory)
{
	struct pf_audit *audit = pf_evaluate(arena, gathering->site, pf_probe_count, pf_probes,
	                                     gathering->vantage_count, gathering->vantages,
	                                     &invocation->selection, memory, pf_wall_seconds());
	audit->started_at = gathering->started_at;
	audit->duration_ms = (pf_now_us() - gathering->started_us) / 1000;
	for (size_t i = 0; i < gathering->notices.count; i++)
		pf_audit_notice(arena, audit, gathering->notices.at[i]);
	return audit;
}

/* False: it could not be written, and that was told. */
static bool write_report(struct pf_invocation *invocation, struct pf_arena *arena,
                         const struct pf_audit *audit, const struct pf_output *output)
{
	struct pf_report_style style = invocation->style;
	const char *problem;
	bool to_stdout = strcmp(output->path, "-") == 0;
	style.fail_on = invocation->fail_on;
	if (!to_stdout) {
		style.colour = false;
		style.columns = 80;
	}
	if (pf_report_save(arena, audit, output->writer, &style, output->path, &problem))
		return true;
	pf_complain("%s: %s",
	            to_stdout ? "standard output" : pf_escape_text(arena, output->path, 0),
	            problem);
	return false;
}

int pf_conclude(struct pf_invocation *invocation, struct pf_arena *arena,
                const struct pf_audit *audit)
{
	int code = pf_audit_exit(audit, invocation->fail_on);
	for (size_t i = 0; i < invocation->output_count; i++)
		if (!write_report(invocation, arena, audit, &invocation->outputs[i]))
			code = PF_EXIT_USAGE;
	if (code != PF_EXIT_USAGE)
		invocation->plugin_exit = pf_nagios_exit(audit, invocation->fail_on);
	return code;
}
