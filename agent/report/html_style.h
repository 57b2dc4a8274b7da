/* The style sheet of the HTML report, as it stands in the page. */
#ifndef PF_REPORT_HTML_STYLE_H
#define PF_REPORT_HTML_STYLE_H

extern const char pf_html_style[];

#endif
