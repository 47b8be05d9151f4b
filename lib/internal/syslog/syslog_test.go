package syslog

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-json"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/linetest"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/internal/timestamp"
	"github.com/sawlog/sawlog/lib/record"
)

func compile(t testing.TB, o Options) *Plan {
	t.Helper()
	o.Clock.Year = 2024
	p, err := Compile(o)
	require.NoError(t, err)
	return p
}

var rig = linetest.Rig{Present: Present, Noise: "<1>-\n["}

// parse gives rows as JSON without nulls and rejects as "fault line: raw".
func parse(p *Plan, w record.Worker, text string) (rows, rejects []string) {
	rows, rejects, _ = rig.Told(p, w, text)
	return rows, rejects
}

func TestLines(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{`<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su 12 ID47 - 'su root' failed`,
			`{"time":"2003-10-11T22:14:15.003Z","facility":4,"severity":2,"version":1,"host":"mymachine.example.com","app":"su","pid":"12","msgid":"ID47","message":"'su root' failed"}`},
		{`<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 - - - [a@1 x="1" y="a \"b\" \] \\ \n"][b][c@2 z=""] ` + "\ufeffhello", `{"time":"2003-08-24T12:14:15.000003Z","facility":20,"severity":5,"version":1,"host":"192.0.2.1","structured_data":{"a@1":{"x":"1","y":"a \"b\" ] \\ \\n"},"b":{},"c@2":{"z":""}},"message":"hello"}`},
		{`<0>1 - - - - - -`, `{"facility":0,"severity":0,"version":1}`},
		{`<34>Oct 11 22:14:15 mymachine su: 'su root' failed`, `{"time":"2024-10-11T22:14:15Z","facility":4,"severity":2,"host":"mymachine","app":"su","message":"'su root' failed"}`},
		{`Jun  4 15:16:01 combo sshd(pam_unix)[19939]: check pass`, `{"time":"2024-06-04T15:16:01Z","host":"combo","app":"sshd(pam_unix)","pid":"19939","message":"check pass"}`},
		{`Jun 14 15:16:01 combo syslogd 1.4.1: restart.`, `{"time":"2024-06-14T15:16:01Z","host":"combo","app":"syslogd","message":"1.4.1: restart."}`},
		{`Jul  1 09:01:05 mac sandboxd[129] ([31211]): deny`, `{"time":"2024-07-01T09:01:05Z","host":"mac","app":"sandboxd","pid":"129","message":"([31211]): deny"}`},
		{`Jul  4 23:22:09 mac Microsoft Word[14463]: four: five`, `{"time":"2024-07-04T23:22:09Z","host":"mac","app":"Microsoft Word","pid":"14463","message":"four: five"}`},
		{`Jul  7 08:06:15 combo  -- root[2421]: in`, `{"time":"2024-07-07T08:06:15Z","host":"combo","app":"-- root","pid":"2421","message":"in"}`},
		{`Jul  7 08:06:15 combo x y[24x]: z`, `{"time":"2024-07-07T08:06:15Z","host":"combo","app":"x","message":"y[24x]: z"}`},
		{`Jul  7 08:06:15 combo x y[24] z`, `{"time":"2024-07-07T08:06:15Z","host":"combo","app":"x","message":"y[24] z"}`},
		{`Jun 14 15:16:01 cron[7]: no host here`, `{"time":"2024-06-14T15:16:01Z","app":"cron","pid":"7","message":"no host here"}`},
		{`Jun 14 15:16:01 combo last message repeated 3 times`, `{"time":"2024-06-14T15:16:01Z","host":"combo","message":"last message repeated 3 times"}`},
		{`Jun 14 15:16:01 2001:db8::1 x[7]: y`, `{"time":"2024-06-14T15:16:01Z","host":"2001:db8::1","app":"x","pid":"7","message":"y"}`},
		{`<13>Jun 14 15:16:01.5 2026:0:0:0:0:0:0:1 x: y`, `{"time":"2024-06-14T15:16:01.5Z","facility":1,"severity":5,"host":"2026:0:0:0:0:0:0:1","app":"x","message":"y"}`},
		{`Jun 14 15:16:01.123456 combo x: y`, `{"time":"2024-06-14T15:16:01.123456Z","host":"combo","app":"x","message":"y"}`},
		{`Jun 14 2019 15:16:01 fw : %ASA-6-302013: Built`, `{"time":"2019-06-14T15:16:01Z","host":"fw","app":"%ASA-6-302013","message":"Built"}`},
		{`<189>29: 000028: *Mar  1 2026 18:48:50.483 UTC: %SYS-5-CONFIG_I: x`, `{"time":"2026-03-01T18:48:50.483Z","facility":23,"severity":5,"app":"%SYS-5-CONFIG_I","message":"x"}`},
		{`<189>: 2026 Mar  5 07:09:10 UTC: %ETHPORT-5-IF_UP: x`, `{"time":"2026-03-05T07:09:10Z","facility":23,"severity":5,"app":"%ETHPORT-5-IF_UP","message":"x"}`},
		{`<187>2026 Mar 15 07:09:10.123 UTC: %ETHPORT-3-IF_UP: x`, `{"time":"2026-03-15T07:09:10.123Z","facility":23,"severity":3,"app":"%ETHPORT-3-IF_UP","message":"x"}`},
		{`<13>: 2026 things`, `{"facility":1,"severity":5,"message":": 2026 things"}`},
		{`<189>000123: *Oct 20 12:31:57.123: %SYS-5-CONFIG_I: Configured`, `{"time":"2024-10-20T12:31:57.123Z","facility":23,"severity":5,"app":"%SYS-5-CONFIG_I","message":"Configured"}`},
		{`2024-03-01T10:00:00.5+01:00 host app[1]: iso`, `{"time":"2024-03-01T09:00:00.5Z","host":"host","app":"app","pid":"1","message":"iso"}`},
		{`<13>just a message`, `{"facility":1,"severity":5,"message":"just a message"}`},
		// journalctl -o short-unix
		{`1772694550.123456 gate sshd[7]: x`, `{"time":"2026-03-05T07:09:10.123456Z","host":"gate","app":"sshd","pid":"7","message":"x"}`},
		{`1772694550.000000 gate kernel: usb 1-1: new`, `{"time":"2026-03-05T07:09:10Z","host":"gate","app":"kernel","message":"usb 1-1: new"}`},
		{`<13>su[12]: a tag`, `{"facility":1,"severity":5,"app":"su","pid":"12","message":"a tag"}`},
		{`<34>Oct 11 22:14:15 host`, `{"time":"2024-10-11T22:14:15Z","facility":4,"severity":2,"message":"host"}`},
		{`<34>1 2003-10-11 old text`, `{"facility":4,"severity":2,"message":"1 2003-10-11 old text"}`},
		// A header of RFC 5424 with something else than structured data behind it.
		{`<13>1 2026-03-05T07:09:10Z h a 7 ID1 [x@1 a="1" b= "two; 2" c=3 d][y] hi`,
			`{"time":"2026-03-05T07:09:10Z","facility":1,"severity":5,"version":1,"host":"h","app":"a","pid":"7","msgid":"ID1","structured_data":{"x@1":{"a":"1","b":"two; 2","c":"3","d":""},"y":{}},"message":"hi"}`},
		{`<13>1 2026-03-05T07:09:10Z h a 7 - [action:"Accept \"x\""; flags:"4"; src:"192.0.2.1"]`,
			`{"time":"2026-03-05T07:09:10Z","facility":1,"severity":5,"version":1,"host":"h","app":"a","pid":"7","structured_data":{"":{"action":"Accept \"x\"","flags":"4","src":"192.0.2.1"}}}`},
		{`<13>1 2026-03-05T07:09:10Z h a 7 - [wrong x=] hi`, `{"time":"2026-03-05T07:09:10Z","facility":1,"severity":5,"version":1,"host":"h","app":"a","pid":"7","structured_data":{"wrong":{"x":""}},"message":"hi"}`},
		{`<13>1 2026-03-05T07:09:10Z h a 7 - [x y="z"]hi`, `{"time":"2026-03-05T07:09:10Z","facility":1,"severity":5,"version":1,"host":"h","app":"a","pid":"7","structured_data":{"x":{"y":"z"}},"message":"hi"}`},
		{`<13>1 2026-03-05T07:09:10Z h a 7 - [x y="z hi`, `{"time":"2026-03-05T07:09:10Z","facility":1,"severity":5,"version":1,"host":"h","app":"a","pid":"7","message":"[x y=\"z hi"}`},
		{`<13>1 2026-03-05T07:09:10Z h a 7 - no data here`, `{"time":"2026-03-05T07:09:10Z","facility":1,"severity":5,"version":1,"host":"h","app":"a","pid":"7","message":"no data here"}`},
		{`<13>1 2026-03-05T07:09:10Z h app[7]: a b c d e`, `{"time":"2026-03-05T07:09:10Z","facility":1,"severity":5,"host":"h","app":"app","pid":"7","message":"a b c d e"}`},
		// A header of RFC 5424 without its priority.
		{`1 2026-03-05T07:09:10.003Z h a 7 ID1 [x@1 a="1 \"]"][y] hi`, `{"time":"2026-03-05T07:09:10.003Z","version":1,"host":"h","app":"a","pid":"7","msgid":"ID1","structured_data":{"x@1":{"a":"1 \"]"},"y":{}},"message":"hi"}`},
		{`2026-03-05T07:09:10Z h a 7 ID1 [x@1 a="1"] hi`, `{"time":"2026-03-05T07:09:10Z","host":"h","app":"a","pid":"7","msgid":"ID1","structured_data":{"x@1":{"a":"1"}},"message":"hi"}`},
		{`2026-03-05T07:09:10Z h a - - -`, `{"time":"2026-03-05T07:09:10Z","host":"h","app":"a"}`},
		{`<13>2026-03-05T07:09:10Z h a - - - hi`, `{"time":"2026-03-05T07:09:10Z","facility":1,"severity":5,"host":"h","app":"a","message":"hi"}`},
		{`2026-03-05T07:09:10Z h a 7 ID1 [x@1 a=1] hi`, `{"time":"2026-03-05T07:09:10Z","host":"h","app":"a","message":"7 ID1 [x@1 a=1] hi"}`},
		{`2026-03-05T07:09:10Z h a 7 ID1 -hi`, `{"time":"2026-03-05T07:09:10Z","host":"h","app":"a","message":"7 ID1 -hi"}`},
		{`2026-03-05T07:09:10Z h a: 7 - - hi`, `{"time":"2026-03-05T07:09:10Z","host":"h","app":"a","message":"7 - - hi"}`},
		// As devices write.
		{`<189>45: gate: *Mar  5 07:09:10.123 UTC: %SYS-5-CONFIG_I: Configured`, `{"time":"2024-03-05T07:09:10.123Z","facility":23,"severity":5,"host":"gate","app":"%SYS-5-CONFIG_I","message":"Configured"}`},
		{`<189>000045: 192.0.2.1: 000123: Mar  5 2026 07:09:10: %LINK-3-UPDOWN: Interface Gi0/1`, `{"time":"2026-03-05T07:09:10Z","facility":23,"severity":5,"host":"192.0.2.1","app":"%LINK-3-UPDOWN","message":"Interface Gi0/1"}`},
		{`<189>45: gate: *Mar  5 07:09:10.123 UTC: no mnemonic`, `{"time":"2024-03-05T07:09:10.123Z","facility":23,"severity":5,"host":"gate","message":"no mnemonic"}`},
		{`<189>45: sw-1: Mar 6 16:13:09.123 UTC+1: %DOT1X-5-FAIL: x`, `{"time":"2024-03-06T15:13:09.123Z","facility":23,"severity":5,"host":"sw-1","app":"%DOT1X-5-FAIL","message":"x"}`},
		{`<190>7: 8: Aug 12 2023 12:14:24.412 mdt: %IOSXE-6-PLATFORM: R0/0`, `{"time":"2023-08-12T12:14:24.412Z","facility":23,"severity":6,"app":"%IOSXE-6-PLATFORM","message":"R0/0"}`},
		{`<191>: r1: Aug 18 07:15:04.461 CEST: last message repeated 66 times`, `{"time":"2024-08-18T07:15:04.461Z","facility":23,"severity":7,"host":"r1","message":"last message repeated 66 times"}`},
		{`<187>: 2023 May  2 12:55:19 UTC: last message repeated 1 times`, `{"time":"2023-05-02T12:55:19Z","facility":23,"severity":3,"message":"last message repeated 1 times"}`},
		{`<190>7: 2001:db8::1: 8: Jul 14 2023 08:23:43 UTC: %FOO-6-BAR: x`, `{"time":"2023-07-14T08:23:43Z","facility":23,"severity":6,"host":"2001:db8::1","app":"%FOO-6-BAR","message":"x"}`},
		{`<165>7433: asr: 007439: 2y10w: %SYS-6-LOGOUT: x`, `{"facility":20,"severity":5,"host":"asr","app":"%SYS-6-LOGOUT","message":"x"}`},
		{`<165>7422: 00:00:45: %LINK-3-UPDOWN: x`, `{"facility":20,"severity":5,"app":"%LINK-3-UPDOWN","message":"x"}`},
		{`<13>7422: 00:00:45: x`, `{"facility":1,"severity":5,"app":"7422","message":"00:00:45: x"}`},
		{`<13>error: 2026-03-05 07:09:10 x`, `{"facility":1,"severity":5,"app":"error","message":"2026-03-05 07:09:10 x"}`},
		{`<166>:Mar 05 07:09:10 UTC: %ASA-session-6-302014: x`, `{"time":"2024-03-05T07:09:10Z","facility":20,"severity":6,"app":"%ASA-session-6-302014","message":"x"}`},
		{`<189>Oct 10 2019 10:21:36 fw01: %ASA-6-302021: x`, `{"time":"2019-10-10T10:21:36Z","facility":23,"severity":5,"host":"fw01","app":"%ASA-6-302021","message":"x"}`},
		{`Oct 10 10:21:36 fw01: %ASA-6-302021: x`, `{"time":"2024-10-10T10:21:36Z","host":"fw01","app":"%ASA-6-302021","message":"x"}`},
		{`Oct 10 10:21:36 fw01: 50% done`, `{"time":"2024-10-10T10:21:36Z","app":"fw01","message":"50% done"}`},
		{`Oct 10 10:21:36 192.0.2.1 : Oct 10 10:21:35 EDT: %ASA-auth-4-113004: x`, `{"time":"2024-10-10T10:21:35Z","host":"192.0.2.1","app":"%ASA-auth-4-113004","message":"x"}`},
		{`<185>May  2 15:21:27 192.0.2.1 : 2023 May  2 15:21:26.206 UTC: %EARL-SW2-1-ERROR: x`, `{"time":"2023-05-02T15:21:26.206Z","facility":23,"severity":1,"host":"192.0.2.1","app":"%EARL-SW2-1-ERROR","message":"x"}`},
		{`May  2 15:21:27 192.0.2.1 585917: May  2 15:21:26.272: %SEC-6-IPACCESSLOGRP: x`, `{"time":"2024-05-02T15:21:26.272Z","host":"192.0.2.1","app":"%SEC-6-IPACCESSLOGRP","message":"x"}`},
		{`May  2 15:21:27 gate 585917: x`, `{"time":"2024-05-02T15:21:27Z","host":"gate","app":"585917","message":"x"}`},
		{`<190>Oct 7 07:19:44 gate RP/0/RP0/CPU0:Oct 7 07:19:43.630 UTC: ipv4_acl_mgr[310]: %ACL-IPV4_ACL-6-IPACCESSLOGP : x`, `{"time":"2024-10-07T07:19:43.63Z","facility":23,"severity":6,"host":"gate","app":"ipv4_acl_mgr","pid":"310","message":"%ACL-IPV4_ACL-6-IPACCESSLOGP : x"}`},
		{`<134>Mar  5 07:09:11 192.0.2.1 1 1772694550.123456789 MX84 flows src=192.0.2.7`, `{"time":"2026-03-05T07:09:10.123456789Z","facility":16,"severity":6,"host":"MX84","app":"flows","message":"src=192.0.2.7"}`},
		{`Mar  5 07:09:10  srx1 mgd[4163]: x`, `{"time":"2024-03-05T07:09:10Z","host":"srx1","app":"mgd","pid":"4163","message":"x"}`},
		{`Mar  5 07:09:10.456  srx1 /kernel: x`, `{"time":"2024-03-05T07:09:10.456Z","host":"srx1","app":"/kernel","message":"x"}`},
		{`<133>Mar  5 07:09:10 f5 err mcpd[12]: down`, `{"time":"2024-03-05T07:09:10Z","facility":16,"severity":5,"host":"f5","app":"mcpd","pid":"12","message":"down"}`},
		{`Mar  5 07:09:10 gate auth|security:info sshd[7]: x`, `{"time":"2024-03-05T07:09:10Z","facility":4,"severity":6,"host":"gate","app":"sshd","pid":"7","message":"x"}`},
		{`Mar  5 07:09:10 gate user:info here`, `{"time":"2024-03-05T07:09:10Z","host":"gate","app":"user","message":"info here"}`},
		{`Mar  5 07:09:10 daemon.info init: x`, `{"time":"2024-03-05T07:09:10Z","facility":3,"severity":6,"app":"init","message":"x"}`},
		{`Mar  5 07:09:10 user.debug.example.info init: x`, `{"time":"2024-03-05T07:09:10Z","host":"user.debug.example.info","app":"init","message":"x"}`},
		{`Mar  5 07:09:10 <auth.info> gate sshd[7]: x`, `{"time":"2024-03-05T07:09:10Z","facility":4,"severity":6,"host":"gate","app":"sshd","pid":"7","message":"x"}`},
		{`Mar  5 07:09:10 <4.6> gate sshd: x`, `{"time":"2024-03-05T07:09:10Z","facility":4,"severity":6,"host":"gate","app":"sshd","message":"x"}`},
		{`Thu Mar  5 07:09:10 2026 kern.warn kernel: [   12.3] x`, `{"time":"2026-03-05T07:09:10Z","facility":0,"severity":4,"app":"kernel","message":"[   12.3] x"}`},
		{`Thu 2026-03-05 07:09:10 UTC gate sshd[7]: x`, `{"time":"2026-03-05T07:09:10Z","host":"gate","app":"sshd","pid":"7","message":"x"}`},
		{`<189>Mar  5 07:09:10 fw date=2026-03-05,time=07:09:10,x=y`, `{"time":"2024-03-05T07:09:10Z","facility":23,"severity":5,"host":"fw","message":"date=2026-03-05,time=07:09:10,x=y"}`},
		{"<13>Mar  5 07:09:10 WIN1 MSWinEventLog\t1\tSecurity\t7\tThu Mar 05 07:09:10 2026", `{"time":"2024-03-05T07:09:10Z","facility":1,"severity":5,"host":"WIN1","app":"MSWinEventLog","message":"1\tSecurity\t7\tThu Mar 05 07:09:10 2026"}`},
		{`<134> 03/05/2026:07:09:10 GMT ns1 0-PPE-0 : default TCP CONN_TERMINATE 18 0 :  Source 192.0.2.7:1`, `{"time":"2026-03-05T07:09:10Z","facility":16,"severity":6,"host":"ns1","app":"0-PPE-0","message":"default TCP CONN_TERMINATE 18 0 :  Source 192.0.2.7:1"}`},
		{`<134>26/03/2026:07:09:10  ns1 0-PPE-0 : x`, `{"time":"2026-03-26T07:09:10Z","facility":16,"severity":6,"host":"ns1","app":"0-PPE-0","message":"x"}`},
		{`Mar  5 07:09:11 <local0.info> 192.0.2.1 03/05/2026:07:09:10 GMT ns1 0-PPE-0 : x`, `{"time":"2026-03-05T07:09:10Z","facility":16,"severity":6,"host":"ns1","app":"0-PPE-0","message":"x"}`},
		{`<189>17: Apr 21 19:01:35.638 UTC : %CCM_RTMT-RTMT-2-RTMT-ERROR-ALERT: x`, `{"time":"2024-04-21T19:01:35.638Z","facility":23,"severity":5,"app":"%CCM_RTMT-RTMT-2-RTMT-ERROR-ALERT","message":"x"}`},
		{`<132>wlc1: *spamApTask1: May 26 18:52:01.958: %CAPWAP-4-DISC_INTF_ERR2: x`, `{"time":"2024-05-26T18:52:01.958Z","facility":16,"severity":4,"host":"wlc1","app":"%CAPWAP-4-DISC_INTF_ERR2","message":"x"}`},
		{`<134>wlc1: *SISF BT Process: Aug 20 11:25:50.157: %SISF-6-ENTRY_DELETED: x`, `{"time":"2024-08-20T11:25:50.157Z","facility":16,"severity":6,"host":"wlc1","app":"%SISF-6-ENTRY_DELETED","message":"x"}`},
		{`<134>wlc1: *RRM Task 2: Aug 20 11:25:50.157: %SISF-6-ENTRY_DELETED: x`, `{"time":"2024-08-20T11:25:50.157Z","facility":16,"severity":6,"host":"wlc1","app":"%SISF-6-ENTRY_DELETED","message":"x"}`},
		{`<134>wlc1: *Aug 20 11:25:50.157: %SISF-6-ENTRY_DELETED: x: y`, `{"time":"2024-08-20T11:25:50.157Z","facility":16,"severity":6,"host":"wlc1","app":"%SISF-6-ENTRY_DELETED","message":"x: y"}`},
		{`<134>wlc1: *SISF BT Process: here: x`, `{"facility":16,"severity":6,"app":"wlc1","message":"*SISF BT Process: here: x"}`},
		{`<30>Nov 10 11:49:46 U7PG2,788a20000000,v4.0.66.10832: logread[5495]: x`, `{"time":"2024-11-10T11:49:46Z","facility":3,"severity":6,"host":"U7PG2,788a20000000,v4.0.66.10832","app":"logread","pid":"5495","message":"x"}`},
		{`<30>Nov 10 11:49:46 U7PG2,788a20000000,v4.0.66.10832: hostapd: ath0: up`, `{"time":"2024-11-10T11:49:46Z","facility":3,"severity":6,"host":"U7PG2,788a20000000,v4.0.66.10832","app":"hostapd","message":"ath0: up"}`},
		{`<30>Nov 10 11:49:46 a,b,c: d e: f`, `{"time":"2024-11-10T11:49:46Z","facility":3,"severity":6,"app":"a,b,c","message":"d e: f"}`},
		{`<30>Nov 10 11:49:46 a,b: c: d`, `{"time":"2024-11-10T11:49:46Z","facility":3,"severity":6,"app":"a,b","message":"c: d"}`},
		{`<189>7: Mar  5 2026 07:09:10 PM.123 UTC :  %UC_AUDITLOG-5-AdministrativeEvent: %[UserID=ann]: x`, `{"time":"2026-03-05T19:09:10.123Z","facility":23,"severity":5,"app":"%UC_AUDITLOG-5-AdministrativeEvent","message":"%[UserID=ann]: x"}`},
		{`<189>7: ucm-1.example.com: Mar  5 2026 12:09:10 AM.5 GMT :  %UC_RTMT-2-RTMT-ALERT: x`, `{"time":"2026-03-05T00:09:10.5Z","facility":23,"severity":5,"host":"ucm-1.example.com","app":"%UC_RTMT-2-RTMT-ALERT","message":"x"}`},
		{`<189>Mar 5 2026 07:09:10 AM.123 UTC : %UC_AUDITLOG-5-AdministrativeEvent: x`, `{"time":"2026-03-05T07:09:10.123Z","facility":23,"severity":5,"app":"%UC_AUDITLOG-5-AdministrativeEvent","message":"x"}`},
		{`Mar  5 2026 07:09:10 gate AM.x: y`, `{"time":"2026-03-05T07:09:10Z","host":"gate","app":"AM.x","message":"y"}`},
		{`Mar  5 2026 07:09:10 PM.x y: z`, `{"time":"2026-03-05T07:09:10Z","host":"PM.x","app":"y","message":"z"}`},
		{`<14> Mar  5 07:09:10 192.0.2.1 00077 ports: port 12 is now off-line`, `{"time":"2024-03-05T07:09:10Z","facility":1,"severity":6,"host":"192.0.2.1","app":"ports","msgid":"00077","message":"port 12 is now off-line"}`},
		{`Mar  5 07:09:10 sw-1 00025 ip:  x: y`, `{"time":"2024-03-05T07:09:10Z","host":"sw-1","app":"ip","msgid":"00025","message":" x: y"}`},
		{`Mar  5 07:09:10 sw-1 00025 no tag`, `{"time":"2024-03-05T07:09:10Z","host":"sw-1","app":"00025","message":"no tag"}`},
		{`<142>Mar  5 07:09:10 fw-1 (2026-03-05T06:09:10) http-proxy[7]: x`, `{"time":"2024-03-05T07:09:10Z","facility":17,"severity":6,"host":"fw-1","message":"(2026-03-05T06:09:10) http-proxy[7]: x"}`},
		{`<3>Mar  5 07:09:10 [node-1:callhome.spares.low:error]: x: y`, `{"time":"2024-03-05T07:09:10Z","facility":0,"severity":3,"host":"node-1","app":"callhome.spares.low","message":"x: y"}`},
		{`<30>Mar  5 07:09:10 [kern.uptime.filer:info]:   7:09am up`, `{"time":"2024-03-05T07:09:10Z","facility":3,"severity":6,"app":"kern.uptime.filer","message":"  7:09am up"}`},
		{`Mar  5 07:09:10 192.0.2.1 [node-1:cifs.stats:notice]: x`, `{"time":"2024-03-05T07:09:10Z","host":"node-1","app":"cifs.stats","message":"x"}`},
		{`<30>Mar  5 07:09:10 [a:b]: x`, `{"time":"2024-03-05T07:09:10Z","facility":3,"severity":6,"message":"[a:b]: x"}`},
		{`<30>Mar  5 07:09:10 [a::info]: x`, `{"time":"2024-03-05T07:09:10Z","facility":3,"severity":6,"message":"[a::info]: x"}`},
		{`<30>Mar  5 07:09:10 [info]: x`, `{"time":"2024-03-05T07:09:10Z","facility":3,"severity":6,"message":"[info]: x"}`},
		{`<30>Mar  5 07:09:10 [a:info] x`, `{"time":"2024-03-05T07:09:10Z","facility":3,"severity":6,"message":"[a:info] x"}`},
		{`<30>Mar  5 07:09:10 [:info]: x`, `{"time":"2024-03-05T07:09:10Z","facility":3,"severity":6,"message":"[:info]: x"}`},
		{`<134>Mar  5 07:09:10 192.0.2.1  #ILO 5: 03/05/2026 07:09 Server reset.`, `{"time":"2024-03-05T07:09:10Z","facility":16,"severity":6,"host":"192.0.2.1","app":"#ILO 5","message":"03/05/2026 07:09 Server reset."}`},
		{`<134> #ILO 5: 03/05/2026 07:09 Server reset.`, `{"facility":16,"severity":6,"app":"#ILO 5","message":"03/05/2026 07:09 Server reset."}`},
		{`<30>Nov 10 11:49:46 a,b: c`, `{"time":"2024-11-10T11:49:46Z","facility":3,"severity":6,"app":"a,b","message":"c"}`},
		{`<166>2026-03-05T07:09:10Z 192.0.2.1,rule=x,host=a.example.com: 443,y=1`, `{"time":"2026-03-05T07:09:10Z","facility":20,"severity":6,"message":"192.0.2.1,rule=x,host=a.example.com: 443,y=1"}`},
		{`Mar  5 07:09:10 gate polkitd(authority=local): hi`, `{"time":"2024-03-05T07:09:10Z","host":"gate","app":"polkitd(authority=local)","message":"hi"}`},
		{`<190>Mar  5 2026 07:09:10+08:00 SW1 %%01SHELL/5/CMDRECORD(s)[2]:Recorded`, `{"time":"2026-03-04T23:09:10Z","facility":23,"severity":6,"host":"SW1","app":"%%01SHELL/5/CMDRECORD(s)","pid":"2","message":"Recorded"}`},
		{`Mar 15 2026 07:09:10.123-03:30 SW1 app: x`, `{"time":"2026-03-15T10:39:10.123Z","host":"SW1","app":"app","message":"x"}`},
		{`<189>Mar  5 07:09:10 2026 H3C %%10IFNET/3/PHY_UPDOWN: x`, `{"time":"2026-03-05T07:09:10Z","facility":23,"severity":5,"host":"H3C","app":"%%10IFNET/3/PHY_UPDOWN","message":"x"}`},
		{`<134>1 Dec 6 08:41:44 192.0.2.1 1 1772694550.207232138 MX84 events Cellular connection up`, `{"time":"2026-03-05T07:09:10.207232138Z","facility":16,"severity":6,"host":"MX84","app":"events","message":"Cellular connection up"}`},
		{"2026-03-05 07:09:10\tLocal4.Info\t192.0.2.1\t%ASA-6-302013: Built", `{"time":"2026-03-05T07:09:10Z","facility":20,"severity":6,"host":"192.0.2.1","app":"%ASA-6-302013","message":"Built"}`},
		{"2026-03-05 07:09:11\tLocal7.Notice\t192.0.2.2\t45: *Mar  5 07:09:10.123 UTC: %SYS-5-CONFIG_I: x", `{"time":"2024-03-05T07:09:10.123Z","facility":23,"severity":5,"host":"192.0.2.2","app":"%SYS-5-CONFIG_I","message":"x"}`},
		{"2026-03-05 07:09:10\tKernel.Critical\tgate.example.com\tout of memory: x", `{"time":"2026-03-05T07:09:10Z","facility":0,"severity":2,"host":"gate.example.com","message":"out of memory: x"}`},
		{"2026-03-05 07:09:10\tDaemon.Error\tgate\tsshd[7]: x", `{"time":"2026-03-05T07:09:10Z","facility":3,"severity":3,"host":"gate","app":"sshd","pid":"7","message":"x"}`},
		{`Mar  5 07:09:10 gate app : hi`, `{"time":"2024-03-05T07:09:10Z","host":"gate","app":"app","message":"hi"}`},
		{`<28>Mar  5 07:09:10 2026  mx1 rpd[1234]: RPD_X: peer`, `{"time":"2026-03-05T07:09:10Z","facility":3,"severity":4,"host":"mx1","app":"rpd","pid":"1234","message":"RPD_X: peer"}`},
		{`Mar  5 07:09:10.003 2026  mx1 /kernel: x`, `{"time":"2026-03-05T07:09:10.003Z","host":"mx1","app":"/kernel","message":"x"}`},
		{`<141>Mar  5 07:09:10 2026 ap authmgr[34]: <522008> x`, `{"time":"2026-03-05T07:09:10Z","facility":17,"severity":5,"host":"ap","app":"authmgr","pid":"34","message":"<522008> x"}`},
		{`Mar  5 07:09:10 20261 app: x`, `{"time":"2024-03-05T07:09:10Z","host":"20261","app":"app","message":"x"}`},
		{`<30>2026:03:05-07:09:10 utm1 ulogd[4567]: id="2001"`, `{"time":"2026-03-05T07:09:10Z","facility":3,"severity":6,"host":"utm1","app":"ulogd","pid":"4567","message":"id=\"2001\""}`},
		{`<134>1 1772694550.123456789 MX84 events type=vpn`, `{"time":"2026-03-05T07:09:10.123456789Z","facility":16,"severity":6,"host":"MX84","app":"events","message":"type=vpn"}`},
		{`<14>1772694550 gate app[7]: hi`, `{"time":"2026-03-05T07:09:10Z","facility":1,"severity":6,"host":"gate","app":"app","pid":"7","message":"hi"}`},
		{`<14>17726945501 gate app: hi`, `{"facility":1,"severity":6,"message":"17726945501 gate app: hi"}`},
		{`<14> Mar  5 07:09:10 gate app: hi`, `{"time":"2024-03-05T07:09:10Z","facility":1,"severity":6,"host":"gate","app":"app","message":"hi"}`},
		{`<14> a message`, `{"facility":1,"severity":6,"message":"a message"}`},
		{`<14>Mar  5 07:09:10 192.0.2.1 Mar  5 07:09:09 gate app[7]: relayed`, `{"time":"2024-03-05T07:09:10Z","facility":1,"severity":6,"host":"192.0.2.1","message":"Mar  5 07:09:09 gate app[7]: relayed"}`},
		{`<14>Mar  5 07:09:10 192.0.2.1 2026-03-05T07:09:09Z gate app[7]: relayed`, `{"time":"2024-03-05T07:09:10Z","facility":1,"severity":6,"host":"192.0.2.1","message":"2026-03-05T07:09:09Z gate app[7]: relayed"}`},
		{`<189>Mar  5 07:09:10 fw date=2026-03-05 time=07:09:10`, `{"time":"2024-03-05T07:09:10Z","facility":23,"severity":5,"host":"fw","message":"date=2026-03-05 time=07:09:10"}`},
		{`<189>Mar  5 07:09:10 date=2026-03-05 time=07:09:10`, `{"time":"2024-03-05T07:09:10Z","facility":23,"severity":5,"message":"date=2026-03-05 time=07:09:10"}`},
		{`<14>Mar  5 07:09:10 pa1 1,2026/03/05 07:09:10,0123`, `{"time":"2024-03-05T07:09:10Z","facility":1,"severity":6,"host":"pa1","message":"1,2026/03/05 07:09:10,0123"}`},
		{`Mar  5 07:09:10 gate daemon.info dnsmasq-dhcp[1]: DHCPACK`, `{"time":"2024-03-05T07:09:10Z","facility":3,"severity":6,"host":"gate","app":"dnsmasq-dhcp","pid":"1","message":"DHCPACK"}`},
		{`Mar  5 07:09:10 gate kern.warn kernel: [  1.5] x`, `{"time":"2024-03-05T07:09:10Z","facility":0,"severity":4,"host":"gate","app":"kernel","message":"[  1.5] x"}`},
		{`Mar  5 07:09:10 gate notice mcpd[12]: 01070727:5: down`, `{"time":"2024-03-05T07:09:10Z","severity":5,"host":"gate","app":"mcpd","pid":"12","message":"01070727:5: down"}`},
		{`Mar  5 07:09:10 gate notice mcpd: down`, `{"time":"2024-03-05T07:09:10Z","host":"gate","app":"notice","message":"mcpd: down"}`},
		{`Mar  5 07:09:10 gate other.info mcpd: down`, `{"time":"2024-03-05T07:09:10Z","host":"gate","app":"other.info","message":"mcpd: down"}`},
		{`Mar  5 07:09:10 gate app [7]: hi`, `{"time":"2024-03-05T07:09:10Z","host":"gate","app":"app","pid":"7","message":"hi"}`},
	} {
		p := compile(t, Options{})
		for _, ending := range []string{"\n", "\r\n"} {
			rows, rejects := parse(p, p.NewWorker(), c.line+ending)
			assert.Empty(t, rejects)
			assert.Equal(t, []string{c.want}, rows, c.line)
		}
		assert.True(t, p.NewWorker().Explain([]byte(c.line)).OK, c.line)
	}
}

