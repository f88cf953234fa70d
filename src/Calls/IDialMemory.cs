using Ringwright.Core;

namespace Ringwright.Calls;

/// <summary>
/// The dials of the last minute that had an id: whoever repeats one is told what the first was told, and nobody is dialled twice.
/// It may ask elsewhere before it answers. Implemented in Net for one node, and in Store for those that share a database.
/// </summary>
public interface IDialMemory
{
    /// <param name="now">By the engine's clock.</param>
    /// <param name="dial">Called once for an id of a tenant, as long as it is remembered; a refusal is not.</param>
    ValueTask<Dialled> DialAsync(TenantId tenant, string commandId, Instant now, Func<ValueTask<Dialled>> dial, CancellationToken stop);
}
