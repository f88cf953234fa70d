using Ringwright.Core;

namespace Ringwright.Campaigns.Dialling;

/// <summary>What addresses of targets stand for that are neither numbers nor SIP URIs.</summary>
public interface ITargetAddresses
{
    /// <summary>Asked each time somebody is called: a person may have another device by then.</summary>
    /// <param name="address">As the target has it.</param>
    /// <returns>A number or a SIP URI; null where nobody can be called there.</returns>
    ValueTask<string?> ResolveAsync(TenantId tenant, string address, CancellationToken stop);
}