func TestWhatIsNoSyslog(t *testing.T) {
	p := compile(t, Options{Line: 100})
	for line, want := range map[string]string{
		"": "empty", "any text": "no_match", "<192>x": "no_match", "Foo 14 15:16:01 h x: y": "no_match", "Jun 34 15:16:01 h x: y": "no_match",
		"2026-03-05 07:09:10\tINFO\tgate\tx": "no_match", "2026-03-05 07:09:10\tDaemon.Odd\tgate\tx": "no_match", "2026-03-05 07:09:10\tDaemon.Info\tgate": "no_match",
		"Thu Mar  5 07:09:10 2026 [pid 7] CONNECT: x": "no_match", "Thu 2026-03-05 07:09:10.1 CET [s=01;i=1]": "no_match",
		"1772694550.123 gate sshd[7]: x": "no_match", "1772694550 gate sshd[7]: x": "no_match", "1772694550.1234567 gate sshd[7]: x": "no_match", "-- Boot": "no_match", "-- Root of all evil --": "no_match",
		"<13>" + strings.Repeat("x", 100): "too_long",
	} {
		rows, rejects := parse(p, p.NewWorker(), line)
		assert.Empty(t, rows, line)
		require.Len(t, rejects, 1, line)
		assert.True(t, strings.HasPrefix(rejects[0], want+" 1: "), rejects[0])
		assert.Equal(t, want, p.NewWorker().Explain([]byte(line)).Fault)
	}
	for _, line := range []string{`<1>1 - - - - - [a x="1"][b][a]`, `<1>1 - - - - - [a x="\n"]`, `<1>1 - - - - - [a x="]"]`, `<1>1 2003-10-11T22:14:60Z - - - - -`, `<1>1 2003-10-11T22:14:00.1234567Z - - - - -`, `<01>1 - - - - - -`, `Jun 14 15:16:01 h x: y`} {
		strict := compile(t, Options{Strict: true})
		rows, _ := parse(strict, strict.NewWorker(), line)
		assert.Empty(t, rows, line)
	}
	check := compile(t, Options{Strict: true}).NewWorker().Explain([]byte("<1>1 - host app pid msg"))
	assert.Equal(t, record.Check{Fault: "no_match", Offset: 20, Element: "msgid", Column: "msgid", Expected: "a name of printable ASCII, or -, and a blank", Seen: "msg"}, check)
}

