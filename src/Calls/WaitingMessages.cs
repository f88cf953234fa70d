using Ringwright.Core;

namespace Ringwright.Calls;

/// <summary>How many messages wait for a SIP user (RFC 3842): what the lamp of his phone shows. Urgent ones are among the others.</summary>
public sealed record WaitingMessages(TenantId Tenant, string User)
{
    public int New { get; init; }
    public int Old { get; init; }
    public int UrgentNew { get; init; }
    public int UrgentOld { get; init; }

    /// <summary>There is nothing to keep of them.</summary>
    public bool AreNone => this is { New: 0, Old: 0 };
}
