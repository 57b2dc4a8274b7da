/* debug.off held against what Django really shows: lines of its pages as versions 3.2.25, 4.2.21,
 * 5.2.18 and 6.1.1 write them, read for markers as the HTTP driver reads a body. */
#include "rig_case.h"

#include "../../probes/response_reader.h"

#include <string.h>

PF_PROBE(debug);

struct page {
	const char *version, *tag;
	int status;
	const char *title, *lines;
};

#define FOOTER                                                                                     \
	"      You\xe2\x80\x99re seeing this error because you have <code>DEBUG = True</code> "    \
	"in\n"                                                                                     \
	"      your Django settings file. Change that to <code>False</code>, and Django\n"
/* The line ends within the setting: the footer's marker is not in it. */
#define CSRF_HELP                                                                                  \
	"  <h2>Help</h2>\n"                                                                        \
	"    <p>Reason given for failure:</p>\n"                                                   \
	"  <p>You\xe2\x80\x99re seeing the help section of this page because you have "            \
	"<code>DEBUG "                                                                             \
	"=\n  True</code> in your Django settings file. Change that to <code>False</code>,\n"
#define PATTERNS "      Django tried these URL patterns, in this order:\n"
#define PASTE "  <form action=\"https://dpaste.com/\" name=\"pasteform\" id=\"pasteform\" "
#define TRACE "  <div id=\"browserTraceback\">\n"
#define REFUSED                                                                                    \
	"  <pre class=\"exception_value\">Invalid HTTP_HOST header: "                              \
	"&#x27;pf-0123abcd.invalid&#x27;. You may need to add "                                    \
	"&#x27;pf-0123abcd.invalid&#x27; to ALLOWED_HOSTS.</pre>\n"

static const struct page shown[] = {
	{"3.2", "missing-page", 404, "Page not found at /pf-x/",
         "<h1>Page not found <span>(404)</span></h1>\n" PATTERNS FOOTER},
	{"4.2", "missing-page", 404, "Page not found at /pf-x/",
         "<h1>Page not found <span>(404)</span></h1>\n" PATTERNS FOOTER},
	{"5.2", "missing-page", 404, "Page not found at /pf-x/",
         "<header id=\"summary\"><h1>Page not found <small>(404)</small></h1>\n" PATTERNS FOOTER},
	{"6.1", "missing-page", 404, "Page not found at /pf-x/",
         "<meta name=\"color-scheme\" content=\"light\" />\n" PATTERNS FOOTER},
	{"3.2 to 4.2", "bad-host", 400, "DisallowedHost at /",
         "<div id=\"summary\">\n" REFUSED TRACE PASTE FOOTER},
	{"5.2 to 6.1", "bad-host", 400, "DisallowedHost at /",
         "<header id=\"summary\">\n" REFUSED TRACE PASTE FOOTER},
	{"3.2", "form", 403, "403 Forbidden",
         "    Referer checking failed - no Referer.\n" CSRF_HELP},
	{"4.2 to 6.1", "form", 403, "403 Forbidden",
         "    Origin checking failed - https://pf-0123abcd.invalid does not match any trusted "
         "origins.\n" CSRF_HELP},
	{"6.1, in German", "form", 403, "403 Verboten", CSRF_HELP},
	{"3.2 to 4.2", "broken", 500, "UnicodeError at /accounts/login/",
         "<div id=\"summary\">\n      <th>Python Executable:</th>\n" TRACE PASTE FOOTER},
	{"5.2 to 6.1", "broken", 500, "UnicodeError at /accounts/login/",
         "<header id=\"summary\">\n      <th scope=\"row\">Python Executable:</th>\n" TRACE PASTE
                 FOOTER},
	{"3.2 to 6.1, as text", "broken", 500, NULL,
         "UnicodeError at /accounts/login/\n\nDjango Version: 6.1.1\nPython Executable: "
         "/usr/bin/python3\n"},
};

static const struct page hidden[] = {
	{"3.2 to 6.1", "missing-page", 404, "Not Found",
         "<h1>Not Found</h1><p>The requested resource was not found on this server.</p>\n"},
	{"3.2 to 6.1", "bad-host", 400, "Bad Request (400)", "<h1>Bad Request (400)</h1><p></p>\n"},
	{"3.2 to 6.1", "broken", 500, "Server Error (500)", "<h1>Server Error (500)</h1><p></p>\n"},
	{"3.2 to 6.1", "form", 403, "403 Forbidden",
         "  <meta name=\"robots\" content=\"NONE,NOARCHIVE\">\n"
         "  <p>CSRF verification failed. Request aborted.</p>\n"
         "  <p><small>More information is available with DEBUG=True.</small></p>\n"},
	{"a page about Django", "missing-page", 404, "Not Found",
         "<p>You've left <code>DEBUG=True</code> and DEBUG = True in it.</p>"},
};

/* The markers that the probe's questions look for, found as the driver finds them. */
static void put(struct rig *rig, const struct page *page)
{
	static const char *const markers[] = {PF_TECHNICAL_FOOTER,    PF_TECHNICAL_PASTE,
	                                      PF_TECHNICAL_TRACEBACK, PF_TECHNICAL_PATTERNS,
	                                      PF_TECHNICAL_PLAIN,     PF_TECHNICAL_HELP};
	struct pf_facts_http *facts = rig_page(rig, page->tag, page->status, page->title);
	for (size_t i = 0; i < PF_COUNT(markers); i++)
		if (strstr(page->lines, markers[i]))
			rig_found(rig, facts, markers[i]);
}

static struct rig *quiet_errors(void)
{
	struct rig *rig = rig_new(&pf_probe_debug);
	rig_page(rig, "missing-page", 404, "Not Found");
	rig_silence(rig, "bad-host", PF_hung_up);
	rig_page(rig, "form", 403, "403 Forbidden");
	return rig;
}

static void debug_off__fails_when_any_version_shows_any_of_its_pages(void **state)
{
	(void)state;
	for (size_t i = 0; i < PF_COUNT(shown); i++) {
		struct rig *rig = quiet_errors();
		put(rig, &shown[i]);
		print_message("%s, %s\n", shown[i].version, shown[i].tag);
		rig_expect(rig, "debug.off", PF_FAIL);
		rig_free(rig);
	}
}

static void debug_off__passes_when_no_version_shows_more_than_its_default_pages(void **state)
{
	(void)state;
	for (size_t i = 0; i < PF_COUNT(hidden); i++) {
		struct rig *rig = quiet_errors();
		put(rig, &hidden[i]);
		print_message("%s, %s\n", hidden[i].version, hidden[i].tag);
		rig_expect(rig, "debug.off", PF_PASS);
		rig_free(rig);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(debug_off__fails_when_any_version_shows_any_of_its_pages),
		cmocka_unit_test(
			debug_off__passes_when_no_version_shows_more_than_its_default_pages),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