// What journalctl puts between records is neither a record nor a reject.
func TestMarksOfTheJournal(t *testing.T) {
	const text = "-- Logs begin at Thu 2026-03-05 07:00:00 UTC, end at Thu 2026-03-05 07:09:10 UTC. --\nMar  5 07:09:10 gate su[7]: x\n-- Reboot --\r\n" +
		"-- Boot 0123456789abcdef0123456789abcdef --\nMar  5 07:09:11 gate su[7]: y\n-- Journal begins at Thu 2026-03-05 07:00:00 UTC, ends at Thu 2026-03-05 07:09:10 UTC. --\n-- No entries --"
	p := compile(t, Options{})
	rows, rejects, lines := rig.Told(p, p.NewWorker(), text)
	assert.Equal(t, []string{`{"time":"2024-03-05T07:09:10Z","host":"gate","app":"su","pid":"7","message":"x"}`, `{"time":"2024-03-05T07:09:11Z","host":"gate","app":"su","pid":"7","message":"y"}`}, rows)
	assert.Empty(t, rejects)
	assert.Equal(t, 7, lines)
	assert.True(t, p.NewWorker().Explain([]byte("-- Reboot --")).OK)
	assert.Equal(t, 2, p.Surely([]byte(text)))
	_, rejects = parse(p, p.NewRecordWorker(), "-- Reboot --")
	assert.Equal(t, []string{"no_match 1: -- Reboot --"}, rejects, "what is given as a record is one")
	strict := compile(t, Options{Strict: true})
	_, rejects = parse(strict, strict.NewWorker(), "-- Reboot --")
	assert.Equal(t, []string{"no_match 1: -- Reboot --"}, rejects)
}

