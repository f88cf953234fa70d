namespace Ringwright.Calls;

/// <summary>How the INVITE of a call came.</summary>
/// <param name="CallId">Its Call-ID.</param>
/// <param name="Address">Of whoever sent it, without the port.</param>
/// <param name="User">Whose credentials it had, or whose registration; null without any.</param>
public sealed record SipOrigin(string CallId, string Address, string? User);
