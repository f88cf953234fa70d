using Ringwright.Core;

namespace Ringwright.Telnyx.Assistants;

/// <summary>Asks customers' servers for what assistants are to know before they talk, by signed requests.</summary>
public interface IVariablesWeb
{
    /// <param name="body">JSON.</param>
    /// <returns>The body of an answer of 2xx; null for all else, and when it is late.</returns>
    ValueTask<ReadOnlyMemory<byte>?> AskAsync(TenantId tenant, string url, ReadOnlyMemory<byte> body, TimeSpan patience,
        CancellationToken stop);
}