func TestColumnsAndNames(t *testing.T) {
	p := compile(t, Options{Columns: []string{"severity", "tag"}, Rename: map[string]string{"app": "tag"}})
	rows, _ := parse(p, p.NewWorker(), `<34>Oct 11 22:14:15 h su[1]: x`)
	assert.Equal(t, []string{`{"severity":2,"tag":"su"}`}, rows)
	_, err := Compile(Options{Columns: []string{"program"}})
	assert.ErrorContains(t, err, `"program"`)
	_, err = Compile(Options{Rename: map[string]string{"app": "host"}})
	assert.Error(t, err)
}

func TestOneRecordOfSeveralLines(t *testing.T) {
	p := compile(t, Options{Strict: true})
	rows, rejects := parse(p, p.NewRecordWorker(), "<1>1 - - - - - - first\nsecond")
	assert.Empty(t, rejects)
	assert.Equal(t, []string{`{"facility":0,"severity":1,"version":1,"message":"first\nsecond"}`}, rows)
}

type corpusCase struct {
	ID     string         `json:"id"`
	Input  string         `json:"input"`
	Bytes  string         `json:"input_b64"`
	Valid  bool           `json:"valid"`
	Expect map[string]any `json:"expect"`
}

// The cases of another project that reads RFC 5424 to the letter, looked up where they lie beside the checkout.
func TestCorpus(t *testing.T) {
	path := filepath.Join("..", "..", "..", "..", "shared", "corpus", "syslog", "cases.jsonl")
	file, err := os.Open(path)
	if err != nil {
		t.Skip("the corpus is not there")
	}
	defer file.Close()
	p := compile(t, Options{Strict: true, Reject: true})
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var c corpusCase
		require.NoError(t, json.Unmarshal(lines.Bytes(), &c))
		if c.Bytes != "" {
			raw, err := base64.StdEncoding.DecodeString(c.Bytes)
			require.NoError(t, err)
			c.Input = string(raw)
		}
		rows, rejects := parse(p, p.NewRecordWorker(), c.Input)
		if !c.Valid {
			assert.Empty(t, rows, "%s: %q", c.ID, c.Input)
			continue
		}
		if assert.Empty(t, rejects, "%s: %q", c.ID, c.Input) {
			var row map[string]any
			require.NoError(t, json.Unmarshal([]byte(rows[0]), &row))
			for theirs, ours := range map[string]string{"hostname": "host", "appname": "app", "procid": "pid", "msgid": "msgid", "message": "message", "structured_data": "structured_data", "version": "version"} {
				assert.Equal(t, c.Expect[theirs], row[ours], "%s: %q", c.ID, c.Input)
			}
		}
	}
}

