using System.Net;
using Ringwright.Core;

namespace Ringwright.Calls;

/// <summary>A call that came in and was refused, of which no account has a record.</summary>
/// <param name="Source">Who sent the INVITE.</param>
/// <param name="From">The user of the From header's URI, as it was written; may be empty.</param>
/// <param name="To">The user of the Request-URI, as it was written; may be empty.</param>
/// <param name="Status">SIP status of the answer; null when none was given.</param>
/// <param name="Reason">In snake case: which rule refused it.</param>
/// <param name="Times">How many such came from there since the one before in the list, with this one.</param>
public sealed record RefusedCall(DateTimeOffset At, IPEndPoint Source, SipTransport Transport, string From, string To, int? Status,
    string Reason, long Times)
{
    /// <summary>The INVITE, of the first from an address for a reason; null for all others.</summary>
    public string? Message { get; init; }
}

/// <summary>The calls that were refused since the node started, as far as they are remembered.</summary>
public interface IRefusedCalls
{
    /// <summary>The newest first.</summary>
    IReadOnlyList<RefusedCall> List();
}
