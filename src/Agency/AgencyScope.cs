using Ringwright.Core;
using Ringwright.Http;

namespace Ringwright.Agency;

/// <summary>Whose rows a request sees.</summary>
/// <param name="Client">Null sees those of all clients, and those of none.</param>
internal readonly record struct AgencyScope(TenantId Agency, TenantId? Client, string Role)
{
    public static AgencyScope Of(OperationContext op) => new(op.Caller.Root, op.Caller.Child, AgencyRoles.Of(op.Caller));

    /// <summary>The empty text for all clients.</summary>
    public string ClientText => Client?.ToString() ?? "";

    public bool Sees(string? client) => Client is null || Client.Value.ToString() == client;

    /// <summary>The client that a request names, if it may: what it may not see is as if it were not there.</summary>
    public string Narrow(string? asked) => asked is null || asked.Length == 0 ? ClientText
        : Client is { } own && own.ToString() != asked ? Guid.Empty.ToString() : asked;
}