func TestNothingIsAllocatedPerRecord(t *testing.T) {
	p := compile(t, Options{})
	text := strings.Repeat(`<34>1 2003-10-11T22:14:15.003Z host su 12 ID47 [a@1 x="1"] failed`+"\n"+`Jun  4 15:16:01 combo sshd[19939]: check pass`+"\n", 1000)
	data := append([]byte(text), make([]byte, scan.Slack)...)
	w := p.NewWorker()
	b := record.NewBuilder(p.Schema(), record.Heap, Present)
	run := func() {
		b.Restart()
		b.Begin(data, len(text), false)
		w.Parse(b, data, len(text))
	}
	b.Start(2001)
	run()
	assert.Less(t, testing.AllocsPerRun(5, run), 20.0)
}

func TestManyElementsOfALine(t *testing.T) {
	p := compile(t, Options{Strict: true})
	line := func(names ...int) string {
		var b strings.Builder
		for _, n := range names {
			fmt.Fprintf(&b, `[name%d a="b"]`, n)
		}
		return "<1>1 - - - - - " + b.String() + " x"
	}
	for _, c := range []struct {
		names []int
		good  bool
	}{{[]int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, true}, {[]int{1, 2, 1}, false}, {[]int{1, 2, 3, 4, 5, 6, 7, 8, 9, 1}, false},
		{[]int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 9}, false}, {[]int{9, 10}, true}} {
		assert.Equal(t, c.good, p.NewWorker().Explain([]byte(line(c.names...))).OK, "%v", c.names)
	}
	rows, rejects := parse(p, p.NewWorker(), line(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)+"\n"+line(9, 10, 1)+"\n")
	assert.Len(t, rows, 2, "names of one line are not those of the next")
	assert.Empty(t, rejects)
}

