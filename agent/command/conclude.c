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

int pf_conclude(struct pf_invocation *invocation, const struct pf_site *site, size_t vantage_count,
                const struct pf_vantage_evidence vantages[], struct pf_words notices,
                int64_t started_at, int64_t started_us)
{
	struct pf_audit *audit =
		pf_evaluate(invocation->arena, site, pf_probe_count, pf_probes, vantage_count,
	                    vantages, &invocation->selection, NULL, pf_wall_seconds());
	int code = pf_audit_exit(audit, invocation->fail_on);
	audit->started_at = started_at;
	audit->duration_ms = (pf_now_us() - started_us) / 1000;
	for (size_t i = 0; i < notices.count; i++)
		pf_audit_notice(invocation->arena, audit, notices.at[i]);
	for (size_t i = 0; i < invocation->output_count; i++) {
		const struct pf_output *output = &invocation->outputs[i];
		struct pf_report_style style = invocation->style;
		style.fail_on = invocation->fail_on;
		const char *problem;
		if (strcmp(output->path, "-") != 0) {
			style.colour = false;
			style.columns = 80;
		}
		if (!pf_report_save(invocation->arena, audit, output->writer, &style, output->path,
		                    &problem)) {
			pf_complain("%s: %s",
			            strcmp(output->path, "-") == 0
			                    ? "standard output"
			                    : pf_escape_text(invocation->arena, output->path, 0),
			            problem);
			code = PF_EXIT_USAGE;
		}
	}
	if (code != PF_EXIT_USAGE)
		invocation->plugin_exit = pf_nagios_exit(audit, invocation->fail_on);
	return code;
}
