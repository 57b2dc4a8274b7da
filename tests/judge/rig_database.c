/* Logins built by hand. */
#include "rig_database.h"

static const struct pf_service database = {.name = "default",
                                           .url = {.text = "postgresql://shop@db1:5432/shop",
                                                   .scheme = "postgresql",
                                                   .user = "shop",
                                                   .host = "db1",
                                                   .port = 5432,
                                                   .path = "/shop"}};

struct rig *rig_database(const struct pf_probe *probe)
{
	struct rig *rig = rig_new(probe);
	rig->site.databases = &database;
	rig->site.database_count = 1;
	rig->vantage.name = "app1";
	rig->vantage.role = "app";
	rig->subject = DATABASE;
	return rig;
}

static struct pf_answer *put_login(struct rig *rig)
{
	struct pf_answer *answer = rig_put(rig, "login", PF_KIND_sql, PF_answered);
	rig_question(rig, "login")->sql = (struct pf_ask_sql){.user = "shop", .database = "shop"};
	answer->at = 1795000000; /* 2026-11-18 */
	return answer;
}

void rig_cells(struct rig *rig, size_t count, const char *const cells[])
{
	struct pf_answer *answer = put_login(rig);
	answer->sql = (struct pf_facts_sql){
		.connected = true, .tls = "TLSv1.3", .cells = rig_words(rig, count, cells)};
}

void rig_refused_login(struct rig *rig, const char *words)
{
	put_login(rig)->sql = (struct pf_facts_sql){.text = words};
}