func TestStrictTimes(t *testing.T) {
	p := compile(t, Options{Strict: true})
	for text, good := range map[string]bool{
		"2003-10-11T22:14:15Z": true, "2003-10-11T22:14:15.0Z": true, "2003-10-11T22:14:15.003456Z": true, "2003-10-11T22:14:15-07:00": true, "2003-10-11T22:14:15.1+07:30": true,
		"2003-10-11T22:14:15.0034567Z": false, "2003-10-11T22:14:15.0034567-07:00": false, "2003-10-11T22:14:15.Z": false, "2003-10-11T22:14:15,1Z": false, "2003-10-11T22:14:60Z": false,
		"2003-10-11t22:14:15Z": false, "2003-10-11T22:14:15z": false, "2003-10-11T22:14:15.1z": false, "2003-10-11 22:14:15Z": false, "2003-10-11T22:14:15": false, "2003-10-11T22:14:15.1": false,
		"2003-10-11T22:14:15+0700": false, "2003-10-11T22:14:15.12+0700": false, "2003-10-11T22:14:15+07": false, "2003-10-11T22:14:15 +07:00": false, "2003-10-11T22:14:15.1 +07:00": false,
		"2003-10-11T22:14:15 UTC": false, "1065910455": false, "": false,
	} {
		assert.Equal(t, good, p.NewWorker().Explain([]byte("<34>1 "+text+" h a p m - x")).OK, text)
	}
}

