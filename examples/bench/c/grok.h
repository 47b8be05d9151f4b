/* %{COMBINEDAPACHELOG} written out as grok libraries do it: each name is replaced by its definition, until no name is left. */
#ifndef GROK_H
#define GROK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OCTET "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
#define OCTETS OCTET "(?:\\." OCTET "){3}"
#define GROUP "[0-9A-Fa-f]{1,4}"
#define FRONT(n, rest) "(?:" GROUP ":){" n "}(?:" rest "|:)"

static const char *const definitions[][2] = {
    {"DATA", ".*?"},
    {"NOTSPACE", "\\S+"},
    {"WORD", "\\b\\w+\\b"},
    {"QS", "(?<!\\\\)(?:\"(?:\\\\.|[^\\\\\"])*\"|'(?:\\\\.|[^\\\\'])*')"},
    {"INT", "[+-]?[0-9]+"},
    {"NUMBER", "(?<![0-9.+-])(?>[+-]?(?:[0-9]+(?:\\.[0-9]+)?|\\.[0-9]+))"},
    {"USER", "[-._0-9A-Za-z]+"},
    {"EMAILADDRESS", "[-0-9A-Za-z!#$%&'*+/=?^_`{|}~]{1,64}(?:\\.[-0-9A-Za-z!#$%&'*+/=?^_`{|}~]{1,62}){0,63}@%{HOSTNAME}"},
    {"IPV6",
     "(?:" FRONT("7", GROUP) "|" FRONT("6", ":" GROUP "|" OCTETS) "|" FRONT("5", "(?::" GROUP "){1,2}|:" OCTETS) "|" FRONT("4", "(?::" GROUP "){1,3}|(?::" GROUP ")?:" OCTETS) "|"
         FRONT("3", "(?::" GROUP "){1,4}|(?::" GROUP "){0,2}:" OCTETS) "|" FRONT("2", "(?::" GROUP "){1,5}|(?::" GROUP "){0,3}:" OCTETS) "|"
         FRONT("1", "(?::" GROUP "){1,6}|(?::" GROUP "){0,4}:" OCTETS) "|:(?:(?::" GROUP "){1,7}|(?::" GROUP "){0,5}:" OCTETS "|:))(?:%.+)?"},
    {"IPV4", "(?<![0-9])" OCTETS "(?![0-9])"},
    {"IP", "%{IPV6}|%{IPV4}"},
    {"HOSTNAME", "\\b[0-9A-Za-z][-0-9A-Za-z]{0,62}(?:\\.[0-9A-Za-z][-0-9A-Za-z]{0,62})*(?:\\.?|\\b)"},
    {"IPORHOST", "%{IP}|%{HOSTNAME}"},
    {"MONTH", "\\b(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|Jun(?:e)?|Jul(?:y)?|Aug(?:ust)?|Sep(?:tember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\\b"},
    {"MONTHDAY", "0[1-9]|[12][0-9]|3[01]|[1-9]"},
    {"YEAR", "[0-9]{2}(?:[0-9]{2})?"},
    {"TIME", "(?:2[0-3]|[01]?[0-9]):[0-5][0-9]:(?:[0-5]?[0-9]|60)(?:[:.,][0-9]+)?(?![0-9])"},
    {"HTTPDATE", "%{MONTHDAY}/%{MONTH}/%{YEAR}:%{TIME} %{INT}"},
    {"HTTPDUSER", "%{EMAILADDRESS}|%{USER}"},
    {"COMMONAPACHELOG",
     "%{IPORHOST:clientip} %{HTTPDUSER:ident} %{HTTPDUSER:auth} \\[%{HTTPDATE:timestamp}\\] "
     "\"(?:%{WORD:verb} %{NOTSPACE:request}(?: HTTP/%{NUMBER:httpversion})?|%{DATA:rawrequest})\" (?:-|%{NUMBER:response}) (?:-|%{NUMBER:bytes})"},
    {"COMBINEDAPACHELOG", "%{COMMONAPACHELOG} %{QS:referrer} %{QS:agent}"},
};

static char expanded[1 << 16];

/* Adds a pattern. A name with a field is a group that captures. */
static void expand(const char *pattern) {
  char *out = expanded + strlen(expanded), name[64], field[64];
  while (*pattern) {
    int n = 0, fields = *pattern == '%' ? sscanf(pattern, "%%{%63[A-Z0-9]%n:%63[a-z]%n", name, &n, field, &n) : 0;
    if (fields < 1 || pattern[n] != '}') {
      *out++ = *pattern++;
      continue;
    }
    pattern += n + 1;
    strcpy(out, fields == 2 ? "(" : "(?:");
    size_t i = 0;
    while (i < sizeof definitions / sizeof *definitions && strcmp(definitions[i][0], name)) i++;
    if (i == sizeof definitions / sizeof *definitions) exit(1);
    expand(definitions[i][1]);
    out = expanded + strlen(expanded);
    *out++ = ')';
  }
  *out = 0;
}

#endif
