/* The habits of transfers. */
#include "drivers/transfer.h"

#include "drivers/turn.h"

#include <curl/curl.h>

void pf_transfer_habits(void *easy)
{
	static const struct {
		CURLoption option;
		long value;
	} habits[] = {
		{CURLOPT_FOLLOWLOCATION, 0},
		{CURLOPT_FRESH_CONNECT, 1},
		{CURLOPT_FORBID_REUSE, 1},
		{CURLOPT_SSL_SESSIONID_CACHE, 0},
		{CURLOPT_NETRC, CURL_NETRC_IGNORED},
		{CURLOPT_PATH_AS_IS, 1},
		{CURLOPT_DISALLOW_USERNAME_IN_URL, 1},
		{CURLOPT_HTTP09_ALLOWED, 0},
		{CURLOPT_NOSIGNAL, 1},
		{CURLOPT_QUICK_EXIT, 1},
		{CURLOPT_TCP_NODELAY, 1},
	};
	for (size_t i = 0; i < sizeof habits / sizeof *habits; i++)
		curl_easy_setopt(easy, habits[i].option, habits[i].value);
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_USERAGENT, PF_USER_AGENT);
	curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
	curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
}