// plain is a worker that takes no short cut.
func plain(p *Plan) record.Worker {
	w := p.newWorker(false)
	w.plain = true
	return w
}

// structuredLine is a line of RFC 5424 with some of many forms of structured data, and sometimes one byte that is wrong.
func structuredLine(r *rand.Rand, forms int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<%d>1 2026-03-02T07:59:5%d.00%dZ host%d app %d ID%d ", r.IntN(200), r.IntN(10), r.IntN(1000), r.IntN(3), r.IntN(100), r.IntN(9))
	if r.IntN(20) == 0 {
		b.WriteString("-")
	}
	form := r.IntN(forms)
	for e := range form % 4 {
		fmt.Fprintf(&b, "[element%d@%d", (form>>e+e)%11, form)
		for k := range (form + e) % 5 {
			fmt.Fprintf(&b, ` %s%d="%s"`, []string{"user", "aVeryLongNameOfParameter", "x"}[(form+k)%3], k, []string{"", "plain", "with blanks and \u00e4", `an \" escape`, "a longer text than twelve"}[r.IntN(5)])
		}
		b.WriteString("]")
	}
	if r.IntN(4) > 0 {
		b.WriteString(" a message")
	}
	return damaged(r, b.String())
}

// traditionalLine is a line of RFC 3164, with hosts and tags of many kinds, and sometimes one byte that is wrong.
func traditionalLine(r *rand.Rand) string {
	one := func(of ...string) string { return of[r.IntN(len(of))] }
	host := one("gate", "mail.example.com", "fe80::1", "2001:db8::1", "x=y", "last message", "messages", "UTC:", "2026", strings.Repeat("long", 14+r.IntN(3)), "")
	tag := one("app[12]: ", "app: ", "a=b: ", "app[1.5]: ", "app[x y]: ", "app[]: ", "app[123456789]: ", "app ", "daemon.info app[7]: ", "two words[7]: ", "last message repeated 3 times", "kernel: [1.5] ", "app[7] ", "app[7]:", "app:")
	return damaged(r, fmt.Sprintf("%sMar %2d 07:59:0%d %s %smessage [%d]: a=b", one("", "<20>", "<191>", "<192>"), r.IntN(31), r.IntN(10), host, tag, r.IntN(10)))
}

// damaged is line, or a third of the times one like it.
func damaged(r *rand.Rand, text string) string {
	line := []byte(text)
	switch at := 20 + r.IntN(len(line)-20); r.IntN(6) {
	case 0:
		line[at] = "\"]\\[= :x\n"[r.IntN(9)]
	case 1:
		line = append(line[:at], line[at+1:]...)
	}
	return string(line)
}

func TestWhatIsFamiliarIsReadAsAnythingElse(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, forms := range []int{3, 20, 2000} {
		var text strings.Builder
		for range 3000 {
			text.WriteString(structuredLine(r, forms) + "\n" + traditionalLine(r) + "\n")
		}
		for _, o := range []Options{{}, {Strict: true}, {Partial: true}, {Columns: []string{"host", "message"}}} {
			p := compile(t, o)
			rows, rejects := parse(p, p.NewWorker(), text.String())
			plainRows, plainRejects := parse(p, plain(p), text.String())
			for k, row := range plainRows {
				require.Equal(t, row, rows[k])
			}
			require.Len(t, rows, len(plainRows))
			require.Equal(t, plainRejects, rejects)
		}
	}
}

