using Ringwright.Core;

namespace Ringwright.Programs.Agents;

/// <summary>Asks servers of the Model Context Protocol which tools they have, before an agent talks with them.</summary>
public static class McpLister
{
    /// <summary>Whoever calls hears nothing yet.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <param name="url">Under the target policy, as the servers of other tools are.</param>
    /// <param name="headers">Keys may be in them.</param>
    /// <param name="account">Who has named the server.</param>
    /// <returns>Null and why, as part of a sentence, when they cannot be known within 3 s.</returns>
    public static Task<(McpList? List, string? Fault)> ListAsync(string url, IReadOnlyDictionary<string, string> headers, IAgentWeb web,
        TenantId account, TimeProvider time, CancellationToken stop) =>
        new McpSession(url, headers, web, account, time).ListAsync(Patience, stop);
}
