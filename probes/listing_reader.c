/* Lists of files, known by their titles or by the link that leads up. */
#include "listing_reader.h"

#include "response_reader.h"

#include <string.h>

static const char *const marks[] = {"<a href=\"../\">", ">Parent Directory<", "<a href=\"../\" ",
                                    "<h1>Index of "};

static void ask_directory(struct pf_asking *asking, const struct pf_place *place, const char *tag,
                          const char *path)
{
	struct pf_question question = pf_visit(asking, place, path);
	for (size_t i = 0; i < PF_COUNT(marks); i++)
		pf_look_for(asking, &question, marks[i]);
	pf_ask(asking, tag, place->subject, question);
}

void pf_ask_listing(struct pf_asking *asking, const struct pf_place *place, const char *tag,
                    const char *root, const char *tag_below, const char *file)
{
	const char *slash = file ? strrchr(file, '/') : NULL;
	ask_directory(asking, place, tag, root);
	if (slash && (size_t)(slash + 1 - file) > strlen(root))
		ask_directory(asking, place, tag_below,
		              pf_word(asking, "%.*s", (int)(slash + 1 - file), file));
}

bool pf_is_listing(const struct pf_answer *answer)
{
	static const char *const titles[] = {"Index of ", "Directory listing for "};
	if (!pf_has_status(answer) || answer->http.status != 200)
		return false;
	for (size_t i = 0; i < PF_COUNT(titles); i++)
		if (answer->http.title &&
		    strncmp(answer->http.title, titles[i], strlen(titles[i])) == 0)
			return true;
	for (size_t i = 0; i < PF_COUNT(marks); i++)
		if (pf_words_have(answer->http.found_in_body, marks[i]))
			return true;
	return false;
}

struct pf_verdict pf_judge_listing(const struct pf_case *facts, const char *tag,
                                   const char *tag_below)
{
	const char *tags[] = {tag, tag_below};
	for (size_t i = 0; i < PF_COUNT(tags); i++) {
		const struct pf_exchange *exchange = pf_exchange_of(facts, tags[i]);
		if (exchange && pf_is_listing(exchange->answer))
			return pf_fail(facts, tags[i], "%s lists its files",
			               exchange->question.http.url);
	}
	const struct pf_answer *below = pf_answer_of(facts, tag_below);
	if (below && pf_outcome_is_ours(below->outcome))
		return pf_unknown(facts, tag_below, "the directory of a file %s",
		                  pf_outcome_sentence(below->outcome));
	const struct pf_exchange *root = pf_exchange_of(facts, tag);
	const char *ending = pf_outcome_sentence(root->answer->outcome);
	if (root->answer->outcome == PF_hung_up) /* as a front does that wants to say nothing */
		return pf_pass(facts, tag, "%s %s, without a list of files",
		               root->question.http.url, ending);
	if (!pf_has_status(root->answer))
		return pf_unknown(facts, tag, "%s %s", root->question.http.url, ending);
	int64_t status = root->answer->http.status;
	if (pf_is_refusal(root->answer))
		return pf_unknown(facts, tag, "%s was answered %lld", root->question.http.url,
		                  (long long)status);
	return pf_pass(facts, tag, "%s was answered %lld, without a list of files",
	               root->question.http.url, (long long)status);
}
