using System.Text.Json.Nodes;
using Ringwright.Core;

namespace Ringwright.Telnyx.Assistants;

/// <summary>Asks servers of the Model Context Protocol which tools they have.</summary>
public interface IMcpWeb
{
    /// <param name="tenant">Whose server it is.</param>
    /// <param name="token">With which it is asked; null for none.</param>
    /// <returns>Within 3 s.</returns>
    ValueTask<McpFound> ListAsync(TenantId tenant, string url, string? token, CancellationToken stop);
}

/// <param name="Tools">As their server wrote them: name, description, inputSchema. Null when they cannot be known.</param>
/// <param name="HasSession">The server wants a session begun before a call.</param>
/// <param name="Fault">Why they cannot be known, as part of a sentence; null when they are.</param>
public sealed record McpFound(IReadOnlyList<JsonObject>? Tools, bool HasSession, string? Fault);
