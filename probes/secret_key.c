/* SECRET_KEY is long, nobody else's, and not in the history of the code.
 *
 * Whoever has it signs sessions, password reset links and whatever else Django trusts by signature.
 * Django's own script tells lengths and a slow digest; the value never leaves the site's process.
 * The history is read whole, every object of every branch, packed or not, since a key that was
 * committed once is in every clone. What Django itself calls weak is called weak (security.W009).
 */
#include "django_reader.h"

#include <string.h>

static const char SUBJECT[] = "settings";

static void ask(struct pf_asking *asking)
{
	pf_ask_settings(asking);
	pf_ask_django(asking, "history", SUBJECT, "history");
}

/* What is weak about "length distinct insecure fingerprint"; NULL: nothing. */
static const char *weakness(const struct pf_case *facts, const struct pf_fact *key)
{
	if (key->number[0] < 50)
		return pf_say(facts, "has %lld characters, fewer than 50",
		              (long long)key->number[0]);
	if (key->number[1] < 5)
		return pf_say(facts, "has %lld distinct characters, fewer than 5",
		              (long long)key->number[1]);
	if (strcmp(key->word[2], "True") == 0)
		return "begins with django-insecure-, as startproject makes it";
	return NULL;
}

static struct pf_verdict judge_strength(const struct pf_case *facts)
{
	struct pf_fact key;
	const char *missing = pf_setting_missing(facts, "settings", "secret_key");
	if (missing)
		return pf_unknown(facts, "settings", "%s", missing);
	if (!pf_fact(facts, pf_answer_of(facts, "settings"), "secret_key", 0, &key))
		return pf_unknown(facts, "settings", "the settings do not tell of SECRET_KEY");
	const char *weak = weakness(facts, &key);
	if (weak)
		return pf_fail(facts, "settings", "SECRET_KEY %s", weak);
	return pf_pass(facts, "settings", "SECRET_KEY has %s characters, %s of them distinct",
	               key.word[0], key.word[1]);
}

static struct pf_verdict judge_fallbacks(const struct pf_case *facts)
{
	const struct pf_answer *answer = pf_answer_of(facts, "settings");
	const char *missing = pf_setting_missing(facts, "settings", "secret_key");
	struct pf_fact key;
	size_t count = 0;
	if (missing)
		return pf_unknown(facts, "settings", "%s", missing);
	for (; pf_fact(facts, answer, "fallback", count, &key); count++) {
		const char *weak = weakness(facts, &key);
		if (weak)
			return pf_fail(facts, "settings", "SECRET_KEY_FALLBACKS[%zu] %s", count,
			               weak);
	}
	if (count == 0)
		return pf_pass(facts, "settings", "there are no SECRET_KEY_FALLBACKS");
	return pf_pass(facts, "settings", "all %zu of SECRET_KEY_FALLBACKS are strong", count);
}

static struct pf_verdict judge_history(const struct pf_case *facts)
{
	const struct pf_answer *answer = pf_answer_of(facts, "history");
	const char *missing = pf_setting_missing(facts, "history", "repository");
	struct pf_fact found, read;
	if (missing)
		return pf_unknown(facts, "history", "%s", missing);
	const char *folder = pf_setting(facts, answer, "repository", 0);
	if (!*folder)
		return pf_skip(facts, "history", "the project is no git repository on this host");
	if (pf_fact(facts, answer, "in_history", 0, &found))
		return pf_fail(facts, "history", "%s is in the history of %s, in object %s",
		               found.number[0] ? "a fallback of SECRET_KEY" : "SECRET_KEY", folder,
		               found.word[1]);
	if (!pf_fact(facts, answer, "history", 0, &read) || strcmp(read.word[2], "True") != 0 ||
	    read.number[1] > 0)
		return pf_unknown(facts, "history",
		                  "the history of %s could not be read whole as the site's user",
		                  folder);
	return pf_pass(facts, "history",
	               "SECRET_KEY is in none of the %s objects in the history of %s", read.word[0],
	               folder);
}

static const char REFERENCE[] =
	"https://docs.djangoproject.com/en/stable/howto/deployment/checklist/#secret-key";

static const struct pf_check checks[] = {
	{
		.id = "secret-key.strength",
		.severity = PF_CRITICAL,
		.seen_from = "app host",
		.block = "app",
		.needs = "settings!",
		.judge = judge_strength,
		.title = "SECRET_KEY is long and random",
		.why = "Sessions in signed cookies, password reset links and messages are trusted "
		       "because they are signed with SECRET_KEY. A key that can be guessed makes "
		       "every visitor an administrator. Django asks for 50 characters, 5 of them "
		       "distinct, and not the key that startproject wrote into the code.",
		.remedy = "Make a new one:\n"
			  "    python -c 'from django.core.management.utils import "
                          "get_random_secret_key as k; print(k())'\n"
			  "Django: and keep it out of the code:\n"
			  "    SECRET_KEY = Path('/etc/shop/secret_key').read_text().strip()\n"
			  "From Django 4.1 the old one may stay in SECRET_KEY_FALLBACKS for a "
                          "while.\n",
		.reference = REFERENCE,
	},
	{
		.id = "secret-key.not-in-git",
		.severity = PF_HIGH,
		.seen_from = "app host",
		.block = "app",
		.needs = "settings! history!",
		.judge = judge_history,
		.title = "SECRET_KEY was never committed",
		.why = "What was committed once is in every clone, on every developer's laptop and "
		       "in "
		       "every backup of the server that hosts the code; deleting the line later "
		       "changes nothing. Every object of the repository on the app host is read, "
		       "of all branches, packed or not, reachable or not. The key is compared "
		       "inside the site's own Python and is never an argument of git.",
		.remedy = "Make a new key outside the repository and restart the application "
                          "server:\n"
			  "    umask 077\n"
			  "    python -c 'from django.core.management.utils import "
                          "get_random_secret_key as k; print(k())' > /etc/shop/secret_key\n"
			  "    chown shop: /etc/shop/secret_key\n"
			  "Django:\n"
			  "    SECRET_KEY = Path('/etc/shop/secret_key').read_text().strip()\n"
			  "Rewriting the history does not help: take the key as known.\n",
		.reference = REFERENCE,
	},
	{
		.id = "secret-key.fallbacks-strength",
		.severity = PF_HIGH,
		.seen_from = "app host",
		.block = "app",
		.needs = "settings!",
		.judge = judge_fallbacks,
		.title = "Every key in SECRET_KEY_FALLBACKS is strong",
		.why = "What is signed with a fallback is trusted as much as what is signed with "
		       "SECRET_KEY, so a weak one undoes the new key.",
		.remedy = "Django: remove weak keys at once; those whose sessions end by it log in "
                          "again:\n"
			  "    SECRET_KEY_FALLBACKS = []\n",
		.reference = "https://docs.djangoproject.com/en/stable/ref/settings/"
			     "#secret-key-fallbacks",
	},
};

const struct pf_probe pf_probe_secret_key = {
	.name = "secret_key",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