func FuzzLines(f *testing.F) {
	f.Add([]byte(strings.Repeat(`<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 app 1 ID [a@1 x="1" y="\]"][b@1 x=""] hello`+"\n", 3)+`<1>1 - h a p m [a@1 x="1" y="2"][a@1 x="3"]`), true)
	f.Add([]byte(`<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 - - - [a@1 x="1" y="\]"][b] hello`), false)
	f.Add([]byte("<189>000123: *Oct 20 12:31:57.123 UTC: %SYS-5-CONFIG_I: Configured\r\nJun 14 2019 15:16:01 fw x[1]: y\n\n"), true)
	f.Add([]byte("Jun 14 15:16:01 combo sshd(pam_unix)[19939]: a [b]: c\nJun 14 15:16:61 LabSZ x: y\nJun 14 15:17:01 UTC: %A: b\nJun 14 15:17:02 a: b\nJun  4 15:17:02 a[b c: d\nJun  4 15:17:02 a b[]: c\r\n"), false)
	f.Add([]byte("Jun 14 15:17:01 ABC: x y: z\nJun 14 15:17:01 h last message repeated 2 times\nJun 14 15:17:01 h a[1]:\nJun 14 15:17:01 h a[1] x\nJun 14 15:17:01 h a b[1]: x\nJun 14 15:17:01  h a: x\n"), false)
	f.Add([]byte("<13>1 2026-03-05T07:09:10Z h a 7 - [x@1 a=\"1\" b= \"2\"; c=3 d][y:\"z\"]hi\n<13>1 2026-03-05T07:09:10Z h a[7]: b\n<189>45: gate: 12: *Mar  5 07:09:10.123 2026: %SYS-5-X: y\n"), false)
	f.Add([]byte("<134>1 1772694550.123456789 MX84 events type=vpn\n<14>1772694550 h a: b\n<14> Mar  5 07:09:10 h 2026-03-05T07:09:09Z g a[7]: b\n"), false)
	f.Add([]byte("Mar  5 07:09:10 2026  h daemon.info a[7]: b\nMar  5 07:09:10 h warn a[7]: b\n2026:03:05-07:09:10 h a=b c\n<13>Mar  5 07:09:10 h 1,2 c\n"), false)
	plans := map[bool]*Plan{true: compile(f, Options{Strict: true, Line: 200}), false: compile(f, Options{Partial: true, Line: 200})}
	f.Fuzz(func(t *testing.T, text []byte, strict bool) {
		p := plans[strict]
		w := p.NewWorker()
		rows, rejects := parse(p, w, string(text))
		plainRows, plainRejects := parse(p, plain(p), string(text))
		require.Equal(t, plainRows, rows, "what is usual is read as anything else")
		require.Equal(t, plainRejects, rejects)
		lines := bytes.Split(bytes.TrimSuffix(text, []byte("\n")), []byte("\n"))
		require.Equal(t, len(lines), len(rows)+len(rejects))
		one := 0
		for _, line := range lines {
			line = bytes.TrimSuffix(line, []byte("\r"))
			alone, rejects := parse(p, p.NewWorker(), string(line)+"\r\n")
			check := w.Explain(line)
			require.Equal(t, len(rejects) == 0, check.OK, "%q %+v", line, check)
			if len(alone) == 1 {
				require.Equal(t, rows[one], alone[0], "a line gives the same alone")
				one++
			}
		}
	})
}

func TestAPartialHeaderGivesWhatItHas(t *testing.T) {
	p := compile(t, Options{Partial: true, Clock: timestamp.Options{Year: 2026}})
	rows, rejects := parse(p, p.NewWorker(), "Jun  3 12:08:33 abcd\nJun  3 12:08:33 abcd:\nJun  3 12:08:33 abcd \nJun  3 12:08:33 abcd sudo\nany text\n")
	require.Empty(t, rejects)
	for i, want := range []string{`"host":"abcd"`, `"app":"abcd"`, `"host":"abcd"`, `"app":"sudo"`, `{"message":"any text"}`} {
		assert.Contains(t, rows[i], want)
	}
}

func BenchmarkLines(b *testing.B) {
	for name, line := range map[string]string{
		"RFC3164": `Jun 14 15:16:01 combo sshd(pam_unix)[19939]: authentication failure; logname= uid=0 euid=0 tty=NODEVssh ruser= rhost=218.188.2.4`,
		"RFC5424": `<165>1 2026-03-01T00:00:00.123456Z web-01.example.net nginx 4711 ID7 [exampleSDID@32473 iut="3" eventSource="Application" eventID="1011"][origin@41058 ip="10.1.2.3" swVersion="2.1.0"] request completed in 512 us for user 4711`,
	} {
		b.Run(name, func(b *testing.B) {
			p := compile(b, Options{Clock: timestamp.Options{}})
			text := strings.Repeat(line+"\n", 5000)
			data := append([]byte(text), make([]byte, scan.Slack)...)
			w := p.NewWorker()
			builder := record.NewBuilder(p.Schema(), record.Heap, Present)
			builder.Start(5001)
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				builder.Restart()
				builder.Begin(data, len(text), false)
				w.Parse(builder, data, len(text))
			}
		})
	}
}

func TestSurely(t *testing.T) {
	p, err := Compile(Options{})
	require.NoError(t, err)
	for line, want := range map[string]int{
		"<34>Oct 11 22:14:15 mymachine su: x": 1, "<34>x": 1, "<165>1 2003-08-24T05:14:15Z h a - - - x": 1, "Jun 14 15:16:01 combo sshd[1]: x": 1, "Jun 14 15:16:01 combo last message repeated 3 times": 1,
		"2026-03-05T07:09:10Z gate.example.net sshd[1]: x": 1, "2026-03-05T07:09:10Z ::1 sshd: x": 1, "2026-03-05 07:09:10,003 gate app: x": 1,
		"2026-03-05 07:09:10,003 INFO app: x": 0, "2026-03-05 07:09:10 status unpacked rsyslog 4.2": 0, "2026-03-05 07:09:10 install zlib:amd64 <none> 1": 0, "2026-03-05T07:09:10Z In(14) ConfigStore[1]: x": 0, "2026-03-05T07:09:10Z app: x": 0,
		"2026-03-05 07:09:10 +0100 Puppet (notice): x": 0, "Mar  5 07:09:10.123 [notice] x": 0, "Mar  5 07:09:10 [7]: x": 0, "2026-03-05T07:09:10: PM2 log: x": 0, "2026-03-05 07:09:10: main pid 7: x": 0, "Mar  5 07:09:10: gate sshd[7]: x": 1, "2026-03-05 07:09:10 app.main +17: INFO x": 0, "2026-03-05T07:09:10Z gate (sd-pam)[7]: x": 1,
		"2026-03-05T07:09:10Z 17 app: x": 0, "2026-03-05T07:09:10Z main.go:17 app: x": 0, "2026-03-05T07:09:10Z - app: x": 0, "hello": 0, "": 0, "1772694550.123456 gate sshd[7]: x": 1, "1772694550.123456 gate kernel: x": 1, "1772694550.123456 execve: x": 0, "1772694550.123     89 192.0.2.7 TCP_MISS/200 x: y": 0,
		"2026-03-05T07:09:10+01:00 192.0.2.1 id=fw sn=7 x": 1, `2026-03-05 07:09:10 2001:db8::7 {"a":1}`: 1, "2026-03-05T07:09:10Z 192.0.2.1 GET /?a=1": 0, "2026-03-05T07:09:10Z 192.0.2.1 =7": 0, "2026-03-05T07:09:10Z shop level=info": 0, "2026-03-05T07:09:10Z 192.0.2.1": 0,
		"2026-03-05T07:09:10Z PA-1 1,2026/03/05 07:09:10,7,TRAFFIC,end": 1, "2026-03-05T07:09:10Z shop 1,2,3": 0, "2026-03-05T07:09:10Z shop 1": 0,
	} {
		assert.Equal(t, want, p.Surely([]byte(line)), line)
	}
	assert.Equal(t, 2, p.Surely([]byte("Jun 14 15:16:01 combo x: y\r\nhello\n\nJun 14 15:16:02 combo x: y\n")))
}
