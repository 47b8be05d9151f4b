package loggate

import (
	"context"
	"fmt"
)

// listenSyslog starts what is configured of syslog. Syslog knows no keys: who may send is the network's business.
func (s *Service) listenSyslog(ctx context.Context) error {
	c := &s.config
	l, err := listener(c.ReusePort)
	if err != nil {
		return err
	}
	if c.SyslogTCP != "" {
		listener, err := l.Listen(ctx, "tcp", c.SyslogTCP)
		if err != nil {
			return fmt.Errorf("-syslog-tcp: %w", err)
		}
		s.syslogAt.tcp = listener.Addr()
		s.syslog.ServeTCP(listener, nil)
	}
	if c.SyslogTLS != "" {
		listener, err := l.Listen(ctx, "tcp", c.SyslogTLS)
		if err != nil {
			return fmt.Errorf("-syslog-tls: %w", err)
		}
		s.syslogAt.tls = listener.Addr()
		s.syslog.ServeTCP(listener, s.certificate.config())
	}
	if c.SyslogUDP != "" {
		packets, err := l.ListenPacket(ctx, "udp", c.SyslogUDP)
		if err != nil {
			return fmt.Errorf("-syslog-udp: %w", err)
		}
		s.syslogAt.udp = packets.LocalAddr()
		s.syslog.ServeUDP(packets)
	}
	return nil
}
