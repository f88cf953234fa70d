using Ringwright.Core;

namespace Ringwright.Calls;

/// <summary>A number of the public network, not one of the node's, that a tenant has proved to be its own.</summary>
public sealed record VerifiedNumber(TenantId Tenant, string Text);

/// <summary>What a number is to a tenant that wants to show it as its caller id.</summary>
public enum CallerStanding
{
    /// <summary>Nobody's on this node.</summary>
    Unproved,
    /// <summary>A number, or a verified number, of the tenant or of the one directly above or below it.</summary>
    Own,
    /// <summary>Another tenant's.</summary>
    Anothers,
}
