package pattern

import "strings"

// CompileVPCFlow makes a tree of the field list of a VPC flow log as AWS writes it: version account-id srcaddr, also with underscores or as
// ${version} ${account-id}. The error is an *Error.
func CompileVPCFlow(text string) (*Tree, error) {
	return public(compileVPCFlow(text))
}

// vpcFields are the fields by AWS's name with underscores (https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html).
var vpcFields = map[string]variable{
	"version": {kind: KindUint}, "account_id": {}, "interface_id": {},
	"srcaddr": {column: "src_ip", kind: KindIP}, "dstaddr": {column: "dst_ip", kind: KindIP}, "srcport": {column: "src_port", kind: KindInt}, "dstport": {column: "dst_port", kind: KindInt},
	"protocol": {column: "protocol_number", kind: KindInt}, "packets": {kind: KindInt}, "bytes": {kind: KindInt},
	"start": {column: "time", kind: KindTime, layout: "unix_s"}, "end": {column: "end_time", kind: KindTime, layout: "unix_s"},
	"action": {flags: few}, "log_status": {flags: few}, "vpc_id": {}, "subnet_id": {}, "instance_id": {}, "tcp_flags": {kind: KindInt}, "type": {flags: few},
	"pkt_srcaddr": {column: "packet_src_ip", kind: KindIP}, "pkt_dstaddr": {column: "packet_dst_ip", kind: KindIP}, "region": {flags: few}, "az_id": {flags: few},
	"sublocation_type": {flags: few}, "sublocation_id": {}, "pkt_src_aws_service": {column: "packet_src_service", flags: few}, "pkt_dst_aws_service": {column: "packet_dst_service", flags: few},
	"flow_direction": {flags: few}, "traffic_path": {kind: KindInt}, "ecs_cluster_arn": {}, "ecs_cluster_name": {}, "ecs_container_instance_arn": {}, "ecs_container_instance_id": {},
	"ecs_container_id": {}, "ecs_second_container_id": {}, "ecs_service_name": {}, "ecs_task_definition_arn": {}, "ecs_task_arn": {}, "ecs_task_id": {}, "reject_reason": {flags: few},
	"resource_id": {}, "encryption_status": {kind: KindInt}, "interface_type": {flags: few},
	// Of transit gateways (https://docs.aws.amazon.com/vpc/latest/tgw/tgw-flow-logs.html#flow-log-records).
	"resource_type": {flags: few}, "tgw_id": {flags: few}, "tgw_attachment_id": {}, "tgw_pair_attachment_id": {}, "tgw_src_vpc_account_id": {}, "tgw_dst_vpc_account_id": {},
	"tgw_src_vpc_id": {}, "tgw_dst_vpc_id": {}, "tgw_src_subnet_id": {}, "tgw_dst_subnet_id": {}, "tgw_src_eni": {}, "tgw_dst_eni": {}, "tgw_src_az_id": {flags: few}, "tgw_dst_az_id": {flags: few},
	"packets_lost_no_route": {kind: KindInt}, "packets_lost_blackhole": {kind: KindInt}, "packets_lost_mtu_exceeded": {kind: KindInt}, "packets_lost_ttl_expired": {kind: KindInt},
}

// IsVPCHeader tells whether a line is the names of a flow log's fields, as files in S3 begin with them.
func IsVPCHeader(line string) bool {
	words := strings.Fields(line)
	for _, word := range words {
		if _, known := vpcFields[strings.ReplaceAll(word, "-", "_")]; !known {
			return false
		}
	}
	return len(words) > 3
}

func compileVPCFlow(text string) (*Tree, *Error) {
	a := assembler{hint: "name each field once"}
	for i := skipBlanks(text, 0); i < len(text); {
		end := word(text, i)
		source := text[i:end]
		name := source
		if strings.HasPrefix(name, "${") && strings.HasSuffix(name, "}") {
			name = name[2 : len(name)-1]
		}
		name = strings.ReplaceAll(strings.ToLower(name), "-", "_")
		v, known := vpcFields[name]
		if !known {
			return nil, &Error{i, "unknown field " + shorten(source) + " of a VPC flow log", "names are those of AWS, between blanks: version account-id srcaddr"}
		}
		column := orElse(v.column, name)
		p := piece{Element: Element{Kind: v.kind, Layout: v.layout, Null: "-", Dictionary: v.flags&few != 0, Reading: Reading{NoBlank: v.kind == KindLiteral}, Source: source, Pos: i}, key: source, names: []string{column}}
		if p.Kind == KindLiteral {
			p.Kind = KindText
		}
		if len(a.pieces) > 0 {
			a.text([]byte{' '}, i)
		}
		a.value(p)
		i = skipBlanks(text, end)
	}
	for i, p := range a.pieces {
		for _, before := range a.pieces[:i] {
			if p.Kind != KindLiteral && before.Kind != KindLiteral && p.names[0] == before.names[0] {
				return nil, &Error{p.Pos, "the field " + shorten(p.Source) + " is there twice", a.hint}
			}
		}
	}
	t, err := a.tree()
	if err != nil || len(t.Elements) < 5 {
		return t, err
	}
	// Files in S3 begin with the names.
	header := strings.NewReplacer("${", "", "}", "").Replace(strings.Join(strings.Fields(text), " "))
	t.Else = &Tree{Elements: []Element{{Kind: KindLiteral, Literal: header, Source: text}}, Aside: true}
	return t, nil
}
