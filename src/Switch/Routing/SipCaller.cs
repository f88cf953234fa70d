using Ringwright.Calls;

namespace Ringwright.Switch.Routing;

/// <summary>
/// A customer who sends requests to us: the connection, and the user name when digest credentials have proven it (else the address did).
/// </summary>
public sealed record SipCaller(Connection Connection, string? User);
