namespace Ringwright.Core;

/// <summary>How SIP messages travel.</summary>
public enum SipTransport : byte { Udp, Tcp, Tls, WebSocket, SecureWebSocket }
