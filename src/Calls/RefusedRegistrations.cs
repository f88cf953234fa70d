using System.Net;

namespace Ringwright.Calls;

/// <summary>REGISTERs of one user from one address that were refused for one reason.</summary>
/// <param name="At">When the last of them came.</param>
/// <param name="Source">Who sent them.</param>
/// <param name="User">
/// As whoever sent them says; empty when he does not. Of a domain that is not ours that domain, behind an @.
/// </param>
/// <param name="Reason">In snake case: which rule refused them.</param>
/// <param name="Times">How many came.</param>
public sealed record RefusedRegistration(DateTimeOffset At, IPAddress Source, string User, string Reason, long Times);

/// <summary>The registrations that were refused since the node started, as far as they are remembered.</summary>
public interface IRefusedRegistrations
{
    /// <summary>The newest first.</summary>
    IReadOnlyList<RefusedRegistration> List();
}
