using Ringwright.Agency.Tables;
using Ringwright.Store;

namespace Ringwright.Agency;

/// <summary>What the handlers of this API use.</summary>
public sealed record AgencyParts
{
    public required Database Store { get; init; }

    /// <summary>Users have changed: nobody is believed any more without asking.</summary>
    public Action UsersChanged { get; set; } = static () => { };

    internal UserTable Users => new(Store);

    internal TenancyTable Tenancy => new(Store);

    internal AgentTable Agents => new(Store);
}
